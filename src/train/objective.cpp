#include "train/objective.h"

#include <ATen/ATen.h>

namespace arcuate {

using at::Tensor;

// The length below which a state counts as this long, so that the cosine of a zero state is 0.
constexpr double shortest_state = 1e-8;

static Tensor unit_rows(const Tensor& x) { return x / at::norm(x, 2, {-1}, true).clamp_min(shortest_state); }

Tensor next_token_loss(const Tensor& logits, const Tensor& ids) {
  const auto known = ids.size(0) - 1;
  return at::cross_entropy_loss(logits.slice(0, 0, known), ids.slice(0, 1), {}, at::Reduction::None)
      .to(at::kDouble)
      .mean();
}

Tensor contrastive_loss(const Tensor& predicted, const Tensor& positive, const Tensor& negatives,
                        const ObjectiveOptions& options) {
  const auto p = unit_rows(predicted);
  const auto right = (p * unit_rows(positive)).sum(-1, true) / options.temperature;  // n x 1
  const auto wrong = at::matmul(p, unit_rows(negatives).t()) / options.temperature;  // n x N
  const bool both = options.denominator == Denominator::with_positive;
  const auto below = both ? at::cat({right, wrong}, 1) : wrong;
  return (below.logsumexp({1}) - right.squeeze(1)).to(at::kDouble).mean();
}

double mixing_weight(double alpha, double language, double high, double before) {
  if (!(language > 0 && high > 0)) return before;
  return alpha * language / ((1 - alpha) * high + alpha * language);
}

}  // namespace arcuate
