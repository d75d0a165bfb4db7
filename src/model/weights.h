// A model's weights under the project's own names, and how a family's file names map to them.
#pragma once
#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/spec.h"

namespace arcuate {

/// How a tensor lies in the file.
enum class Store { as_is, transposed };

/// One row of a family's table: a name in the file and our name for it; "{}" is the layer number, "[]" that of a
/// convolution of the stem. Files have one of several rows for one tensor.
struct Rename {
  const char* file_name;
  const char* name;
  Store store = Store::as_is;
};

/// Our names of every tensor that `spec` needs, with shapes (out x in for matrices).
std::map<std::string, std::vector<int64_t>> weight_shapes(const ModelSpec& spec);

/// Weight and bias of a norm or a linear map; `bias` is undefined where there is none.
struct Affine {
  at::Tensor weight, bias;
};

struct BlockWeights {
  Affine attention_norm, qkv, attention_out;  ///< qkv: (heads + 2 kv_heads) head_size x width.
  Affine ffn_norm, gate, up, down;
  Affine cross_norm{}, cross_query{}, cross_key{}, cross_value{}, cross_out{};  ///< Of attention to what was heard.
  Affine bias_gate{}, bias_scale{};  ///< Of gated bias: 8 x head_size; 1 x heads x 1 x 1 without a bias.
};

/// The maps of a block with their names, in the order in which they are used.
struct BlockMap {
  const char* name;
  Affine BlockWeights::* map;
};
inline constexpr BlockMap block_maps[] = {
    {"attention_norm", &BlockWeights::attention_norm},
    {"qkv", &BlockWeights::qkv},
    {"attention_out", &BlockWeights::attention_out},
    {"cross_norm", &BlockWeights::cross_norm},
    {"cross_query", &BlockWeights::cross_query},
    {"cross_key", &BlockWeights::cross_key},
    {"cross_value", &BlockWeights::cross_value},
    {"cross_out", &BlockWeights::cross_out},
    {"ffn_norm", &BlockWeights::ffn_norm},
    {"gate", &BlockWeights::gate},
    {"up", &BlockWeights::up},
    {"down", &BlockWeights::down},
    {"bias_gate", &BlockWeights::bias_gate},
    {"bias_scale", &BlockWeights::bias_scale},
};

/// Of a model that hears sound; what its spec does not have is undefined.
struct SoundStemWeights {
  struct Layer {
    Affine convolution, norm;  ///< convolution: channels x channels before x kernel.
  };
  std::vector<Layer> layers;
  Affine projection_norm, projection;
  Affine position_scaling, position;  ///< position: width x width / groups x kernel.
  Affine norm;
};

/// What a model does not have is undefined.
struct ModelWeights {
  at::Tensor tokens;      ///< vocabulary x embedding width
  at::Tensor positions;   ///< (position_offset + max_tokens) x width
  at::Tensor types;       ///< token_types x width
  Affine project_in;      ///< width x embedding width
  Affine embedding_norm;  ///< Of the sum of embeddings.
  SoundStemWeights stem;
  at::Tensor position_bias;  ///< buckets x heads of gated bias
  std::vector<BlockWeights> blocks;
  Affine final_norm;
  Affine project_out;  ///< embedding width x width, before the head
  at::Tensor head;     ///< vocabulary x embedding width
};

/// The tables and maps of a model outside of its blocks, with their names.
struct ModelTable {
  const char* name;
  at::Tensor ModelWeights::* table;
};
struct ModelMap {
  const char* name;
  Affine ModelWeights::* map;
};
inline constexpr ModelTable model_tables[] = {
    {"tokens", &ModelWeights::tokens}, {"positions", &ModelWeights::positions},
    {"types", &ModelWeights::types},   {"position_bias", &ModelWeights::position_bias},
    {"head", &ModelWeights::head},
};
inline constexpr ModelMap model_maps[] = {
    {"project_in", &ModelWeights::project_in},
    {"embedding_norm", &ModelWeights::embedding_norm},
    {"final_norm", &ModelWeights::final_norm},
    {"project_out", &ModelWeights::project_out},
};
/// Whether a weight is used before the first block.
bool is_stem_weight(std::string_view name);

/// Orders named tensors (all of weight_shapes(spec)) into the structure that the forward pass uses.
ModelWeights assemble(const ModelSpec& spec, std::map<std::string, at::Tensor> named);
/// The other way round: every tensor of weight_shapes(spec) under its name.
std::map<std::string, at::Tensor> named_weights(const ModelSpec& spec, const ModelWeights& weights);

/// "block.{}.qkv.weight" with the layer put in.
std::string with_layer(const char* pattern, int64_t layer);

}  // namespace arcuate
