// Wilcoxon's rank-sum test (1945; Mann & Whitney 1947): does one of two independent samples lie higher?
//
//   U = sum of the ranks of a in the pooled sample - n_a (n_a + 1) / 2
//
// Exact, from all ways to split the ranks, where there are no ties and both samples are small; else the normal
// approximation with the variance corrected for ties.
#pragma once
#include <cstdint>
#include <span>

#include "stats/signed_rank.h"

namespace arcuate {

struct RankSumOptions {
  Alternative alternative = Alternative::two_sided;  ///< greater: a lies higher.
  int64_t exact_up_to = 25;  ///< Largest sample of an exact test; 0: always the approximation. At most 25.
  bool continuity = true;    ///< The approximation moves U by 1/2 towards its mean.
};

struct RankSumResult {
  int64_t count_a = 0, count_b = 0;  ///< Values that are not NaN.
  double u = 0;                      ///< Pairs in which a is the larger; ties count one half.
  double p = 0;                      ///< NaN where a sample is empty or all values are equal.
  bool exact = false;                ///< Whether p is.
};

/// NaN are no observations.
RankSumResult rank_sum(std::span<const double> a, std::span<const double> b, const RankSumOptions& options = {});

}  // namespace arcuate
