#include "model/waveform_family.h"

#include <vector>

#include "core/error.h"
#include "model/family.h"

namespace arcuate {
namespace {

constexpr size_t most_convolutions = 64;  // published models have 7

// A list of sizes, one a convolution.
std::vector<int64_t> sizes(const Json& c, const char* key, std::vector<int64_t> usual, const std::string& source) {
  if (!c.contains(key) || c.at(key).is_null()) return usual;
  const Json& list = c.at(key);
  if (!list.is_array() || list.empty() || list.size() > most_convolutions)
    bad_input("'{}': '{}' must be a list of 1 to {} sizes", source, key, most_convolutions);
  std::vector<int64_t> found;
  for (const auto& item : list) {
    const auto size = json_value<int64_t>(Json{{key, item}}, key, source);
    if (size < 1 || size > largest_size)
      bad_input("'{}': '{}' holds {}, 1 to {} expected", source, key, size, largest_size);
    found.push_back(size);
  }
  return found;
}

std::vector<Convolution> convolutions(const Json& c, const std::string& source) {
  const auto channels = sizes(c, "conv_dim", {512, 512, 512, 512, 512, 512, 512}, source);
  const auto kernels = sizes(c, "conv_kernel", {10, 3, 3, 3, 3, 2, 2}, source);
  const auto strides = sizes(c, "conv_stride", {5, 2, 2, 2, 2, 2, 2}, source);
  if (channels.size() != kernels.size() || channels.size() != strides.size())
    bad_input("'{}': {} channels (conv_dim), {} kernels and {} strides of convolutions; as many of each expected",
              source, channels.size(), kernels.size(), strides.size());
  std::vector<Convolution> found;
  for (size_t i = 0; i < channels.size(); ++i)
    found.push_back({.channels = channels[i], .kernel = kernels[i], .stride = strides[i]});
  return found;
}

ConvolutionNorm convolution_norm(const Json& c, const std::string& source) {
  const auto name = json_value_or<std::string>(c, "feat_extract_norm", "group", source);
  if (name == "group") return ConvolutionNorm::first;
  if (name == "layer") return ConvolutionNorm::each;
  bad_input("'{}': the norm '{}' of convolutions is not supported (feat_extract_norm); known: group, layer", source,
            name);
}

void refuse_adapters(const Json& c, const std::string& source) {
  if (json_value_or<bool>(c, "add_adapter", false, source))
    bad_input("'{}': an adapter behind the encoder (add_adapter) is not supported", source);
  if (c.contains("adapter_attn_dim") && !c.at("adapter_attn_dim").is_null())
    bad_input("'{}': adapters in the blocks (adapter_attn_dim) are not supported", source);
}

SoundStem stem(const Json& c, int64_t width, bool stable, const std::string& source) {
  SoundStem s{
      .convolutions = convolutions(c, source),
      .norm = convolution_norm(c, source),
      .bias = json_value_or<bool>(c, "conv_bias", false, source),
      .activation = activation_named(json_value_or<std::string>(c, "feat_extract_activation", "gelu", source), source),
      .projection_norm = json_value_or<bool>(c, "feat_proj_layer_norm", true, source),
      .position_kernel = json_value_or<int64_t>(c, "num_conv_pos_embeddings", 128, source),
      .position_groups = json_value_or<int64_t>(c, "num_conv_pos_embedding_groups", 16, source),
      .position_scaling = json_value_or<bool>(c, "conv_pos_batch_norm", false, source),
      .output_norm = !stable,
      .init = StemInit::wav2vec2};
  if (s.position_kernel < 1 || s.position_kernel > largest_size)
    bad_input("'{}': num_conv_pos_embeddings is {}, 1 to {} expected", source, s.position_kernel, largest_size);
  if (s.position_groups < 1 || width % s.position_groups != 0)
    bad_input("'{}': num_conv_pos_embedding_groups is {}, a divisor of the width {} expected", source,
              s.position_groups, width);
  return s;
}

}  // namespace

ModelSpec waveform_spec(const Json& c, const std::string& source) {
  refuse_adapters(c, source);
  const auto width = json_value_or<int64_t>(c, "hidden_size", 768, source),
             heads = json_value_or<int64_t>(c, "num_attention_heads", 12, source);
  if (heads < 1 || width < 1 || width > largest_size || width % heads != 0)
    bad_input("'{}': hidden_size {} is not a possible multiple of num_attention_heads {}", source, width, heads);
  const bool stable = json_value_or<bool>(c, "do_stable_layer_norm", false, source);
  return {.block = {.width = width,
                    .heads = heads,
                    .kv_heads = heads,
                    .head_size = width / heads,
                    .ffn_width = json_value_or<int64_t>(c, "intermediate_size", 3072, source),
                    .order = stable ? NormOrder::pre : NormOrder::post,
                    .epsilon = json_value_or<double>(c, "layer_norm_eps", 1e-5, source),
                    .activation = activation_named(json_value_or<std::string>(c, "hidden_act", "gelu", source), source),
                    .causal = false},
          .layers = json_value_or<int64_t>(c, "num_hidden_layers", 12, source),
          .max_tokens = largest_size,
          .sound = stem(c, width, stable, source),
          .final_norm = stable,
          .head = Head::none,
          .init_std = json_value_or<double>(c, "initializer_range", 0.02, source)};
}

}  // namespace arcuate
