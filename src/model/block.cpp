#include "model/block.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/activation.h"
#include "model/attention.h"
#include "model/linear.h"
#include "model/rotary.h"

namespace arcuate {

using at::Tensor;

// Angles are computed in float64: at position 2000 a float32 angle is already off by 1e-4.
static void add_rotary(const BlockSpec& spec, int64_t tokens, const Tensor& like, BlockContext& context) {
  const auto angle =
      at::outer(at::arange(tokens, at::kDouble), rotary_frequencies(*spec.rotary, spec.head_size, tokens));
  context.cos = angle.cos().to(like.options());
  context.sin = angle.sin().to(like.options());
}

static Tensor mask_of(const BlockSpec& spec, int64_t tokens, const Tensor& like) {
  if (!spec.causal) return {};
  const auto hidden = at::full({tokens, tokens}, -std::numeric_limits<double>::infinity(), like.options());
  return spec.window ? hidden.triu(1) + hidden.tril(-*spec.window) : hidden.triu(1);
}

// In float32, as the original: a distance on the border of two buckets has to fall on its side.
int64_t bias_bucket(const GatedBias& spec, int64_t distance) {
  const int64_t half = spec.buckets / 2, exact = half / 2, far = std::abs(distance);
  const int64_t direction = distance > 0 ? half : 0;
  if (far < exact) return direction + far;
  const auto share = std::log(static_cast<float>(far) / static_cast<float>(exact)) /
                     static_cast<float>(std::log(static_cast<double>(spec.max_distance) / static_cast<double>(exact)));
  const auto bucket = static_cast<float>(exact) + share * static_cast<float>(half - exact);
  return direction + std::min(static_cast<int64_t>(bucket), half - 1);
}

static Tensor bias_by_distance(const GatedBias& spec, int64_t tokens, const Tensor& table) {
  std::vector<int64_t> buckets;  // of the distances 1 - T … T - 1
  for (int64_t distance = 1 - tokens; distance < tokens; ++distance) buckets.push_back(bias_bucket(spec, distance));
  const auto row = at::arange(tokens).unsqueeze(1), column = at::arange(tokens).unsqueeze(0);
  const auto bucket = at::tensor(buckets, at::kLong).take(column - row + (tokens - 1)).to(table.device());
  return at::embedding(table, bucket).permute({2, 0, 1});  // T x T x H -> H x T x T
}

BlockContext block_context(const BlockSpec& spec, int64_t tokens, const Tensor& like, const Tensor& position_bias) {
  BlockContext context;
  context.mask = mask_of(spec, tokens, like);
  if (spec.rotary) add_rotary(spec, tokens, like, context);
  if (spec.gated_bias) context.bias = bias_by_distance(*spec.gated_bias, tokens, position_bias);
  return context;
}

Tensor normalize(const BlockSpec& spec, const Affine& norm, const Tensor& x) {
  if (spec.norm == Norm::layer) return at::layer_norm(x, {spec.width}, norm.weight, norm.bias, spec.epsilon);
  return x * at::rsqrt(x.square().mean(-1, true) + spec.epsilon) * norm.weight;
}

// x: B x H x T x D. The two halves of a head are the coordinates of D/2 rotating points.
static Tensor rotate(const Tensor& x, const BlockContext& context) {
  const auto halves = x.chunk(2, -1);
  return at::cat({halves[0] * context.cos - halves[1] * context.sin, halves[1] * context.cos + halves[0] * context.sin},
                 -1);
}

static Tensor to_heads(const Tensor& x, int64_t heads, int64_t head_size) {
  return x.view({x.size(0), x.size(1), heads, head_size}).transpose(1, 2);
}

// x: B x T x C, what attention reads. B x H x T x 1: sigmoid gates a, b of each head's part of x; a (b scale - 1) + 2.
static Tensor bias_gates(const BlockSpec& s, const BlockWeights& w, const Tensor& x) {
  const auto numbers = linear(w.bias_gate, to_heads(x, s.heads, s.head_size));  // B x H x T x 8
  const auto gates = numbers.reshape({x.size(0), s.heads, x.size(1), 2, gates_of_bias / 2}).sum(-1).sigmoid();
  const auto a = gates.slice(-1, 0, 1), b = gates.slice(-1, 1, 2);
  return a * (b * w.bias_scale.weight - 1) + 2;
}

// What the heads give, side by side. x: B x T x C, qkv: queries, keys and values made of it.
static Tensor attended(const BlockSpec& s, const BlockWeights& w, const Tensor& x, const Tensor& qkv,
                       const BlockContext& context) {
  const int64_t q_width = s.heads * s.head_size, kv_width = s.kv_heads * s.head_size;
  const auto parts = qkv.split_with_sizes({q_width, kv_width, kv_width}, -1);
  auto q = to_heads(parts[0].contiguous(), s.heads, s.head_size);  // B x H x T x D
  auto k = to_heads(parts[1].contiguous(), s.kv_heads, s.head_size);
  auto v = to_heads(parts[2].contiguous(), s.kv_heads, s.head_size);
  if (s.rotary) {
    q = rotate(q, context);
    k = rotate(k, context);
  }
  if (s.kv_heads != s.heads) {
    k = k.repeat_interleave(s.heads / s.kv_heads, 1);
    v = v.repeat_interleave(s.heads / s.kv_heads, 1);
  }
  auto added = context.mask;
  if (context.bias.defined()) {
    const auto bias = bias_gates(s, w, x) * context.bias;
    added = added.defined() ? added + bias : bias;
  }
  return attention(q, k, v, {.added = added, .causal = s.causal});
}

// The context of a sequence shorter than the longest.
static BlockContext context_of_first(const BlockContext& all, int64_t tokens) {
  const auto first = [&](const Tensor& x, int64_t dimension) {
    return x.defined() ? x.slice(dimension, 0, tokens) : x;
  };
  return {.mask = first(first(all.mask, 0), 1),
          .cos = first(all.cos, 0),
          .sin = first(all.sin, 0),
          .bias = first(first(all.bias, 1), 2)};
}

static Tensor self_attention(const BlockSpec& s, const BlockWeights& w, const Tensor& x, const BlockContext& context) {
  const auto qkv = linear(w.qkv, x);
  if (context.lengths.empty()) return attended(s, w, x, qkv, context);
  std::vector<Tensor> sequences;
  int64_t first = 0;
  for (const int64_t tokens : context.lengths) {
    const int64_t end = first + tokens;
    sequences.push_back(
        attended(s, w, x.slice(1, first, end), qkv.slice(1, first, end), context_of_first(context, tokens)));
    first = end;
  }
  return at::cat(sequences, 1);
}

// Every token sees all that was heard.
static Tensor cross_attention(const BlockSpec& s, const BlockWeights& w, const Tensor& x, const Tensor& heard) {
  const auto q = to_heads(linear(w.cross_query, x), s.heads, s.head_size);
  const auto k = to_heads(linear(w.cross_key, heard), s.heads, s.head_size);
  const auto v = to_heads(linear(w.cross_value, heard), s.heads, s.head_size);
  return attention(q, k, v, {});
}

static Tensor feed_forward(const BlockSpec& s, const BlockWeights& w, const Tensor& x) {
  if (s.gated) return linear(w.down, activate(s.activation, linear(w.gate, x)) * linear(w.up, x));
  return linear(w.down, activate(s.activation, linear(w.up, x)));
}

// What a sub-layer reads of the stream, and the stream with what it gave.
static Tensor before(const BlockSpec& s, const Affine& norm, const Tensor& x) {
  return s.order == NormOrder::pre ? normalize(s, norm, x) : x;
}
static Tensor after(const BlockSpec& s, const Affine& norm, const Tensor& x, const Tensor& given) {
  return s.order == NormOrder::pre ? x + given : normalize(s, norm, x + given);
}

BlockStates block(const BlockSpec& s, const BlockWeights& w, const Tensor& input, const BlockContext& context) {
  const auto heads = self_attention(s, w, before(s, w.attention_norm, input), context);
  auto x = after(s, w.attention_norm, input, linear(w.attention_out, heads));
  if (s.cross) {
    const auto crossed = cross_attention(s, w, before(s, w.cross_norm, x), context.heard);
    x = after(s, w.cross_norm, x, linear(w.cross_out, crossed));
  }
  const auto ffn = feed_forward(s, w, before(s, w.ffn_norm, x));
  return {.attention = heads, .ffn = ffn, .residual = after(s, w.ffn_norm, x, ffn)};
}

}  // namespace arcuate
