// Qwen 2 and 2.5 (Yang et al. 2024): a LLaMA with biases of queries, keys and values.
#include "core/error.h"
#include "model/family/llama_layout.h"

namespace arcuate {
namespace {

constexpr const char* unsupported[] = {"use_sliding_window"};  // in some layers only

ModelSpec spec(const Json& c, const std::string& source) {
  refuse_options(c, unsupported, false, source);
  if (c.contains("layer_types") && c["layer_types"].is_array())
    for (const auto& type : c["layer_types"])
      if (type != "full_attention") bad_input("'{}': layer_types: only full_attention is supported", source);
  // Its defaults are not LLaMA's, so they have to be in the file.
  for (const char* key : {"num_key_value_heads", "max_position_embeddings"}) json_value<int64_t>(c, key, source);
  auto spec = llama::spec(c, source);
  spec.block.qkv_bias = true;
  spec.block.attention_out_bias = false;
  return spec;
}

}  // namespace

extern const Family qwen2_family;
const Family qwen2_family{.model_type = "qwen2",
                          .prefixes = llama::prefixes,
                          .spec = spec,
                          .tensors = llama::tensors,
                          .ignored = llama::ignored};

}  // namespace arcuate
