#include "model/untrained.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "model/sound_weights.h"
#include "model/weight_names.h"
#include "model/weight_parts.h"

namespace arcuate {
namespace {

Initial initial_of(const ModelSpec& spec, const std::string& name) {
  if (is_of_stem(spec, name)) return initial_of_stem(spec, name);
  if (name.ends_with(".bias")) return {Initial::Kind::constant, 0};
  if (name.find("norm") != name.npos || name.ends_with("bias_scale.weight")) return {Initial::Kind::constant, 1};
  const bool residual = name.ends_with("attention_out.weight") || name.ends_with("down.weight");
  const bool scaled = residual && spec.scaled_residual_init;
  return {Initial::Kind::normal, spec.init_std / (scaled ? std::sqrt(2.0 * static_cast<double>(spec.layers)) : 1.0)};
}

}  // namespace

UntrainedWeights::UntrainedWeights(const ModelSpec& spec, uint64_t seed, at::ScalarType type)
    : WeightSource(spec), seed_(seed), type_(type) {
  const auto entries = expected_entries(family_of(spec), spec);
  const auto shapes = part_shapes(spec, entries);
  std::set<std::string> listed;  // a tensor that may have two names in a file is drawn once
  uint64_t draws = 0;
  for (const auto& [file_name, name, store] : entries) {
    const auto shape = shapes.find(name);
    if (shape == shapes.end() || !listed.insert(name).second) continue;
    Part part{.name = name, .shape = shape->second, .initial = initial_of(spec, name), .drawn_before = draws};
    part.transposed = store == Store::transposed && part.initial.kind == Initial::Kind::normal;
    if (part.transposed) std::swap(part.shape.front(), part.shape.back());
    part.numbers = 1;
    for (const int64_t size : part.shape) part.numbers *= size;
    draws += initial_draws(part.initial, part.numbers);
    if (part.initial.kind != Initial::Kind::none) parts_.push_back(std::move(part));
  }
}

at::Tensor UntrainedWeights::drawn(const Part& part) const {
  Random random(seed_);
  random.skip(part.drawn_before);
  auto tensor = initial_tensor(part.initial, part.shape, random);
  if (part.transposed) tensor = tensor.t().contiguous();
  if (part.name == "tokens" && spec().padding_token) tensor[*spec().padding_token].zero_();
  return tensor.to(type_);
}

ModelWeights UntrainedWeights::weights(const Wanted& wanted) const {
  std::map<std::string, at::Tensor> named;
  for (const auto& part : parts_)
    if (wanted(part.name)) named[part.name] = drawn(part);
  join_parts(spec(), named);
  return assemble(spec(), std::move(named));
}

int64_t UntrainedWeights::bytes_of(const Wanted& wanted) const {
  int64_t numbers = 0;
  for (const auto& part : parts_)
    if (wanted(part.name)) numbers += part.numbers;
  return numbers * static_cast<int64_t>(at::elementSize(type_));
}

// A tensor in float64 and its transposed copy, or the parts of what is fused.
int64_t UntrainedWeights::reading_bytes() const {
  const auto item = static_cast<int64_t>(at::elementSize(type_));
  int64_t largest = 0;
  for (const auto& part : parts_)
    if (part.name != "head") largest = std::max(largest, part.numbers * (part.transposed ? 16 : 8));
  const auto& b = spec().block;
  return std::max(largest, (b.heads + 2 * b.kv_heads) * b.head_size * b.width * item);
}

ModelWeights random_weights(const ModelSpec& spec, uint64_t seed, at::ScalarType type) {
  return UntrainedWeights(spec, seed, type).all();
}

}  // namespace arcuate
