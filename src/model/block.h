// One transformer block for every family: its arithmetic depends on BlockSpec alone. Start here.
// Shapes: B windows, T tokens, C width, H heads, D head size.
#pragma once
#include <ATen/core/Tensor.h>

#include <vector>

#include "model/spec.h"
#include "model/weights.h"

namespace arcuate {

/// What all blocks of one pass share.
struct BlockContext {
  at::Tensor mask;      ///< T x T, 0 where a token may look and -inf elsewhere; undefined: everywhere.
  at::Tensor cos, sin;  ///< T x D/2 of the rotary embedding; undefined without one.
  at::Tensor bias;      ///< H x T x T of gated bias, before the gates; undefined without one.
  at::Tensor heard{};   ///< B x S x C that cross-attention looks at; undefined without it.
  /// Sequences of different lengths, the longest of which has the T tokens above, lie one behind the other (B = 1): how
  /// many tokens each has. A token looks at those of its own sequence. Empty: each has T.
  std::vector<int64_t> lengths{};
};

/// Bias of attention by distance: the row of its table for a key `distance` frames later than the query.
int64_t bias_bucket(const GatedBias& spec, int64_t distance);

/// The shared context of sequences of `tokens` tokens, on the type and device of `like`. `position_bias`: buckets x
/// heads, for a spec with gated bias.
BlockContext block_context(const BlockSpec& spec, int64_t tokens, const at::Tensor& like,
                           const at::Tensor& position_bias = {});

at::Tensor normalize(const BlockSpec& spec, const Affine& norm, const at::Tensor& x);

/// What a block makes of the residual stream, B x T x C unless said otherwise.
struct BlockStates {
  at::Tensor attention;  ///< B x T x H D: what the heads of its self-attention give, side by side, before the output
                         ///< projection mixes them.
  at::Tensor ffn;        ///< Output of the second layer of its feed-forward network, not yet added to anything.
  at::Tensor residual;   ///< The stream after the block.
};

/// x: B x T x C, the stream before the block.
BlockStates block(const BlockSpec& spec, const BlockWeights& weights, const at::Tensor& x, const BlockContext& context);

}  // namespace arcuate
