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

// A convolution is a linear map of the numbers that a frame is made of: out x kernel inputs, from out x inputs x
// kernel.
Affine matrix_of(const Affine& convolution) {
  return {.weight = convolution.weight.transpose(1, 2).flatten(1), .bias = convolution.bias};
}

// x: N x channels, so that the numbers of a frame lie side by side. map: matrix_of the convolution.
Tensor convolve(const Tensor& x, const Affine& map, const Convolution& shape) {
  const int64_t inputs = x.size(1);
  const auto padded = shape.padding > 0 ? at::constant_pad_nd(x, {0, 0, shape.padding, shape.padding}) : x.contiguous();
  const int64_t frames = (padded.size(0) - shape.kernel) / shape.stride + 1;
  return linear(map, padded.as_strided({frames, shape.kernel * inputs}, {shape.stride * inputs, 1}));
}

// x: N x channels. w: with matrix_of its convolution.
Tensor stem_layer(const SoundStem& s, const Convolution& shape, const SoundStemWeights::Layer& w, const Tensor& x) {
  const auto y = convolve(x, w.convolution, shape);
  if (!w.norm.weight.defined()) return activate(s.activation, y);
  if (s.norm == ConvolutionNorm::first)  // each channel is normalised over time
    return activate(s.activation,
                    at::batch_norm(y, w.norm.weight, w.norm.bias, {}, {}, true, 0, convolution_epsilon, false));
  return activate(s.activation, layer_norm(w.norm, y, convolution_epsilon));
}

// The frames of all sounds, T x channels of each, one behind the other. One by one: what lies between convolutions is
// far larger than a sound and its frames.
std::vector<Tensor> convolved(const SoundStem& s, const SoundStemWeights& w, std::vector<Tensor> sounds) {
  auto layers = w.layers;
  for (auto& layer : layers) layer.convolution = matrix_of(layer.convolution);
  for (auto& x : sounds)
    for (size_t i = 0; i < layers.size(); ++i) x = stem_layer(s, s.convolutions[i], layers[i], x);
  return sounds;
}

// Of one group of channels of each sound, T x channels. An even kernel gives a frame too many, which is dropped.
Tensor positions_of(const SoundStem& s, const Affine& map, const std::vector<Tensor>& sounds) {
  const Convolution shape{.kernel = s.position_kernel, .padding = s.position_kernel / 2};
  std::vector<Tensor> all;
  for (const auto& x : sounds) all.push_back(convolve(x, map, shape).slice(0, 0, x.size(0)));
  return at::cat(all);
}

// x: the frames of all sounds x C; how many each has.
Tensor convolved_positions(const SoundStem& s, const SoundStemWeights& w, const Tensor& x,
                           const std::vector<int64_t>& frames) {
  const auto read = w.position_scaling.weight.defined() ? x * w.position_scaling.weight + w.position_scaling.bias : x;
  const int64_t group = x.size(1) / s.position_groups;
  std::vector<Tensor> groups;
  for (int64_t first = 0; first < x.size(1); first += group) {
    const auto map = matrix_of({.weight = w.position.weight.slice(0, first, first + group),
                                .bias = w.position.bias.slice(0, first, first + group)});
    groups.push_back(positions_of(s, map, read.slice(1, first, first + group).split_with_sizes(frames)));
  }
  return activate(s.activation, at::cat(groups, 1));
}

void check_samples(const ModelSpec& spec, int64_t samples) {
  const int64_t frames = stem_frames(*spec.sound, samples);
  if (frames < 1)
    bad_input("a sound of {} samples is too short for the model, which needs {}", samples, stem_inputs(*spec.sound, 1));
  if (frames > spec.max_tokens || (spec.position == Position::learned && frames != spec.max_tokens))
    bad_input("a sound of {} frames, the model has {} positions", frames, spec.max_tokens);
}

// N x channels of each.
std::vector<Tensor> sounds_of(const ModelSpec& spec, const Tensor& input, at::IntArrayRef lengths) {
  const auto x = spec.sound->inputs == 1 && input.dim() == 2 ? input.unsqueeze(1) : input;  // B x channels x N
  if (x.dim() != 3 || x.size(1) != spec.sound->inputs)
    bad_input("the model reads sounds of {} channels, found an array of {}", spec.sound->inputs, shape_text(input));
  std::vector<Tensor> sounds;
  for (const auto& sound : lengths.empty() ? x.unbind() : x[0].split_with_sizes(lengths, 1)) {
    check_samples(spec, sound.size(1));
    sounds.push_back(sound.t());
  }
  return sounds;
}

}  // namespace

Tensor sound_stem(const ModelSpec& spec, const ModelWeights& weights, const Tensor& input,
                  std::span<const int64_t> lengths) {
  const SoundStem& s = *spec.sound;
  const SoundStemWeights& w = weights.stem;
  const auto sounds = convolved(s, w, sounds_of(spec, input, {lengths.data(), lengths.size()}));
  std::vector<int64_t> frames;
  for (const auto& sound : sounds) frames.push_back(sound.size(0));
  auto x = at::cat(sounds);  // all frames x channels
  if (s.projection && s.projection_norm) x = layer_norm(w.projection_norm, x, spec.block.epsilon);
  if (s.projection) x = linear(w.projection, x);
  if (spec.position == Position::learned) x = x + weights.positions.repeat({std::ssize(sounds), 1});
  if (s.position_kernel > 0) x = x + convolved_positions(s, w, x, frames);
  if (s.output_norm) x = layer_norm(w.norm, x, spec.block.epsilon);
  return x.view({lengths.empty() ? std::ssize(sounds) : 1, -1, x.size(1)});
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
