#include "model/sound_extract.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "model/batches.h"
#include "model/sound_stem.h"

namespace arcuate {
namespace {

int64_t samples_of(double seconds, int64_t rate) { return std::llround(seconds * static_cast<double>(rate)); }

double seconds_of(int64_t samples, int64_t rate) { return static_cast<double>(samples) / static_cast<double>(rate); }

// Windows that go through the model together; they have consecutive rows.
struct Group {
  size_t first = 0, count = 0;
};

// Few windows are cut into groups that keep several threads busy.
std::vector<Group> groups_of(std::span<const SoundFrames> windows, int64_t frames_per_batch) {
  constexpr int64_t several = 8;
  int64_t all = 0, taken = 0;
  for (const auto& window : windows) all += window.count;
  const int64_t most = std::min(frames_per_batch, all / several);
  std::vector<Group> groups;
  for (size_t i = 0; i < windows.size(); ++i) {
    if (groups.empty() || taken + windows[i].count > most) {
      groups.push_back({i, 0});
      taken = 0;
    }
    ++groups.back().count;
    taken += windows[i].count;
  }
  return groups;
}

// Spectra are filled up to the same length and lie side by side, waveforms one behind the other.
ModelInput input_of(std::span<const SoundWindow> windows, const at::Tensor& samples, const SoundInput& input) {
  std::vector<at::Tensor> sounds;
  std::vector<int64_t> lengths;
  for (const auto& [first, end] : windows) {
    sounds.push_back(prepared_sound(input, samples.slice(0, first, end).unsqueeze(0)));
    lengths.push_back(end - first);
  }
  if (input.mel) return at::cat(sounds, 0);
  ModelInput result = at::cat(sounds, 1);
  result.lengths = std::move(lengths);
  return result;
}

ModelBatch batch_of(const Group& group, std::span<const SoundWindow> windows, std::span<const SoundFrames> frames,
                    const at::Tensor& samples, const SoundInput& input) {
  ModelBatch batch{.sequences = 1};
  for (size_t window = group.first; window < group.first + group.count; ++window) {
    batch.wanted.tokens.push_back(batch.length + frames[window].last);
    batch.wanted.rows.push_back(static_cast<int64_t>(window));
    batch.lengths.push_back(frames[window].count);
    batch.length += frames[window].count;
  }
  if (input.mel) {
    batch.sequences = std::ssize(batch.lengths);
    batch.length = batch.lengths.front();
    batch.lengths.clear();
  }
  const auto own = windows.subspan(group.first, group.count);
  batch.input = [own = std::vector<SoundWindow>(own.begin(), own.end()), samples, &input] {
    return input_of(own, samples, input);
  };
  return batch;
}

}  // namespace

std::vector<SoundWindow> sound_windows(int64_t samples, int64_t rate, int64_t least,
                                       const SoundWindowOptions& options) {
  const int64_t length = samples_of(options.window, rate);
  if (samples_of(options.stride, rate) < 1 || options.stride > options.window)
    bad_usage("windows of {} s every {} s: a stride of at least one sample and at most the window is needed",
              options.window, options.stride);
  if (length < least)
    bad_usage("windows of {} s are shorter than the {} s that the model needs", options.window,
              seconds_of(least, rate));
  std::vector<SoundWindow> windows;
  for (int64_t k = 1;; ++k) {
    const int64_t end = samples_of(static_cast<double>(k) * options.stride, rate);
    if (end > samples) break;
    if (end >= least) windows.push_back({std::max<int64_t>(end - length, 0), end});
  }
  if (windows.empty())
    bad_input("the sound has {} s; the first window ends after {} s and the model needs {} s. Ask for a shorter stride",
              seconds_of(samples, rate), options.stride, seconds_of(least, rate));
  return windows;
}

RecordingInput recording_input(const Model& model, const SoundInput& input, const at::Tensor& samples,
                               const SoundExtractOptions& options) {
  const auto& stem = *model.spec().sound;
  if (input.mel && samples_of(options.windows.window, input.rate) > input.samples)
    bad_usage("windows of {} s are longer than the {} s that the model hears", options.windows.window,
              seconds_of(input.samples, input.rate));
  const int64_t least = input.mel ? 1 : stem_inputs(stem, 1);
  const auto windows = sound_windows(samples.numel(), input.rate, least, options.windows);
  std::vector<SoundFrames> frames;
  for (const auto& window : windows) frames.push_back(sound_frames(input, stem, window.end - window.first));
  const auto heard = samples.to(at::promote_types(model.type(), at::kFloat));  // spectra need as much
  RecordingInput recording;
  auto& made = recording.heard.activations;
  for (const auto& group : groups_of(frames, options.frames_per_batch)) {
    recording.batches.push_back(batch_of(group, windows, frames, heard, input));
    made.tokens += recording.batches.back().sequences * recording.batches.back().length;
  }
  made.layers = options.layers.empty() ? all_layers(model.spec().layers, options.units) : options.layers;
  made.units = options.units;
  made.windows = std::ssize(windows);
  for (const auto& window : windows) recording.heard.times.push_back(seconds_of(window.end, input.rate));
  return recording;
}

SoundActivations extract_sound(const Model& model, const SoundInput& input, const at::Tensor& samples,
                               const SoundExtractOptions& options, const Compute& compute) {
  const auto recording = recording_input(model, input, samples, options);
  auto result = recording.heard;
  auto& made = result.activations;
  made.states =
      run_batches(model, recording.batches, made.windows, {.layers = made.layers, .units = made.units}, compute).wanted;
  return result;
}

}  // namespace arcuate
