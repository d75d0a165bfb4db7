// WavLM (Chen et al. 2022): HuBERT's architecture, and attention with a bias by distance that a gate of each head and
// frame opens and closes. The table of the bias lies in the first layer and serves all.
#include "core/error.h"
#include "model/family.h"
#include "model/waveform_family.h"

namespace arcuate {
namespace {

constexpr std::array gates = {
    Rename{"encoder.layers.{}.attention.gru_rel_pos_const", "block.{}.bias_scale.weight"},
    Rename{"encoder.layers.{}.attention.gru_rel_pos_linear.weight", "block.{}.bias_gate.weight"},
    Rename{"encoder.layers.{}.attention.gru_rel_pos_linear.bias", "block.{}.bias_gate.bias"},
};
constexpr std::array table = {Rename{"encoder.layers.0.attention.rel_attn_embed.weight", "position_bias"}};
constexpr auto tensors = waveform_stem_tensors + waveform_block_tensors + gates + table + waveform_norm_tensors;
constexpr const char* prefixes[] = {"wavlm."};

ModelSpec spec(const Json& c, const std::string& source) {
  auto spec = waveform_spec(c, source);
  const GatedBias bias{.buckets = json_value_or<int64_t>(c, "num_buckets", 320, source),
                       .max_distance = json_value_or<int64_t>(c, "max_bucket_distance", 800, source)};
  if (bias.buckets < 4 || bias.buckets > largest_size || bias.max_distance <= bias.buckets / 4)
    bad_input("'{}': num_buckets {} with max_bucket_distance {}: at least 4, and more than a quarter of it, expected",
              source, bias.buckets, bias.max_distance);
  spec.block.gated_bias = bias;
  return spec;
}

}  // namespace

extern const Family wavlm_family;
const Family wavlm_family{
    .model_type = "wavlm", .prefixes = prefixes, .spec = spec, .tensors = tensors, .ignored = waveform_ignored};

}  // namespace arcuate
