// LLaMA (Touvron et al. 2023): rotary positions, root-mean-square norm, gated feed-forward, grouped key-value heads.
#include "core/error.h"
#include "model/family.h"

namespace arcuate {
namespace {

constexpr Rename tensors[] = {
    {"embed_tokens.weight", "tokens"},
    {"layers.{}.input_layernorm.weight", "block.{}.attention_norm.weight"},
    {"layers.{}.self_attn.q_proj.weight", "block.{}.q.weight"},
    {"layers.{}.self_attn.k_proj.weight", "block.{}.k.weight"},
    {"layers.{}.self_attn.v_proj.weight", "block.{}.v.weight"},
    {"layers.{}.self_attn.o_proj.weight", "block.{}.attention_out.weight"},
    {"layers.{}.self_attn.q_proj.bias", "block.{}.q.bias"},
    {"layers.{}.self_attn.k_proj.bias", "block.{}.k.bias"},
    {"layers.{}.self_attn.v_proj.bias", "block.{}.v.bias"},
    {"layers.{}.self_attn.o_proj.bias", "block.{}.attention_out.bias"},
    {"layers.{}.post_attention_layernorm.weight", "block.{}.ffn_norm.weight"},
    {"layers.{}.mlp.gate_proj.weight", "block.{}.gate.weight"},
    {"layers.{}.mlp.up_proj.weight", "block.{}.up.weight"},
    {"layers.{}.mlp.down_proj.weight", "block.{}.down.weight"},
    {"layers.{}.mlp.gate_proj.bias", "block.{}.gate.bias"},
    {"layers.{}.mlp.up_proj.bias", "block.{}.up.bias"},
    {"layers.{}.mlp.down_proj.bias", "block.{}.down.bias"},
    {"norm.weight", "final_norm.weight"},
    {"lm_head.weight", "head"},
};
constexpr const char* prefixes[] = {"model."};
constexpr const char* ignored[] = {"layers.{}.self_attn.rotary_emb.inv_freq"};

// Newer files keep theta and the scaling together under rope_parameters.
Rotary rotary(const Json& c, const std::string& source) {
  const Json none = Json::object();
  const Json& nested = c.contains("rope_parameters") && c["rope_parameters"].is_object() ? c["rope_parameters"] : none;
  const Json& scaling = c.contains("rope_scaling") && c["rope_scaling"].is_object() ? c["rope_scaling"] : nested;
  const auto kind =
      json_value_or<std::string>(scaling, scaling.contains("rope_type") ? "rope_type" : "type", "default", source);
  if (kind != "default") bad_input("'{}': the rope_scaling kind '{}' is not supported; known: default", source, kind);
  return {json_value_or<double>(c, "rope_theta", json_value_or<double>(nested, "rope_theta", 10000.0, source), source)};
}

ModelSpec spec(const Json& c, const std::string& source) {
  const auto width = json_value<int64_t>(c, "hidden_size", source),
             heads = json_value<int64_t>(c, "num_attention_heads", source);
  if (heads < 1) bad_input("'{}': num_attention_heads is {}", source, heads);
  return {.block = {.width = width,
                    .heads = heads,
                    .kv_heads = json_value_or<int64_t>(c, "num_key_value_heads", heads, source),
                    .head_size = json_value_or<int64_t>(c, "head_dim", width / heads, source),
                    .ffn_width = json_value<int64_t>(c, "intermediate_size", source),
                    .gated = true,
                    .norm = Norm::rms,
                    .epsilon = json_value_or<double>(c, "rms_norm_eps", 1e-6, source),
                    .activation = activation_named(json_value_or<std::string>(c, "hidden_act", "silu", source), source),
                    .rotary = rotary(c, source),
                    .qkv_bias = json_value_or<bool>(c, "attention_bias", false, source),
                    .attention_out_bias = json_value_or<bool>(c, "attention_bias", false, source),
                    .ffn_bias = json_value_or<bool>(c, "mlp_bias", false, source),
                    .norm_bias = false},
          .layers = json_value<int64_t>(c, "num_hidden_layers", source),
          .vocabulary = json_value<int64_t>(c, "vocab_size", source),
          .max_tokens = json_value_or<int64_t>(c, "max_position_embeddings", 2048, source),
          .head = head_of(c, false, source),
          .init_std = json_value_or<double>(c, "initializer_range", 0.02, source)};
}

}  // namespace

extern const Family llama_family;
const Family llama_family{
    .model_type = "llama", .prefixes = prefixes, .spec = spec, .tensors = tensors, .ignored = ignored};

}  // namespace arcuate
