// DistilBERT (Sanh et al. 2019): a BERT without segments, under names of its own.
#include "model/family.h"

namespace arcuate {
namespace {

constexpr Rename tensors[] = {
    {"embeddings.word_embeddings.weight", "tokens"},
    {"embeddings.position_embeddings.weight", "positions"},
    {"embeddings.LayerNorm.weight", "embedding_norm.weight"},
    {"embeddings.LayerNorm.bias", "embedding_norm.bias"},
    {"transformer.layer.{}.attention.q_lin.weight", "block.{}.q.weight"},
    {"transformer.layer.{}.attention.q_lin.bias", "block.{}.q.bias"},
    {"transformer.layer.{}.attention.k_lin.weight", "block.{}.k.weight"},
    {"transformer.layer.{}.attention.k_lin.bias", "block.{}.k.bias"},
    {"transformer.layer.{}.attention.v_lin.weight", "block.{}.v.weight"},
    {"transformer.layer.{}.attention.v_lin.bias", "block.{}.v.bias"},
    {"transformer.layer.{}.attention.out_lin.weight", "block.{}.attention_out.weight"},
    {"transformer.layer.{}.attention.out_lin.bias", "block.{}.attention_out.bias"},
    {"transformer.layer.{}.sa_layer_norm.weight", "block.{}.attention_norm.weight"},
    {"transformer.layer.{}.sa_layer_norm.bias", "block.{}.attention_norm.bias"},
    {"transformer.layer.{}.ffn.lin1.weight", "block.{}.up.weight"},
    {"transformer.layer.{}.ffn.lin1.bias", "block.{}.up.bias"},
    {"transformer.layer.{}.ffn.lin2.weight", "block.{}.down.weight"},
    {"transformer.layer.{}.ffn.lin2.bias", "block.{}.down.bias"},
    {"transformer.layer.{}.output_layer_norm.weight", "block.{}.ffn_norm.weight"},
    {"transformer.layer.{}.output_layer_norm.bias", "block.{}.ffn_norm.bias"},
};
constexpr const char* prefixes[] = {"distilbert."};
constexpr const char* ignored[] = {"vocab_transform.*",      "vocab_layer_norm.*", "vocab_projector.*",
                                   "pre_classifier.*",       "classifier.*",       "qa_outputs.*",
                                   "embeddings.position_ids"};
constexpr const char* unsupported[] = {"sinusoidal_pos_embds"};  // its initialisation differs

ModelSpec spec(const Json& c, const std::string& source) {
  refuse_options(c, unsupported, false, source);
  const auto [width, heads, head_size] = even_heads(c, "dim", "n_heads", source);
  return {.block = {.width = width,
                    .heads = heads,
                    .kv_heads = heads,
                    .head_size = head_size,
                    .ffn_width = json_value_or<int64_t>(c, "hidden_dim", 4 * width, source),
                    .order = NormOrder::post,
                    .epsilon = 1e-12,
                    .activation = activation_named(json_value_or<std::string>(c, "activation", "gelu", source), source),
                    .causal = false},
          .layers = json_value<int64_t>(c, "n_layers", source),
          .vocabulary = json_value<int64_t>(c, "vocab_size", source),
          .max_tokens = json_value_or<int64_t>(c, "max_position_embeddings", 512, source),
          .position = Position::learned,
          .embedding_norm = true,
          .final_norm = false,
          .head = Head::none,
          .padding_token = padding_token(c, 0, source),
          .init_std = json_value_or<double>(c, "initializer_range", 0.02, source)};
}

}  // namespace

extern const Family distilbert_family;
const Family distilbert_family{
    .model_type = "distilbert", .prefixes = prefixes, .spec = spec, .tensors = tensors, .ignored = ignored};

}  // namespace arcuate
