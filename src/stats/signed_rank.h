// Wilcoxon's signed-rank test (1945): are paired differences, or one sample, symmetric about 0?
//
//   W+ = sum of the ranks of |d| where d > 0
//
// Exact, from all 2^n sign patterns, where there are neither ties nor zeros and n is small; else the normal
// approximation with the variance corrected for ties.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

#include "stats/alternative.h"

namespace arcuate {

enum class Zeros {
  drop,  ///< Differences of 0 are left out before ranking (Wilcoxon).
  pratt  ///< They are ranked and then left out (Pratt 1959).
};

struct SignedRankOptions {
  Alternative alternative = Alternative::two_sided;
  Zeros zeros = Zeros::drop;
  int64_t exact_up_to = 50;  ///< Most differences of an exact test; 0: always the approximation. At most 1000.
  bool continuity = true;    ///< The approximation moves W+ by 1/2 towards its mean.
};

struct SignedRankResult {
  int64_t count = 0;    ///< Differences that are neither NaN nor 0.
  double rank_sum = 0;  ///< W+
  double p = 0;         ///< NaN without a difference that counts.
  bool exact = false;   ///< Whether p is.
};

/// NaN are no observations.
SignedRankResult signed_rank(std::span<const double> differences, const SignedRankOptions& options = {});

/// p of every column of differences (S x V, a row a subject). Returns V, float64.
at::Tensor signed_rank_p(const at::Tensor& differences, const SignedRankOptions& options = {});

}  // namespace arcuate
