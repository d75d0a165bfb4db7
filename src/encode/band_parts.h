// What each band of a joint prediction contributes: parts of r and R2 that sum to the whole.
//
// With the prediction p = m + sum_b p_b, m the intercept (the training mean of each split) and q = sum_b p_b,
//   r_b  = sum (y - mean y)(p_b - mean p_b) / sqrt(sum (y - mean y)^2 sum (p - mean p)^2)       (St-Yves & Naselaris
//   2018) R2_b = sum p_b (2 (y - m) - q) / sum (y - mean y)^2              (product measure: Dupre la Tour et al. 2022)
// over all test rows. m takes part as well, R2_m = 1 - sum (y - m)^2 / sum (y - mean y)^2 and r_m as above: what the
// training means alone predict, usually a little below 0. So r = r_m + sum_b r_b and R2 = R2_m + sum_b R2_b. A part may
// be negative, or exceed the whole.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace arcuate {

/// Means and sums of products about them, of responses (first) and the P parts of their predictions; V targets,
/// float64. Those of two parts of the rows combine without loss.
struct PartSums {
  at::Tensor means{};     ///< (1 + P) x V
  at::Tensor products{};  ///< (1 + P) x (1 + P) x V
  int64_t rows = 0;
};

/// responses: N x V; parts: P x N x V, the intercept first.
PartSums part_sums(const at::Tensor& responses, const at::Tensor& parts);
PartSums operator+(const PartSums& left, const PartSums& right);

/// P x V each. Where the whole prediction does not vary r is 0, and so are its parts; R2 is NaN for constant responses.
struct PartScores {
  at::Tensor r{}, r2{};
};
PartScores part_scores(const PartSums& sums);

}  // namespace arcuate
