#include "model/sound_weights.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include <cmath>

namespace arcuate {
namespace {

constexpr double batch_norm_epsilon = 1e-5;  // the library's default
constexpr const char* position = "stem.position.";
constexpr const char* scaling = "stem.position_scaling.";

// Euclidean length over all but the last dimension (the kernel's places).
at::Tensor lengths(const at::Tensor& direction) { return direction.square().sum(at::IntArrayRef{0, 1}, true).sqrt(); }

// Inputs that an output of the convolution or projection `name` adds up.
double fan_in(const ModelSpec& spec, const std::string& name) {
  const auto whole = name.substr(0, name.rfind('.')) + ".weight";
  const auto shape = stem_shapes(*spec.sound, spec.block.width).at(whole);
  double inputs = 1;
  for (size_t i = 1; i < shape.size(); ++i) inputs *= static_cast<double>(shape[i]);
  return inputs;
}

}  // namespace

std::map<std::string, std::vector<int64_t>> stem_shapes(const SoundStem& stem, int64_t width) {
  std::map<std::string, std::vector<int64_t>> shapes;
  const auto affine = [&](const std::string& name, std::vector<int64_t> shape, bool bias = true) {
    if (bias) shapes[name + ".bias"] = {shape.front()};
    shapes[name + ".weight"] = std::move(shape);
  };
  int64_t channels = stem.inputs;
  for (size_t i = 0; i < stem.convolutions.size(); ++i) {
    const auto& c = stem.convolutions[i];
    affine(fmt::format("stem.convolution.{}", i), {c.channels, channels, c.kernel}, stem.bias);
    channels = c.channels;
    const bool normed = stem.norm == ConvolutionNorm::each || (stem.norm == ConvolutionNorm::first && i == 0);
    if (normed) affine(fmt::format("stem.convolution_norm.{}", i), {channels});
  }
  if (stem.projection && stem.projection_norm) affine("stem.projection_norm", {channels});
  if (stem.projection) affine("stem.projection", {width, channels});
  if (stem.position_kernel > 0) affine("stem.position", {width, width / stem.position_groups, stem.position_kernel});
  if (stem.position_scaling) affine("stem.position_scaling", {width});
  if (stem.output_norm) affine("stem.norm", {width});
  return shapes;
}

std::vector<std::pair<std::string, Affine*>> stem_maps(const SoundStem& stem, SoundStemWeights& weights) {
  std::vector<std::pair<std::string, Affine*>> maps;
  weights.layers.resize(stem.convolutions.size());
  for (size_t i = 0; i < weights.layers.size(); ++i) {
    maps.emplace_back(fmt::format("stem.convolution.{}", i), &weights.layers[i].convolution);
    maps.emplace_back(fmt::format("stem.convolution_norm.{}", i), &weights.layers[i].norm);
  }
  maps.emplace_back("stem.projection_norm", &weights.projection_norm);
  maps.emplace_back("stem.projection", &weights.projection);
  maps.emplace_back("stem.position_scaling", &weights.position_scaling);
  maps.emplace_back("stem.position", &weights.position);
  maps.emplace_back("stem.norm", &weights.norm);
  return maps;
}

void split_stem_shapes(const ModelSpec& spec, std::map<std::string, std::vector<int64_t>>& shapes) {
  if (!spec.sound) return;
  const std::string weight = std::string(position) + "weight";
  if (spec.sound->position_scaling) {
    for (const char* part : {"mean", "variance"}) shapes[std::string(scaling) + part] = {spec.block.width};
  } else if (const auto whole = shapes.find(weight); whole != shapes.end()) {
    shapes[std::string(position) + "length"] = {1, 1, whole->second.back()};
    shapes[std::string(position) + "direction"] = whole->second;
    shapes.erase(weight);
  }
}

void fold_stem(const ModelSpec& spec, std::map<std::string, at::Tensor>& named) {
  if (!spec.sound || spec.sound->position_kernel == 0 || !named.contains(std::string(position) + "bias")) return;
  const auto take = [&](const std::string& name) {
    const auto tensor = named.at(name);
    named.erase(name);
    return tensor;
  };
  if (spec.sound->position_scaling) {
    const std::string prefix = scaling;
    const auto mean = take(prefix + "mean"), variance = take(prefix + "variance");
    auto &weight = named.at(prefix + "weight"), &bias = named.at(prefix + "bias");
    weight = weight / (variance + batch_norm_epsilon).sqrt();
    bias = bias - mean * weight;
  } else {
    const std::string prefix = position;
    const auto direction = take(prefix + "direction");
    const bool untrained = !named.contains(prefix + "length");
    named[prefix + "weight"] = untrained ? direction : direction * (take(prefix + "length") / lengths(direction));
  }
}

void unfold_stem(const ModelSpec& spec, std::map<std::string, at::Tensor>& named) {
  if (!spec.sound || spec.sound->position_kernel == 0) return;
  if (spec.sound->position_scaling) {
    const std::string prefix = scaling;
    const auto& weight = named.at(prefix + "weight");
    named[prefix + "mean"] = at::zeros_like(weight);
    named[prefix + "variance"] = at::full_like(weight, 1 - batch_norm_epsilon);
  } else {
    const std::string prefix = position;
    const auto weight = named.at(prefix + "weight");
    named.erase(prefix + "weight");
    named[prefix + "direction"] = weight;
    named[prefix + "length"] = lengths(weight);
  }
}

bool is_of_stem(const ModelSpec& spec, const std::string& name) {
  return spec.sound && (name.starts_with("stem.") || name == "positions");
}

Initial initial_of_stem(const ModelSpec& spec, const std::string& name) {
  using Kind = Initial::Kind;
  const bool bias = name.ends_with(".bias"), drawn_like_wav2vec2 = spec.sound->init == StemInit::wav2vec2;
  if (name == "positions") return {Kind::sinusoids};
  if (name.ends_with(".length")) return {Kind::none};
  if (name.ends_with(".mean")) return {Kind::constant, 0};
  if (name.ends_with(".variance")) return {Kind::constant, 1};
  if (name.find("norm") != name.npos || name.starts_with(scaling)) return {Kind::constant, bias ? 0.0 : 1.0};
  const bool positions = name.starts_with(position), projection = name.starts_with("stem.projection.");
  if (drawn_like_wav2vec2 && (projection || (bias && !positions)))
    return {Kind::uniform, 1 / std::sqrt(fan_in(spec, name))};
  if (bias) return {Kind::constant, 0};
  if (projection || spec.sound->init == StemInit::whisper) return {Kind::normal, spec.init_std};
  if (drawn_like_wav2vec2 && positions)
    return {Kind::normal, 2 / std::sqrt(static_cast<double>(spec.sound->position_kernel * spec.block.width))};
  return {Kind::normal, std::sqrt(2 / fan_in(spec, name))};
}

}  // namespace arcuate
