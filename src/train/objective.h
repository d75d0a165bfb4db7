// What a model is trained on: the next word, and a more distant, more abstract state of its own (Caucheteux, Gramfort &
// King 2023, Nat. Hum. Behav.):
//   L = a' L_high + (1 - a') L_lm
//   L_lm   = -log softmax(head f(x_t))[x_{t+1}]
//   L_high = -log( exp(cos(p, q) / tau) / sum over r of exp(cos(p, r) / tau) )      p = W f(x_t) + b,  q = N^k(x_{t+d})
// (contrastive predictive coding, van den Oord, Li & Vinyals 2018). f: last layer, after the final norm, of the model
// in training; N^k: layer k of its frozen copy. Shapes: B sequences, T tokens, C width, V vocabulary, n predictions, N
// negatives.
#pragma once
#include <ATen/core/Tensor.h>

namespace arcuate {

/// What the sum below the fraction of L_high runs over.
enum class Denominator {
  with_positive,  ///< q and the negatives (InfoNCE): L_high is never negative.
  negatives_only  ///< The negatives alone, as printed.
};

struct ObjectiveOptions {
  double alpha = 0.5;        ///< Share of L_high in L, 0 … 1. At 0 only L_lm is computed.
  int64_t layer = 8;         ///< k: layer of the frozen copy that is predicted; 0 is the embedding.
  int64_t distance = 8;      ///< d, in tokens.
  double temperature = 0.1;  ///< tau
  Denominator denominator = Denominator::with_positive;
};

/// L_lm, mean over the T - 1 tokens that have a next one. logits: T x V; ids: T int64.
at::Tensor next_token_loss(const at::Tensor& logits, const at::Tensor& ids);

/// L_high, mean over the n predictions. predicted, positive: n x C; negatives: N x C.
at::Tensor contrastive_loss(const at::Tensor& predicted, const at::Tensor& positive, const at::Tensor& negatives,
                            const ObjectiveOptions& options);

/// The a' at which a' L_high is the share `alpha` of L:  a' = alpha L_lm / ((1 - alpha) L_high + alpha L_lm).
/// There is none while a loss is not positive (L_high may be negative without q below the fraction): then `before`.
double mixing_weight(double alpha, double language, double high, double before);

}  // namespace arcuate
