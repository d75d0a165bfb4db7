// OPT (Zhang et al. 2022): learned positions from the third row on, ReLU; the 350m model normalises after each
// sub-layer and projects narrower token embeddings to the width and back.
#include "model/family.h"

namespace arcuate {
namespace {

constexpr Rename tensors[] = {
    {"embed_tokens.weight", "tokens"},
    {"embed_positions.weight", "positions"},
    {"project_in.weight", "project_in.weight"},
    {"layers.{}.self_attn_layer_norm.weight", "block.{}.attention_norm.weight"},
    {"layers.{}.self_attn_layer_norm.bias", "block.{}.attention_norm.bias"},
    {"layers.{}.self_attn.q_proj.weight", "block.{}.q.weight"},
    {"layers.{}.self_attn.q_proj.bias", "block.{}.q.bias"},
    {"layers.{}.self_attn.k_proj.weight", "block.{}.k.weight"},
    {"layers.{}.self_attn.k_proj.bias", "block.{}.k.bias"},
    {"layers.{}.self_attn.v_proj.weight", "block.{}.v.weight"},
    {"layers.{}.self_attn.v_proj.bias", "block.{}.v.bias"},
    {"layers.{}.self_attn.out_proj.weight", "block.{}.attention_out.weight"},
    {"layers.{}.self_attn.out_proj.bias", "block.{}.attention_out.bias"},
    {"layers.{}.final_layer_norm.weight", "block.{}.ffn_norm.weight"},
    {"layers.{}.final_layer_norm.bias", "block.{}.ffn_norm.bias"},
    {"layers.{}.fc1.weight", "block.{}.up.weight"},
    {"layers.{}.fc1.bias", "block.{}.up.bias"},
    {"layers.{}.fc2.weight", "block.{}.down.weight"},
    {"layers.{}.fc2.bias", "block.{}.down.bias"},
    {"final_layer_norm.weight", "final_norm.weight"},
    {"final_layer_norm.bias", "final_norm.bias"},
    {"project_out.weight", "project_out.weight"},
    {"lm_head.weight", "head"},
};
constexpr const char* prefixes[] = {"model.decoder.", "decoder."};

// A model without numbers of its own in its norms (Galactica) is not there.
constexpr const char* required[] = {"layer_norm_elementwise_affine"};

ModelSpec spec(const Json& c, const std::string& source) {
  refuse_options(c, required, true, source);
  const auto [width, heads, head_size] = even_heads(c, "hidden_size", "num_attention_heads", source);
  const auto embedding = json_value_or<int64_t>(c, "word_embed_proj_dim", width, source);
  const bool pre = json_value_or<bool>(c, "do_layer_norm_before", true, source);
  const bool bias = json_value_or<bool>(c, "enable_bias", true, source);
  return {.block = {.width = width,
                    .heads = heads,
                    .kv_heads = heads,
                    .head_size = head_size,
                    .ffn_width = json_value<int64_t>(c, "ffn_dim", source),
                    .order = pre ? NormOrder::pre : NormOrder::post,
                    .activation =
                        activation_named(json_value_or<std::string>(c, "activation_function", "relu", source), source),
                    .qkv_bias = bias,
                    .attention_out_bias = bias,
                    .ffn_bias = bias},
          .layers = json_value<int64_t>(c, "num_hidden_layers", source),
          .vocabulary = json_value<int64_t>(c, "vocab_size", source),
          .embedding_width = embedding == width ? std::optional<int64_t>() : embedding,
          .max_tokens = json_value_or<int64_t>(c, "max_position_embeddings", 2048, source),
          .position = Position::learned,
          .position_offset = 2,
          .final_norm = pre && !json_value_or<bool>(c, "_remove_final_layer_norm", false, source),
          .head = head_of(c, true, source),
          .padding_token = padding_token(c, 1, source),
          .init_std = json_value_or<double>(c, "init_std", 0.02, source)};
}

}  // namespace

extern const Family opt_family;
const Family opt_family{.model_type = "opt", .prefixes = prefixes, .spec = spec, .tensors = tensors, .ignored = {}};

}  // namespace arcuate
