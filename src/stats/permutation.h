// Circular-shift permutation tests: the null hypothesis that predictions and responses share no timing.
// Predictions are shifted against responses within each story (autocorrelation is kept, alignment is lost).
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

namespace arcuate {

struct ShiftOptions {
  int64_t count = 1000;  ///< Shifts wanted; fewer are used when fewer exist.
  int64_t min_shift =
      14;  ///< Shortest distance from no shift, in TRs, in both directions: longest delay + 10 by default.
  uint64_t seed = 0;
};

/// shifts[i][s]: TRs by which story s is shifted in draw i. Drawn independently per story and without repetition; all
/// that exist when there are at most `count`. Errors: usage, when a story is too short for any shift.
std::vector<std::vector<int64_t>> circular_shifts(std::span<const int64_t> story_lengths, const ShiftOptions& options);

/// Rows of T x V moved by the story's shift: row t of the result is row t - shift (cyclic within the story).
at::Tensor shifted(const at::Tensor& series, std::span<const int64_t> story_lengths, std::span<const int64_t> shifts);

/// Pearson r of responses and shifted predictions (T x V each) for every draw: draws x V, float64. NaN for constant
/// columns.
at::Tensor shift_null(const at::Tensor& responses, const at::Tensor& predictions,
                      std::span<const int64_t> story_lengths, const std::vector<std::vector<int64_t>>& shifts);

/// p = (b + 1) / (m + 1), b of m null values at least as large as the observed one (Phipson & Smyth 2010). NaN for NaN.
/// observed: V, null: m x V.
at::Tensor permutation_p(const at::Tensor& observed, const at::Tensor& null);

}  // namespace arcuate
