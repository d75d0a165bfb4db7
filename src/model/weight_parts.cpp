#include "model/weight_parts.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include <set>
#include <string_view>

#include "model/sound_weights.h"

namespace arcuate {
namespace {

// q, k and v of one layer are one matrix for us; a file may hold them apart.
constexpr const char* attention_parts[] = {"q", "k", "v"};

bool is_absent(const ModelSpec& spec, std::string_view part, std::string_view kind) {
  return !spec.block.key_bias && part == "k" && kind == ".bias";
}

}  // namespace

std::map<std::string, std::vector<int64_t>> part_shapes(const ModelSpec& spec,
                                                        const std::vector<WeightEntry>& entries) {
  auto shapes = weight_shapes(spec);
  split_stem_shapes(spec, shapes);
  std::set<std::string> names;
  for (const auto& entry : entries) names.insert(entry.name);
  for (int64_t layer = 0; layer < spec.layers; ++layer) {
    const std::string block = fmt::format("block.{}.", layer);
    for (const char* kind : {".weight", ".bias"}) {
      const auto fused = shapes.find(block + "qkv" + kind);
      if (fused == shapes.end() || names.contains(fused->first)) continue;
      auto shape = fused->second;
      shapes.erase(fused);
      for (const char* part : attention_parts) {
        shape[0] = (part[0] == 'q' ? spec.block.heads : spec.block.kv_heads) * spec.block.head_size;
        if (!is_absent(spec, part, kind)) shapes[block + part + kind] = shape;
      }
    }
  }
  return shapes;
}

static void fuse_attention(const ModelSpec& spec, std::map<std::string, at::Tensor>& named) {
  const int64_t keys = spec.block.kv_heads * spec.block.head_size;
  for (int64_t layer = 0; layer < spec.layers; ++layer) {
    const std::string block = fmt::format("block.{}.", layer);
    for (const char* kind : {".weight", ".bias"}) {
      if (!named.contains(block + "q" + kind)) continue;
      std::vector<at::Tensor> parts;
      for (const char* part : attention_parts) {
        parts.push_back(is_absent(spec, part, kind) ? at::zeros_like(parts.front()).slice(0, 0, keys)
                                                    : named[block + part + kind]);
        named.erase(block + part + kind);
      }
      named[block + "qkv" + kind] = at::cat(parts, 0);
    }
  }
}

static void split_attention(const ModelSpec& spec, const std::map<std::string, std::vector<int64_t>>& shapes,
                            std::map<std::string, at::Tensor>& named) {
  const int64_t q = spec.block.heads * spec.block.head_size, kv = spec.block.kv_heads * spec.block.head_size;
  for (int64_t layer = 0; layer < spec.layers; ++layer) {
    const std::string block = fmt::format("block.{}.", layer);
    for (const char* kind : {".weight", ".bias"}) {
      if (!shapes.contains(block + "q" + kind)) continue;
      const auto parts = named.at(block + "qkv" + kind).split_with_sizes({q, kv, kv}, 0);
      named.erase(block + "qkv" + kind);
      for (size_t i = 0; i < parts.size(); ++i)
        if (!is_absent(spec, attention_parts[i], kind)) named[block + attention_parts[i] + kind] = parts[i];
    }
  }
}

void join_parts(const ModelSpec& spec, std::map<std::string, at::Tensor>& named) {
  fuse_attention(spec, named);
  fold_stem(spec, named);
}

void split_parts(const ModelSpec& spec, const std::map<std::string, std::vector<int64_t>>& shapes,
                 std::map<std::string, at::Tensor>& named) {
  split_attention(spec, shapes, named);
  unfold_stem(spec, named);
}

}  // namespace arcuate
