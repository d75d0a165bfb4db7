#include "model/weights.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include "model/sound_weights.h"

namespace arcuate {

std::string with_layer(const char* pattern, int64_t layer) {
  std::string name = pattern;
  if (const auto hole = name.find("{}"); hole != name.npos) name.replace(hole, 2, std::to_string(layer));
  return name;
}

std::map<std::string, std::vector<int64_t>> weight_shapes(const ModelSpec& spec) {
  const BlockSpec& b = spec.block;
  std::map<std::string, std::vector<int64_t>> shapes;
  const auto affine = [&](const std::string& name, std::vector<int64_t> shape, bool bias) {
    if (bias) shapes[name + ".bias"] = {shape.front()};
    shapes[name + ".weight"] = std::move(shape);
  };
  const int64_t embedding = spec.embedding_width.value_or(b.width);
  if (spec.sound)
    shapes = stem_shapes(*spec.sound, b.width);
  else
    shapes["tokens"] = {spec.vocabulary, embedding};
  if (spec.position == Position::learned) shapes["positions"] = {spec.position_offset + spec.max_tokens, b.width};
  if (spec.token_types > 0) shapes["types"] = {spec.token_types, b.width};
  if (spec.embedding_width) affine("project_in", {b.width, embedding}, false);
  if (spec.embedding_norm) affine("embedding_norm", {b.width}, b.norm_bias);
  for (int64_t layer = 0; layer < spec.layers; ++layer) {
    const std::string block = fmt::format("block.{}.", layer);
    const int64_t q = b.heads * b.head_size, kv = b.kv_heads * b.head_size;
    affine(block + "attention_norm", {b.width}, b.norm_bias);
    affine(block + "qkv", {q + 2 * kv, b.width}, b.qkv_bias);
    affine(block + "attention_out", {b.width, q}, b.attention_out_bias);
    if (b.cross) {
      affine(block + "cross_norm", {b.width}, b.norm_bias);
      affine(block + "cross_query", {q, b.width}, b.qkv_bias);
      affine(block + "cross_key", {kv, b.width}, b.qkv_bias && b.key_bias);
      affine(block + "cross_value", {kv, b.width}, b.qkv_bias);
      affine(block + "cross_out", {b.width, q}, b.attention_out_bias);
    }
    affine(block + "ffn_norm", {b.width}, b.norm_bias);
    if (b.gated) affine(block + "gate", {b.ffn_width, b.width}, b.ffn_bias);
    affine(block + "up", {b.ffn_width, b.width}, b.ffn_bias);
    affine(block + "down", {b.width, b.ffn_width}, b.ffn_bias);
    if (!b.gated_bias) continue;
    affine(block + "bias_gate", {gates_of_bias, b.head_size}, true);
    affine(block + "bias_scale", {1, b.heads, 1, 1}, false);
  }
  if (b.gated_bias) shapes["position_bias"] = {b.gated_bias->buckets, b.heads};
  if (spec.final_norm) affine("final_norm", {b.width}, b.norm_bias);
  if (spec.embedding_width) affine("project_out", {embedding, b.width}, false);
  if (spec.head == Head::own) shapes["head"] = {spec.vocabulary, embedding};
  return shapes;
}

bool is_stem_weight(std::string_view name) {
  const auto part = name.substr(0, name.find('.'));
  return part == "stem" || part == "tokens" || part == "positions" || part == "types" || part == "project_in" ||
         part == "embedding_norm";
}

ModelWeights assemble(const ModelSpec& spec, std::map<std::string, at::Tensor> named) {
  const auto affine = [&](const std::string& name) { return Affine{named[name + ".weight"], named[name + ".bias"]}; };
  ModelWeights weights;
  for (const auto& [name, table] : model_tables) weights.*table = named[name];
  for (const auto& [name, map] : model_maps) weights.*map = affine(name);
  if (spec.head == Head::tied) weights.head = weights.tokens;
  if (spec.sound)
    for (const auto& [name, map] : stem_maps(*spec.sound, weights.stem)) *map = affine(name);
  for (int64_t layer = 0; layer < spec.layers; ++layer) {
    const std::string block = fmt::format("block.{}.", layer);
    auto& made = weights.blocks.emplace_back();
    for (const auto& [name, map] : block_maps) made.*map = affine(block + name);
  }
  return weights;
}

std::map<std::string, at::Tensor> named_weights(const ModelSpec& spec, const ModelWeights& weights) {
  std::map<std::string, at::Tensor> named;
  const auto add = [&](const std::string& name, const at::Tensor& tensor) {
    if (tensor.defined()) named[name] = tensor;
  };
  const auto affine = [&](const std::string& name, const Affine& map) {
    add(name + ".weight", map.weight);
    add(name + ".bias", map.bias);
  };
  for (const auto& [name, table] : model_tables) add(name, weights.*table);
  for (const auto& [name, map] : model_maps) affine(name, weights.*map);
  if (spec.head == Head::tied) named.erase("head");
  if (spec.sound) {
    auto stem = weights.stem;
    for (const auto& [name, map] : stem_maps(*spec.sound, stem)) affine(name, *map);
  }
  for (int64_t layer = 0; layer < spec.layers; ++layer) {
    const std::string block = fmt::format("block.{}.", layer);
    const BlockWeights& b = weights.blocks[static_cast<size_t>(layer)];
    for (const auto& [name, map] : block_maps) affine(block + name, b.*map);
  }
  return named;
}

}  // namespace arcuate
