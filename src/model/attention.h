// What the heads of attention give, from their queries, keys and values.
// Shapes: B windows, H heads, T queries, S keys, D head size.
#pragma once
#include <ATen/core/Tensor.h>

namespace arcuate {

struct AttentionScores {
  at::Tensor added{};   ///< To the scores before the softmax, (… x) T x S; undefined: nothing.
  bool causal = false;  ///< `added` hides from query t all keys after t (T = S).
};

/// softmax(q k' / sqrt(D) + added) v, the heads side by side: B x T x H D. q: B x H x T x D; k, v: B x H x S x D.
/// Causal queries are taken in blocks that leave out the keys after their last: half of the work of long windows.
at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const AttentionScores& scores);

}  // namespace arcuate
