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

// x: N x channels, so that the numbers that a frame is made of lie side by side. weight: channels x inputs x kernel.
Tensor convolve(const Tensor& x, const Affine& map, int64_t stride, int64_t padding) {
  const int64_t inputs = x.size(1), kernel = map.weight.size(2);
  const auto padded = at::constant_pad_nd(x, {0, 0, padding, padding}).contiguous();
  const int64_t frames = (padded.size(0) - kernel) / stride + 1;
  const auto windows = padded.as_strided({frames, kernel * inputs}, {stride * inputs, 1});
  return linear({.weight = map.weight.transpose(1, 2).reshape({-1, kernel * inputs}), .bias = map.bias}, windows);
}

// x: N x channels.
Tensor stem_layer(const SoundStem& s, const Convolution& shape, const SoundStemWeights::Layer& w, const Tensor& x) {
  const auto y = convolve(x, w.convolution, shape.stride, shape.padding);
  if (!w.norm.weight.defined()) return activate(s.activation, y);
  if (s.norm == ConvolutionNorm::first)  // each channel is normalised over time
    return activate(s.activation,
                    at::batch_norm(y, w.norm.weight, w.norm.bias, {}, {}, true, 0, convolution_epsilon, false));
  return activate(s.activation, layer_norm(w.norm, y, convolution_epsilon));
}

// x: T x C. An even kernel gives a frame too many, which is dropped.
Tensor positions_of(const SoundStem& s, const SoundStemWeights& w, const Tensor& x) {
  const int64_t group = x.size(1) / s.position_groups;
  std::vector<Tensor> groups;
  for (int64_t first = 0; first < x.size(1); first += group) {
    const Affine map{.weight = w.position.weight.slice(0, first, first + group),
                     .bias = w.position.bias.slice(0, first, first + group)};
    const auto y = convolve(x.slice(1, first, first + group), map, 1, s.position_kernel / 2);
    groups.push_back(y.slice(0, 0, x.size(0)));
  }
  return activate(s.activation, at::cat(groups, 1));
}

// x: B x T x C.
Tensor convolved_positions(const SoundStem& s, const SoundStemWeights& w, const Tensor& x) {
  const auto read = w.position_scaling.weight.defined() ? x * w.position_scaling.weight + w.position_scaling.bias : x;
  std::vector<Tensor> sounds;
  for (int64_t b = 0; b < x.size(0); ++b) sounds.push_back(positions_of(s, w, read[b]));
  return at::stack(sounds);
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
    sounds.push_back(x[b].t());
    for (size_t i = 0; i < s.convolutions.size(); ++i)
      sounds.back() = stem_layer(s, s.convolutions[i], w.layers[i], sounds.back());
  }
  x = at::stack(sounds);  // B x T x channels
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
