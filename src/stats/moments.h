// Means and variances of many columns from values that come one unit (a subject) after another: memory does not grow
// with the number of units.
//
//   d = x - mean,   mean += d / n,   squares += d (x - mean)                          Welford 1962
//   two parts: squares_a + squares_b + (mean_b - mean_a)^2 n_a n_b / (n_a + n_b)      Chan, Golub & LeVeque 1983
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace arcuate {

/// V each, float64. NaN are no observations.
struct RunningMoments {
  at::Tensor count{}, mean{};
  at::Tensor squares{};  ///< Sum of squares about the mean.
};
RunningMoments no_moments(int64_t columns);

/// One more unit. values: V.
void observe(RunningMoments& moments, const at::Tensor& values);

/// Of the units of both. No unit may be in both.
RunningMoments operator+(const RunningMoments& a, const RunningMoments& b);

/// V: sqrt(squares / (count - 1)); NaN below two observations.
at::Tensor sample_deviation(const RunningMoments& moments);

/// V, bool: where a test of the mean exists, at least `least` (and two) observations that are not all equal, rounding
/// aside.
at::Tensor are_testable(const RunningMoments& moments, int64_t least);

}  // namespace arcuate
