#include "model/heard_states.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <span>

#include "model/batches.h"

namespace arcuate {

HeardStates::HeardStates(const Model& encoder, SoundInput input, at::Tensor samples, std::vector<SoundWindow> windows,
                         const Compute& compute)
    : encoder_(encoder), input_(std::move(input)), samples_(std::move(samples)), windows_(std::move(windows)) {
  if (!windows_.empty())
    frames_ = sound_frames(input_, *encoder_.spec().sound, windows_.front().end - windows_.front().first).count;
  if (encoder_.is_streamed()) hear_all(compute);
}

at::Tensor HeardStates::sound(size_t window) const {
  const auto [first, end] = windows_[window];
  return prepared_sound(input_, samples_.slice(0, first, end).unsqueeze(0));
}

int64_t HeardStates::bytes() const {
  return frames_ * encoder_.spec().block.width * static_cast<int64_t>(at::elementSize(encoder_.type()));
}

// A window of which all frames are wanted, as the rows that begin with `first_row`.
static ModelBatch whole_window(int64_t frames, int64_t first_row) {
  ModelBatch batch{.sequences = 1, .length = frames};
  for (int64_t frame = 0; frame < frames; ++frame) {
    batch.wanted.tokens.push_back(frame);
    batch.wanted.rows.push_back(first_row + frame);
  }
  return batch;
}

// As many windows at a time as there are threads.
void HeardStates::hear_all(const Compute& compute) {
  file_ = std::make_unique<ScratchFile>(encoder_.scratch());
  const auto together = static_cast<size_t>(compute.threads);
  std::vector<ModelBatch> batches;
  for (size_t i = 0; i < windows_.size(); ++i) {
    batches.push_back(whole_window(frames_, static_cast<int64_t>(i % together) * frames_));
    batches.back().input = [this, i] { return ModelInput(sound(i)); };
  }
  std::vector<BatchedInput> inputs;
  for (size_t first = 0; first < batches.size(); first += together) {
    const auto own = std::span(batches).subspan(first, std::min(together, batches.size() - first));
    inputs.push_back({.batches = own,
                      .rows = std::ssize(own) * frames_,
                      .take = [this, offset = static_cast<int64_t>(first) * bytes()](size_t, const at::Tensor& states) {
                        file_->write(offset, states.data_ptr(), states.nbytes());
                      }});
  }
  run_inputs(encoder_, inputs, {.layers = {encoder_.spec().layers + 1}}, compute);
}

at::Tensor HeardStates::of(size_t window) const {
  if (!file_) {
    const std::vector<int64_t> last{encoder_.spec().layers + 1};
    return encoder_.states(sound(window), last).front();
  }
  auto states = at::empty({1, frames_, encoder_.spec().block.width}, encoder_.type());
  file_->read(static_cast<int64_t>(window) * bytes(), states.data_ptr(), states.nbytes());
  return states.to(encoder_.device());
}

}  // namespace arcuate
