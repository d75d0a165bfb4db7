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

// Windows of equal length, which have consecutive rows.
struct Group {
  size_t first = 0, count = 0;
};

// Few windows are cut into groups that keep several threads busy.
std::vector<Group> groups_of(std::span<const SoundWindow> windows, int64_t frames, int64_t frames_per_batch) {
  constexpr int64_t several = 8;
  const auto most = std::min(frames_per_batch / std::max<int64_t>(frames, 1), std::ssize(windows) / several);
  const auto length = [&](size_t i) { return windows[i].end - windows[i].first; };
  std::vector<Group> groups;
  for (size_t i = 0; i < windows.size(); ++i) {
    const bool full = groups.empty() || static_cast<int64_t>(groups.back().count) >= most;
    if (full || length(i) != length(i - 1)) groups.push_back({i, 0});
    ++groups.back().count;
  }
  return groups;
}

ModelBatch batch_of(const Group& group, std::span<const SoundWindow> windows, const at::Tensor& samples,
                    const SoundInput& input, const SoundStem& stem) {
  const auto of_group = windows.subspan(group.first, group.count);
  const auto frames = sound_frames(input, stem, of_group.front().end - of_group.front().first);
  ModelBatch batch{.sequences = std::ssize(of_group), .length = frames.count};
  for (int64_t b = 0; b < batch.sequences; ++b) {
    batch.wanted.tokens.push_back(b * frames.count + frames.last);
    batch.wanted.rows.push_back(static_cast<int64_t>(group.first) + b);
  }
  batch.input = [of_group = std::vector<SoundWindow>(of_group.begin(), of_group.end()), samples, &input] {
    std::vector<at::Tensor> sounds;
    for (const auto& window : of_group) sounds.push_back(samples.slice(0, window.first, window.end));
    return prepared_sound(input, at::stack(sounds));
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
  const auto longest = sound_frames(input, stem, windows.back().end - windows.back().first).count;
  const auto heard = samples.to(at::promote_types(model.type(), at::kFloat));  // spectra need as much
  RecordingInput recording;
  auto& made = recording.heard.activations;
  for (const auto& group : groups_of(windows, longest, options.frames_per_batch)) {
    recording.batches.push_back(batch_of(group, windows, heard, input, stem));
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
