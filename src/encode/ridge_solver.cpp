#include "encode/ridge_solver.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/error.h"
#include "core/tensor.h"
#include "encode/score.h"

namespace arcuate::ridge {

using at::Tensor;

Tensor factor_spd(const Tensor& matrix) {
  const auto [factor, info] = at::linalg_cholesky_ex(matrix);
  if (info.item<int>() != 0)
    bad_input(
        "the normal equations are not positive definite at row {} of {}; a larger smallest penalty helps, and features "
        "must be finite",
        info.item<int>(), matrix.size(0));
  return factor;
}

Tensor inverse_spd(const Tensor& matrix) { return at::cholesky_inverse(factor_spd(matrix)); }
Tensor solve_spd(const Tensor& matrix, const Tensor& right) { return at::cholesky_solve(right, factor_spd(matrix)); }

Rows::Rows(const std::vector<int64_t>& positions) : index_(index_tensor(positions)) {
  const auto broken = std::adjacent_find(positions.begin(), positions.end(),
                                         [](int64_t here, int64_t next) { return next != here + 1; });
  if (!positions.empty() && broken == positions.end()) first_ = positions.front(), end_ = positions.back() + 1;
}
Tensor Rows::of(const Tensor& tensor, int64_t dim) const {
  return end_ > first_ ? tensor.slice(dim, first_, end_) : tensor.index_select(dim, index_.to(tensor.device()));
}
int64_t Rows::count() const { return index_.size(0); }

Tensor inner_score(Select select, const Tensor& responses, const Tensor& predictions) {
  if (select == Select::r) return at::nan_to_num(pearson(responses, predictions));
  return residual_score(select, responses, responses - predictions);
}

Tensor residual_score(Select select, const Tensor& responses, const Tensor& residuals) {
  switch (select) {
    case Select::mse:
      return -residuals.to(at::kDouble).square().mean(0);
    case Select::r2:
      return at::nan_to_num(r_squared(responses, responses - residuals));
    case Select::r:
      return at::nan_to_num(pearson(responses, responses - residuals));
  }
  return {};
}

// As read, of the training rows, centred (in float64, then in their type), less the fold's mean; and the products.
int64_t target_bytes(const SplitDesign& design, int64_t products) {
  const auto size = static_cast<int64_t>(at::elementSize(design.options.type));
  const int64_t exact = design.options.intercept ? 2 * int64_t{sizeof(double)} : 0;
  return design.rows * ((3 + products) * size + exact);
}

Tensor training_mean(const SplitDesign& design, const InnerFold& fold, const Tensor& responses) {
  if (!design.options.intercept) return at::zeros({1, responses.size(1)}, responses.options());
  return fold.train.of(responses).mean(0, true);
}

}  // namespace arcuate::ridge
