// Exhaustive choice of predictors: the subset with the smallest information criterion of normal errors,
//   AIC = n ln(SSR / n) + 2 size (Akaike 1974),   BIC = n ln(SSR / n) + ln(n) size (Schwarz 1978), constants left out.
// All 2^k subsets are visited as a tree whose branches each append one row to a Cholesky factor.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace arcuate {

enum class Criterion { none, aic, bic };

/// As many predictors as an exhaustive choice takes (4096 subsets).
inline constexpr int64_t most_candidates = 12;

/// Errors: usage, when there are more.
void check_candidates(int64_t predictors);

/// One design, searched for many responses.
class SubsetSearch {
 public:
  /// x: n x k, columns that design_basis() accepts. Errors: those of check_candidates(k).
  SubsetSearch(const at::Tensor& x, bool intercept);
  /// Ascending columns of the best subset for y (n); may be empty. Ties go to the one found first, the smaller.
  /// Criterion::none: all columns.
  std::vector<int64_t> best(const at::Tensor& y, Criterion criterion) const;

 private:
  at::Tensor columns_;        ///< n x k, centred and of length 1
  std::vector<double> gram_;  ///< k x k
  bool intercept_ = true;
};

}  // namespace arcuate
