#include "brain/clean.h"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>

namespace arcuate {

at::Tensor highpass(const at::Tensor& series, double tr, double cutoff) {
  const auto x = series.to(at::kDouble);
  const int64_t rows = x.size(0);
  const double wanted = std::floor(2.0 * static_cast<double>(rows) * tr / cutoff);
  const auto highest = static_cast<int64_t>(std::min(static_cast<double>(rows - 1), wanted));
  const auto time = at::arange(rows, at::kDouble) + 0.5;
  const auto order = at::arange(highest + 1, at::kDouble);
  auto basis = at::cos(at::outer(time, order) * (std::numbers::pi / static_cast<double>(rows)));  // T x K, orthogonal
  basis = basis / basis.norm(2, 0, true);
  return x - basis.mm(basis.t().mm(x));
}

at::Tensor zscore(const at::Tensor& series) {
  const auto x = series.to(at::kDouble);
  const auto centred = x - x.mean(0, true);
  const auto deviation = centred.square().mean(0, true).sqrt();
  // Rounding leaves a constant column with a deviation of about 1e-16 of its size.
  const auto constant = deviation <= 1e-12 * x.abs().amax(0, true);
  return at::where(constant, at::zeros_like(centred),
                   centred / at::where(constant, at::ones_like(deviation), deviation));
}

}  // namespace arcuate
