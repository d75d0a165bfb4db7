#include "stats/design_basis.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/error.h"
#include "core/text.h"

namespace arcuate {

using at::Tensor;

namespace {

// Below this a centred column is what rounding left of a constant.
constexpr double rounding = 1e-13;

// Lengths of the columns, with an error for those that have none.
Tensor lengths_of(const Tensor& x, const Tensor& columns, const std::vector<std::string>& names, bool intercept) {
  const auto length = columns.norm(2, 0), least = rounding * x.norm(2, 0);
  Problems problems(intercept ? "predictors that do not vary explain nothing; leave them out"
                              : "predictors that are 0 everywhere explain nothing; leave them out");
  for (size_t j = 0; j < names.size(); ++j) {
    const auto at = static_cast<int64_t>(j);
    if (length[at].item<double>() <= least[at].item<double>())
      problems.add("'{}' is {} in all {} rows", names[j], shortest(x[0][at].item<double>()), x.size(0));
  }
  problems.raise();
  return length;
}

// Which earlier columns make up column j: those with a coefficient worth naming.
std::string parts_of(const Tensor& r, int64_t j, const std::vector<std::string>& names) {
  const auto before = r.slice(0, 0, j).slice(1, 0, j);
  const auto weights = at::linalg_solve(before, r.slice(0, 0, j).select(1, j));
  std::vector<std::string> parts;
  for (int64_t i = 0; i < j; ++i)
    if (std::abs(weights[i].item<double>()) > 1e-6) parts.push_back("'" + names[static_cast<size_t>(i)] + "'");
  return join(parts, ", ");
}

// r: upper triangular of columns of length 1, so r_jj^2 is the share of column j that the earlier ones do not explain.
void check_collinear(const Tensor& r, const std::vector<std::string>& names) {
  for (int64_t j = 0; j < r.size(0); ++j) {
    const double left = r[j][j].item<double>();
    if (left * left < least_unexplained)
      bad_input("predictor '{}' is a linear combination of {}: their coefficients cannot be told apart; leave one out",
                names[static_cast<size_t>(j)], parts_of(r, j, names));
  }
}

Tensor inverse_of(const Tensor& r) { return at::linalg_solve_triangular(r, at::eye(r.size(0), at::kDouble), true); }

}  // namespace

// Twice, because the mean itself is rounded.
Tensor centred(const Tensor& x) {
  const auto once = x - x.mean(0, true);
  return once - once.mean(0, true);
}

Tensor with_constant(const Tensor& x, bool intercept) {
  return intercept ? at::cat({at::ones({x.size(0), 1}, at::kDouble), x}, 1) : x;
}

DesignBasis design_basis(const Tensor& x, const std::vector<std::string>& names, bool intercept) {
  const int64_t n = x.size(0), k = x.size(1), first = intercept ? 1 : 0;
  DesignBasis basis{.q = at::empty({n, first + k}, at::kDouble),
                    .to_coefficients = at::zeros({first + k, first + k}, at::kDouble),
                    .vif = at::empty({0}, at::kDouble)};
  const auto columns = intercept ? centred(x) : x;
  const auto length = lengths_of(x, columns, names, intercept);
  if (k > 0) {
    const auto [q, r] = at::linalg_qr(columns / length);
    check_collinear(r, names);
    const auto inverse = inverse_of(r);
    basis.vif = inverse.square().sum(1);
    basis.q.slice(1, first).copy_(q);
    basis.to_coefficients.slice(0, first).slice(1, first).copy_(inverse / length.unsqueeze(1));
  }
  if (intercept) {
    const double root = std::sqrt(static_cast<double>(n));
    basis.q.slice(1, 0, 1).fill_(1 / root);
    auto row = basis.to_coefficients[0];
    row.copy_(-x.mean(0).unsqueeze(0).mm(basis.to_coefficients.slice(0, 1)).squeeze(0));
    row[0].fill_(1 / root);
  }
  return basis;
}

}  // namespace arcuate
