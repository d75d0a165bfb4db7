// BERT (Devlin et al. 2019): every token sees all others; embeddings of token, position and segment are added and
// normalised, and each sub-layer is normalised after its sum.
#include "core/error.h"
#include "model/family/bert_layout.h"

namespace arcuate {
namespace bert {

static constexpr const char* unsupported[] = {"is_decoder", "add_cross_attention"};

ModelSpec spec(const Json& c, int64_t padding, const std::string& source) {
  refuse_options(c, unsupported, false, source);
  const auto positions = json_value_or<std::string>(c, "position_embedding_type", "absolute", source);
  if (positions != "absolute")
    bad_input("'{}': the position_embedding_type '{}' is not supported; known: absolute", source, positions);
  const auto [width, heads, head_size] = even_heads(c, "hidden_size", "num_attention_heads", source);
  return {.block = {.width = width,
                    .heads = heads,
                    .kv_heads = heads,
                    .head_size = head_size,
                    .ffn_width = json_value<int64_t>(c, "intermediate_size", source),
                    .order = NormOrder::post,
                    .epsilon = json_value_or<double>(c, "layer_norm_eps", 1e-12, source),
                    .activation = activation_named(json_value_or<std::string>(c, "hidden_act", "gelu", source), source),
                    .causal = false},
          .layers = json_value<int64_t>(c, "num_hidden_layers", source),
          .vocabulary = json_value<int64_t>(c, "vocab_size", source),
          .max_tokens = json_value_or<int64_t>(c, "max_position_embeddings", 512, source),
          .position = Position::learned,
          .token_types = json_value_or<int64_t>(c, "type_vocab_size", 2, source),
          .embedding_norm = true,
          .final_norm = false,
          .head = Head::none,
          .padding_token = padding_token(c, padding, source),
          .init_std = json_value_or<double>(c, "initializer_range", 0.02, source)};
}

}  // namespace bert

static constexpr const char* prefixes[] = {"bert."};
static ModelSpec bert_spec(const Json& c, const std::string& source) { return bert::spec(c, 0, source); }

extern const Family bert_family;
const Family bert_family{.model_type = "bert",
                         .prefixes = prefixes,
                         .spec = bert_spec,
                         .tensors = bert::tensors,
                         .ignored = bert::ignored,
                         .endings = bert::endings};

}  // namespace arcuate
