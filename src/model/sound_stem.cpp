#include "model/sound_stem.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/error.h"
#include "core/tensor.h"
#include "model/activation.h"
#include "model/block.h"
#include "model/linear.h"

namespace arcuate {
namespace {

using at::Tensor;

// Of the norms between convolutions: the libraries' default, whatever config.json says of the other norms.
constexpr double convolution_epsilon = 1e-5;

Tensor layer_norm(const Affine& norm, const Tensor& x, double epsilon) {
  return at::layer_norm(x, {x.size(-1)}, norm.weight, norm.bias, epsilon);
}

// x: B x channels x N.
Tensor convolve(const SoundStem& s, const Convolution& shape, const SoundStemWeights::Layer& w, const Tensor& x) {
  const auto y = at::conv1d(x, w.convolution.weight, w.convolution.bias, shape.stride, shape.padding);
  if (!w.norm.weight.defined()) return activate(s.activation, y);
  // As many groups as channels: each channel is normalised over time.
  if (s.norm == ConvolutionNorm::first)
    return activate(s.activation, at::group_norm(y, shape.channels, w.norm.weight, w.norm.bias, convolution_epsilon));
  return activate(s.activation, layer_norm(w.norm, y.transpose(1, 2), convolution_epsilon).transpose(1, 2));
}

// x: B x T x C. An even kernel gives a frame too many, which is dropped.
Tensor convolved_positions(const SoundStem& s, const SoundStemWeights& w, const Tensor& x) {
  const auto read = w.position_scaling.weight.defined() ? x * w.position_scaling.weight + w.position_scaling.bias : x;
  const auto y = at::conv1d(read.transpose(1, 2), w.position.weight, w.position.bias, 1, s.position_kernel / 2, 1,
                            s.position_groups);
  return activate(s.activation, y.slice(2, 0, x.size(1)).transpose(1, 2));
}

// B x channels x N.
Tensor checked_input(const ModelSpec& spec, const Tensor& input) {
  const auto x = spec.sound->inputs == 1 && input.dim() == 2 ? input.unsqueeze(1) : input;
  if (x.dim() != 3 || x.size(1) != spec.sound->inputs)
    bad_input("the model reads sounds of {} channels, found an array of {}", spec.sound->inputs, shape_text(input));
  const int64_t frames = stem_frames(*spec.sound, x.size(2));
  if (frames < 1)
    bad_input("a sound of {} samples is too short for the model, which needs {}", x.size(2),
              stem_inputs(*spec.sound, 1));
  if (frames > spec.max_tokens || (spec.position == Position::learned && frames != spec.max_tokens))
    bad_input("a sound of {} frames, the model has {} positions", frames, spec.max_tokens);
  return x;
}

}  // namespace

Tensor sound_stem(const ModelSpec& spec, const ModelWeights& weights, const Tensor& input) {
  const SoundStem& s = *spec.sound;
  const SoundStemWeights& w = weights.stem;
  auto x = checked_input(spec, input);
  std::vector<Tensor> sounds;  // one by one: what lies between convolutions is far larger than a sound and its frames
  for (int64_t b = 0; b < x.size(0); ++b) {
    sounds.push_back(x.slice(0, b, b + 1));
    for (size_t i = 0; i < s.convolutions.size(); ++i)
      sounds.back() = convolve(s, s.convolutions[i], w.layers[i], sounds.back());
  }
  x = at::cat(sounds).transpose(1, 2);  // B x T x channels
  if (s.projection && s.projection_norm) x = layer_norm(w.projection_norm, x, spec.block.epsilon);
  if (s.projection) x = linear(w.projection, x);
  if (spec.position == Position::learned) x = x + weights.positions;
  if (s.position_kernel > 0) x = x + convolved_positions(s, w, x);
  return s.output_norm ? layer_norm(w.norm, x, spec.block.epsilon) : x.contiguous();
}

int64_t stem_frames(const SoundStem& stem, int64_t inputs) {
  for (const auto& c : stem.convolutions) {
    const int64_t room = inputs + 2 * c.padding - c.kernel;
    if (room < 0) return 0;
    inputs = room / c.stride + 1;
  }
  return inputs;
}

int64_t stem_inputs(const SoundStem& stem, int64_t frames) {
  constexpr int64_t most = int64_t{1} << 36;  // below it no product with a stride overflows
  for (auto c = stem.convolutions.rbegin(); c != stem.convolutions.rend() && frames <= most; ++c)
    frames = std::max<int64_t>((frames - 1) * c->stride + c->kernel - 2 * c->padding, 1);
  return frames;
}

int64_t stem_work(const SoundStem& stem, int64_t frames) {
  int64_t inputs = stem_inputs(stem, frames), channels = stem.inputs, most = 0;
  for (const auto& c : stem.convolutions) {
    const int64_t outputs = (inputs + 2 * c.padding - c.kernel) / c.stride + 1;
    most = std::max(most, channels * inputs + (channels * c.kernel + 3 * c.channels) * outputs);
    inputs = outputs;
    channels = c.channels;
  }
  return most;
}

int64_t last_frame_of(const SoundStem& stem, int64_t heard, int64_t inputs) {
  int64_t last = heard - 1;
  for (const auto& c : stem.convolutions) {
    inputs = (inputs + 2 * c.padding - c.kernel) / c.stride + 1;
    last = std::min((last + c.padding) / c.stride, inputs - 1);
  }
  return last;
}

}  // namespace arcuate
