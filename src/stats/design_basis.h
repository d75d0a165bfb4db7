// An orthonormal basis of a regression's design, from which everything about its coefficients follows: with the
// predictors X (n x k), the constant included or not,
//   fitted = Q Q'y,   b = M Q'y,   (X'X)^-1 = M M',   leverages = squared lengths of Q's rows.
// Columns are centred (with an intercept) and scaled to length 1 before the QR decomposition (Golub & Van Loan), so
// neither their units nor their offsets cost digits.
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

namespace arcuate {

/// Letters: n rows, k predictors, p = k + 1 coefficients with an intercept (it comes first), else k.
struct DesignBasis {
  at::Tensor q{};                ///< Q, n x p
  at::Tensor to_coefficients{};  ///< M, p x p
  at::Tensor vif{};              ///< k: 1 / (1 - R2 of a predictor on the others), uncentred R2 without an intercept.
};

/// A predictor counts as a linear combination of earlier ones when they leave a smaller share of its variance than this
/// unexplained: its coefficient would have no digit left.
inline constexpr double least_unexplained = 1e-10;

/// x: n x k, k < n, finite. Errors: input, naming every predictor that does not vary (is 0 everywhere, without an
/// intercept), or one that is a linear combination of earlier ones, and those.
DesignBasis design_basis(const at::Tensor& x, const std::vector<std::string>& names, bool intercept);

/// x minus the means of its columns, exact to the last digit of x.
at::Tensor centred(const at::Tensor& x);

/// x: n x k -> n x (k + 1) with the constant 1 in front; x itself without an intercept.
at::Tensor with_constant(const at::Tensor& x, bool intercept);

}  // namespace arcuate
