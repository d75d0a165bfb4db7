// Whisper (Radford et al. 2022). Its encoder: two convolutions over a log-mel spectrogram, stored sines and cosines as
// positions, keys without a bias. Its decoder: learned positions, blocks that also attend to the encoder's last states,
// a head tied to the embedding.
#include "core/error.h"
#include "model/family.h"

namespace arcuate {
namespace {

constexpr Rename tensors[] = {
    {"encoder.conv1.weight", "stem.convolution.0.weight"},
    {"encoder.conv1.bias", "stem.convolution.0.bias"},
    {"encoder.conv2.weight", "stem.convolution.1.weight"},
    {"encoder.conv2.bias", "stem.convolution.1.bias"},
    {"encoder.embed_positions.weight", "positions"},
    {"encoder.layers.{}.self_attn.q_proj.weight", "block.{}.q.weight"},
    {"encoder.layers.{}.self_attn.q_proj.bias", "block.{}.q.bias"},
    {"encoder.layers.{}.self_attn.k_proj.weight", "block.{}.k.weight"},
    {"encoder.layers.{}.self_attn.v_proj.weight", "block.{}.v.weight"},
    {"encoder.layers.{}.self_attn.v_proj.bias", "block.{}.v.bias"},
    {"encoder.layers.{}.self_attn.out_proj.weight", "block.{}.attention_out.weight"},
    {"encoder.layers.{}.self_attn.out_proj.bias", "block.{}.attention_out.bias"},
    {"encoder.layers.{}.self_attn_layer_norm.weight", "block.{}.attention_norm.weight"},
    {"encoder.layers.{}.self_attn_layer_norm.bias", "block.{}.attention_norm.bias"},
    {"encoder.layers.{}.fc1.weight", "block.{}.up.weight"},
    {"encoder.layers.{}.fc1.bias", "block.{}.up.bias"},
    {"encoder.layers.{}.fc2.weight", "block.{}.down.weight"},
    {"encoder.layers.{}.fc2.bias", "block.{}.down.bias"},
    {"encoder.layers.{}.final_layer_norm.weight", "block.{}.ffn_norm.weight"},
    {"encoder.layers.{}.final_layer_norm.bias", "block.{}.ffn_norm.bias"},
    {"encoder.layer_norm.weight", "final_norm.weight"},
    {"encoder.layer_norm.bias", "final_norm.bias"},
};
constexpr Rename decoder_tensors[] = {
    {"decoder.embed_tokens.weight", "tokens"},
    {"decoder.embed_positions.weight", "positions"},
    {"decoder.layers.{}.self_attn.q_proj.weight", "block.{}.q.weight"},
    {"decoder.layers.{}.self_attn.q_proj.bias", "block.{}.q.bias"},
    {"decoder.layers.{}.self_attn.k_proj.weight", "block.{}.k.weight"},
    {"decoder.layers.{}.self_attn.v_proj.weight", "block.{}.v.weight"},
    {"decoder.layers.{}.self_attn.v_proj.bias", "block.{}.v.bias"},
    {"decoder.layers.{}.self_attn.out_proj.weight", "block.{}.attention_out.weight"},
    {"decoder.layers.{}.self_attn.out_proj.bias", "block.{}.attention_out.bias"},
    {"decoder.layers.{}.self_attn_layer_norm.weight", "block.{}.attention_norm.weight"},
    {"decoder.layers.{}.self_attn_layer_norm.bias", "block.{}.attention_norm.bias"},
    {"decoder.layers.{}.encoder_attn.q_proj.weight", "block.{}.cross_query.weight"},
    {"decoder.layers.{}.encoder_attn.q_proj.bias", "block.{}.cross_query.bias"},
    {"decoder.layers.{}.encoder_attn.k_proj.weight", "block.{}.cross_key.weight"},
    {"decoder.layers.{}.encoder_attn.v_proj.weight", "block.{}.cross_value.weight"},
    {"decoder.layers.{}.encoder_attn.v_proj.bias", "block.{}.cross_value.bias"},
    {"decoder.layers.{}.encoder_attn.out_proj.weight", "block.{}.cross_out.weight"},
    {"decoder.layers.{}.encoder_attn.out_proj.bias", "block.{}.cross_out.bias"},
    {"decoder.layers.{}.encoder_attn_layer_norm.weight", "block.{}.cross_norm.weight"},
    {"decoder.layers.{}.encoder_attn_layer_norm.bias", "block.{}.cross_norm.bias"},
    {"decoder.layers.{}.fc1.weight", "block.{}.up.weight"},
    {"decoder.layers.{}.fc1.bias", "block.{}.up.bias"},
    {"decoder.layers.{}.fc2.weight", "block.{}.down.weight"},
    {"decoder.layers.{}.fc2.bias", "block.{}.down.bias"},
    {"decoder.layers.{}.final_layer_norm.weight", "block.{}.ffn_norm.weight"},
    {"decoder.layers.{}.final_layer_norm.bias", "block.{}.ffn_norm.bias"},
    {"decoder.layer_norm.weight", "final_norm.weight"},
    {"decoder.layer_norm.bias", "final_norm.bias"},
    {"proj_out.weight", "head"},
};
constexpr const char* prefixes[] = {"model."};
constexpr const char* ignored[] = {"decoder.*", "proj_out.weight"};
constexpr const char* decoder_ignored[] = {"encoder.*"};

// What both have; `part` begins the names of their keys.
BlockSpec block_spec(const Json& c, const std::string& part, const std::string& source) {
  const auto width = json_value<int64_t>(c, "d_model", source),
             heads = json_value<int64_t>(c, part + "_attention_heads", source);
  if (heads < 1 || width < 4 || width > largest_size || width % heads != 0 || width % 2 != 0)
    bad_input("'{}': d_model {} is not a possible even multiple of {}_attention_heads {}", source, width, part, heads);
  return {.width = width,
          .heads = heads,
          .kv_heads = heads,
          .head_size = width / heads,
          .ffn_width = json_value<int64_t>(c, part + "_ffn_dim", source),
          .activation = activation_named(json_value_or<std::string>(c, "activation_function", "gelu", source), source),
          .key_bias = false};
}

ModelSpec decoder_spec(const Json& c, const std::string& source) {
  constexpr const char* unsupported[] = {"scale_embedding"};
  refuse_options(c, unsupported, false, source);
  auto block = block_spec(c, "decoder", source);
  block.cross = true;
  return {.block = block,
          .layers = json_value<int64_t>(c, "decoder_layers", source),
          .vocabulary = json_value<int64_t>(c, "vocab_size", source),
          .max_tokens = json_value_or<int64_t>(c, "max_target_positions", 448, source),
          .position = Position::learned,
          .head = head_of(c, true, source),
          .padding_token = padding_token(c, std::nullopt, source),
          .init_std = json_value_or<double>(c, "init_std", 0.02, source)};
}

ModelSpec spec(const Json& c, const std::string& source) {
  const auto bands = json_value<int64_t>(c, "num_mel_bins", source);
  if (bands < 2 || bands > largest_size)
    bad_input("'{}': num_mel_bins is {}, 2 to {} expected", source, bands, largest_size);
  auto block = block_spec(c, "encoder", source);
  block.causal = false;
  const Convolution first{.channels = block.width, .kernel = 3, .stride = 1, .padding = 1};
  const Convolution second{.channels = block.width, .kernel = 3, .stride = 2, .padding = 1};
  return {.block = block,
          .layers = json_value<int64_t>(c, "encoder_layers", source),
          .max_tokens = json_value_or<int64_t>(c, "max_source_positions", 1500, source),
          .position = Position::learned,
          .sound = SoundStem{.inputs = bands,
                             .convolutions = {first, second},
                             .activation = Activation::gelu,
                             .projection = false,
                             .init = StemInit::whisper},
          .head = Head::none,
          .init_std = json_value_or<double>(c, "init_std", 0.02, source)};
}

constexpr Family decoder{.model_type = "whisper",
                         .prefixes = prefixes,
                         .spec = decoder_spec,
                         .tensors = decoder_tensors,
                         .ignored = decoder_ignored};

}  // namespace

extern const Family whisper_family;
const Family whisper_family{.model_type = "whisper",
                            .prefixes = prefixes,
                            .spec = spec,
                            .tensors = tensors,
                            .ignored = ignored,
                            .decoder = &decoder};

}  // namespace arcuate
