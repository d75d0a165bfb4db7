// GPT-2 (Radford et al. 2019): learned positions, layer norm before each sub-layer, matrices stored (in, out).
#include "model/family.h"

namespace arcuate {
namespace {

constexpr Rename tensors[] = {
    {"wte.weight", "tokens"},
    {"wpe.weight", "positions"},
    {"h.{}.ln_1.weight", "block.{}.attention_norm.weight"},
    {"h.{}.ln_1.bias", "block.{}.attention_norm.bias"},
    {"h.{}.attn.c_attn.weight", "block.{}.qkv.weight", Store::transposed},
    {"h.{}.attn.c_attn.bias", "block.{}.qkv.bias"},
    {"h.{}.attn.c_proj.weight", "block.{}.attention_out.weight", Store::transposed},
    {"h.{}.attn.c_proj.bias", "block.{}.attention_out.bias"},
    {"h.{}.ln_2.weight", "block.{}.ffn_norm.weight"},
    {"h.{}.ln_2.bias", "block.{}.ffn_norm.bias"},
    {"h.{}.mlp.c_fc.weight", "block.{}.up.weight", Store::transposed},
    {"h.{}.mlp.c_fc.bias", "block.{}.up.bias"},
    {"h.{}.mlp.c_proj.weight", "block.{}.down.weight", Store::transposed},
    {"h.{}.mlp.c_proj.bias", "block.{}.down.bias"},
    {"ln_f.weight", "final_norm.weight"},
    {"ln_f.bias", "final_norm.bias"},
    {"lm_head.weight", "head"},
};
constexpr const char* prefixes[] = {"transformer."};
constexpr const char* ignored[] = {"h.{}.attn.bias", "h.{}.attn.masked_bias"};  // the causal mask, stored as a tensor

constexpr const char* unsupported[] = {"scale_attn_by_inverse_layer_idx", "reorder_and_upcast_attn"};

ModelSpec spec(const Json& c, const std::string& source) {
  const auto [width, heads, head_size] = even_heads(c, "n_embd", "n_head", source);
  refuse_options(c, unsupported, false, source);
  return {.block = {.width = width,
                    .heads = heads,
                    .kv_heads = heads,
                    .head_size = head_size,
                    .ffn_width = json_value_or<int64_t>(c, "n_inner", 4 * width, source),
                    .epsilon = json_value_or<double>(c, "layer_norm_epsilon", 1e-5, source),
                    .activation = activation_named(
                        json_value_or<std::string>(c, "activation_function", "gelu_new", source), source)},
          .layers = json_value<int64_t>(c, "n_layer", source),
          .vocabulary = json_value<int64_t>(c, "vocab_size", source),
          .max_tokens = json_value<int64_t>(c, "n_positions", source),
          .position = Position::learned,
          .head = head_of(c, true, source),
          .init_std = json_value_or<double>(c, "initializer_range", 0.02, source),
          .scaled_residual_init = true};
}

}  // namespace

extern const Family gpt2_family;
const Family gpt2_family{
    .model_type = "gpt2", .prefixes = prefixes, .spec = spec, .tensors = tensors, .ignored = ignored};

}  // namespace arcuate
