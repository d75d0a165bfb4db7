// What HuBERT, wav2vec 2.0 and WavLM share: they hear the waveform, and their files have the same names.
#pragma once
#include <array>
#include <cstddef>
#include <string>

#include "io/json.h"
#include "model/weights.h"

namespace arcuate {

/// The spec of a config.json of these families. Errors: input; options that change the arithmetic and are not supported
/// are named.
ModelSpec waveform_spec(const Json& config, const std::string& source);

inline constexpr std::array waveform_stem_tensors = {
    Rename{"feature_extractor.conv_layers.[].conv.weight", "stem.convolution.[].weight"},
    Rename{"feature_extractor.conv_layers.[].conv.bias", "stem.convolution.[].bias"},
    Rename{"feature_extractor.conv_layers.[].layer_norm.weight", "stem.convolution_norm.[].weight"},
    Rename{"feature_extractor.conv_layers.[].layer_norm.bias", "stem.convolution_norm.[].bias"},
    Rename{"feature_projection.layer_norm.weight", "stem.projection_norm.weight"},
    Rename{"feature_projection.layer_norm.bias", "stem.projection_norm.bias"},
    Rename{"feature_projection.projection.weight", "stem.projection.weight"},
    Rename{"feature_projection.projection.bias", "stem.projection.bias"},
    Rename{"encoder.pos_conv_embed.batch_norm.weight", "stem.position_scaling.weight"},
    Rename{"encoder.pos_conv_embed.batch_norm.bias", "stem.position_scaling.bias"},
    Rename{"encoder.pos_conv_embed.batch_norm.running_mean", "stem.position_scaling.mean"},
    Rename{"encoder.pos_conv_embed.batch_norm.running_var", "stem.position_scaling.variance"},
    Rename{"encoder.pos_conv_embed.conv.parametrizations.weight.original0", "stem.position.length"},
    Rename{"encoder.pos_conv_embed.conv.weight_g", "stem.position.length"},
    Rename{"encoder.pos_conv_embed.conv.parametrizations.weight.original1", "stem.position.direction"},
    Rename{"encoder.pos_conv_embed.conv.weight_v", "stem.position.direction"},
    Rename{"encoder.pos_conv_embed.conv.weight", "stem.position.weight"},
    Rename{"encoder.pos_conv_embed.conv.bias", "stem.position.bias"},
};

inline constexpr std::array waveform_block_tensors = {
    Rename{"encoder.layers.{}.attention.q_proj.weight", "block.{}.q.weight"},
    Rename{"encoder.layers.{}.attention.q_proj.bias", "block.{}.q.bias"},
    Rename{"encoder.layers.{}.attention.k_proj.weight", "block.{}.k.weight"},
    Rename{"encoder.layers.{}.attention.k_proj.bias", "block.{}.k.bias"},
    Rename{"encoder.layers.{}.attention.v_proj.weight", "block.{}.v.weight"},
    Rename{"encoder.layers.{}.attention.v_proj.bias", "block.{}.v.bias"},
    Rename{"encoder.layers.{}.attention.out_proj.weight", "block.{}.attention_out.weight"},
    Rename{"encoder.layers.{}.attention.out_proj.bias", "block.{}.attention_out.bias"},
    Rename{"encoder.layers.{}.layer_norm.weight", "block.{}.attention_norm.weight"},
    Rename{"encoder.layers.{}.layer_norm.bias", "block.{}.attention_norm.bias"},
    Rename{"encoder.layers.{}.feed_forward.intermediate_dense.weight", "block.{}.up.weight"},
    Rename{"encoder.layers.{}.feed_forward.intermediate_dense.bias", "block.{}.up.bias"},
    Rename{"encoder.layers.{}.feed_forward.output_dense.weight", "block.{}.down.weight"},
    Rename{"encoder.layers.{}.feed_forward.output_dense.bias", "block.{}.down.bias"},
    Rename{"encoder.layers.{}.final_layer_norm.weight", "block.{}.ffn_norm.weight"},
    Rename{"encoder.layers.{}.final_layer_norm.bias", "block.{}.ffn_norm.bias"},
};

/// The one norm of their encoder stands before the first block or behind the last.
inline constexpr std::array waveform_norm_tensors = {
    Rename{"encoder.layer_norm.weight", "stem.norm.weight"},
    Rename{"encoder.layer_norm.bias", "stem.norm.bias"},
    Rename{"encoder.layer_norm.weight", "final_norm.weight"},
    Rename{"encoder.layer_norm.bias", "final_norm.bias"},
};

/// Heads of other tasks, what masks samples in training, a count of batches.
inline constexpr const char* waveform_ignored[] = {
    "masked_spec_embed", "lm_head.*",     "quantizer.*",
    "project_q.*",       "project_hid.*", "final_proj.*",
    "projector.*",       "classifier.*",  "encoder.pos_conv_embed.batch_norm.num_batches_tracked"};

template <size_t A, size_t B>
constexpr std::array<Rename, A + B> operator+(const std::array<Rename, A>& a, const std::array<Rename, B>& b) {
  std::array<Rename, A + B> sum{};
  for (size_t i = 0; i < A; ++i) sum[i] = a[i];
  for (size_t i = 0; i < B; ++i) sum[A + i] = b[i];
  return sum;
}

}  // namespace arcuate
