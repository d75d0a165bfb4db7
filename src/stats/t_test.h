// Student's t-test (1908) of the mean of one sample, or of paired differences, for many columns at once.
//
//   t = (mean - against) / (sd / sqrt(n)),   n - 1 degrees of freedom
//
// It assumes that the units (subjects) are independent and their means normal.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>

#include "stats/alternative.h"
#include "stats/moments.h"

namespace arcuate {

struct TTestOptions {
  double against = 0;                                ///< The mean under the null hypothesis.
  Alternative alternative = Alternative::two_sided;  ///< greater: the mean lies above `against`.
  int64_t least = 2;                                 ///< Columns with fewer observations are not tested.
};

/// V each, float64; t and p are NaN where there is no test: too few observations, or all of them equal.
struct TTestResult {
  at::Tensor t{}, freedom{}, p{};
};
TTestResult t_test(const RunningMoments& moments, const TTestOptions& options = {});

}  // namespace arcuate
