#include "model/weights.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include <string_view>

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
  shapes["tokens"] = {spec.vocabulary, b.width};
  if (spec.position == Position::learned) shapes["positions"] = {spec.max_tokens, b.width};
  for (int64_t layer = 0; layer < spec.layers; ++layer) {
    const std::string block = fmt::format("block.{}.", layer);
    const int64_t q = b.heads * b.head_size, kv = b.kv_heads * b.head_size;
    affine(block + "attention_norm", {b.width}, b.norm_bias);
    affine(block + "qkv", {q + 2 * kv, b.width}, b.qkv_bias);
    affine(block + "attention_out", {b.width, q}, b.attention_out_bias);
    affine(block + "ffn_norm", {b.width}, b.norm_bias);
    if (b.gated) affine(block + "gate", {b.ffn_width, b.width}, b.ffn_bias);
    affine(block + "up", {b.ffn_width, b.width}, b.ffn_bias);
    affine(block + "down", {b.width, b.ffn_width}, b.ffn_bias);
  }
  if (spec.final_norm) affine("final_norm", {b.width}, b.norm_bias);
  if (!spec.tied_head) shapes["head"] = {spec.vocabulary, b.width};
  return shapes;
}

ModelWeights assemble(const ModelSpec& spec, std::map<std::string, at::Tensor> named) {
  const auto affine = [&](const std::string& name) { return Affine{named[name + ".weight"], named[name + ".bias"]}; };
  ModelWeights weights{.tokens = named["tokens"],
                       .positions = named["positions"],
                       .blocks = {},
                       .final_norm = affine("final_norm"),
                       .head = spec.tied_head ? named["tokens"] : named["head"]};
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
  add("tokens", weights.tokens);
  add("positions", weights.positions);
  for (int64_t layer = 0; layer < spec.layers; ++layer) {
    const std::string block = fmt::format("block.{}.", layer);
    const BlockWeights& b = weights.blocks[static_cast<size_t>(layer)];
    for (const auto& [name, map] : block_maps) affine(block + name, b.*map);
  }
  affine("final_norm", weights.final_norm);
  if (!spec.tied_head) add("head", weights.head);
  return named;
}

}  // namespace arcuate
