// LLaMA (Touvron et al. 2023): rotary positions, root-mean-square norm, gated feed-forward, grouped key-value heads.
#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "model/family/llama_layout.h"

namespace arcuate {
namespace llama {

static RopeScaling scaling_named(const std::string& name, const std::string& source) {
  if (name == "default") return RopeScaling::none;
  if (name == "linear") return RopeScaling::linear;
  if (name == "dynamic") return RopeScaling::dynamic;
  if (name == "llama3") return RopeScaling::llama3;
  bad_input("'{}': the rope_scaling kind '{}' is not supported; known: default, linear, dynamic, llama3", source, name);
}

static void check(const Rotary& r, double part, int64_t head_size, const std::string& source) {
  Problems problems(fmt::format("'{}' describes no possible rotary embedding", source));
  if (!(r.theta > 0 && std::isfinite(r.theta))) problems.add("rope_theta is {}, above 0 expected", r.theta);
  if (!(r.factor > 0 && r.factor <= 1e6)) problems.add("factor is {}, above 0 and at most 1e6 expected", r.factor);
  if (part != 1) problems.add("partial_rotary_factor is {}, only 1 is supported", part);
  if (r.scaling == RopeScaling::llama3 && !(r.low > 0 && r.high > r.low))
    problems.add("high_freq_factor {} must be above low_freq_factor {}, and that above 0", r.high, r.low);
  if (r.scaling != RopeScaling::none && r.scaling != RopeScaling::linear && r.trained < 1)
    problems.add("the original context is {} tokens, at least 1 expected", r.trained);
  if (r.scaling == RopeScaling::dynamic && head_size < 4)
    problems.add("the kind dynamic needs a head size of at least 4, found {}", head_size);
  problems.raise();
}

// Older files have rope_theta at the top and rope_scaling; newer ones keep both together under rope_parameters.
static Rotary rotary(const Json& c, int64_t head_size, int64_t positions, const std::string& source) {
  const Json none = Json::object();
  const auto object = [&](const char* key) -> const Json* {
    return c.contains(key) && c[key].is_object() ? &c[key] : nullptr;
  };
  const Json* found = object("rope_scaling") ? object("rope_scaling") : object("rope_parameters");
  const Json& rope = found ? *found : none;
  const auto number = [&](const char* key, double usual) { return json_value_or<double>(rope, key, usual, source); };
  const auto kind =
      json_value_or<std::string>(rope, rope.contains("rope_type") ? "rope_type" : "type", "default", source);
  Rotary result{.theta = number("rope_theta", json_value_or<double>(c, "rope_theta", 10000.0, source)),
                .scaling = scaling_named(kind, source)};
  if (result.scaling != RopeScaling::none) result.factor = json_value<double>(rope, "factor", source);
  if (result.scaling == RopeScaling::dynamic) result.trained = positions;
  if (result.scaling == RopeScaling::llama3) {
    result.trained = json_value_or<int64_t>(rope, "original_max_position_embeddings", positions, source);
    result.low = json_value<double>(rope, "low_freq_factor", source);
    result.high = json_value<double>(rope, "high_freq_factor", source);
  }
  check(result, number("partial_rotary_factor", json_value_or<double>(c, "partial_rotary_factor", 1.0, source)),
        head_size, source);
  return result;
}

// A dynamic scale is made for sequences longer than those trained on, which max_position_embeddings still counts.
static int64_t longest(const Rotary& rotary, int64_t positions) {
  if (rotary.scaling != RopeScaling::dynamic) return positions;
  constexpr double most = 2147483648.0;
  return static_cast<int64_t>(std::min(most, std::max(1.0, rotary.factor) * static_cast<double>(positions)));
}

ModelSpec spec(const Json& c, const std::string& source) {
  const auto width = json_value<int64_t>(c, "hidden_size", source),
             heads = json_value<int64_t>(c, "num_attention_heads", source);
  if (heads < 1) bad_input("'{}': num_attention_heads is {}", source, heads);
  const auto head_size = json_value_or<int64_t>(c, "head_dim", width / heads, source);
  const auto positions = json_value_or<int64_t>(c, "max_position_embeddings", 2048, source);
  const auto rope = rotary(c, head_size, positions, source);
  return {.block = {.width = width,
                    .heads = heads,
                    .kv_heads = json_value_or<int64_t>(c, "num_key_value_heads", heads, source),
                    .head_size = head_size,
                    .ffn_width = json_value<int64_t>(c, "intermediate_size", source),
                    .gated = true,
                    .norm = Norm::rms,
                    .epsilon = json_value_or<double>(c, "rms_norm_eps", 1e-6, source),
                    .activation = activation_named(json_value_or<std::string>(c, "hidden_act", "silu", source), source),
                    .rotary = rope,
                    .qkv_bias = json_value_or<bool>(c, "attention_bias", false, source),
                    .attention_out_bias = json_value_or<bool>(c, "attention_bias", false, source),
                    .ffn_bias = json_value_or<bool>(c, "mlp_bias", false, source),
                    .norm_bias = false},
          .layers = json_value<int64_t>(c, "num_hidden_layers", source),
          .vocabulary = json_value<int64_t>(c, "vocab_size", source),
          .max_tokens = longest(rope, positions),
          .head = head_of(c, false, source),
          .padding_token = padding_token(c, {}, source),
          .init_std = json_value_or<double>(c, "initializer_range", 0.02, source)};
}

}  // namespace llama

extern const Family llama_family;
const Family llama_family{.model_type = "llama",
                          .prefixes = llama::prefixes,
                          .spec = llama::spec,
                          .tensors = llama::tensors,
                          .ignored = llama::ignored};

}  // namespace arcuate
