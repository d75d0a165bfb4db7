// Within the stats layer only: what permutation tests by signs share.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "core/random.h"
#include "stats/alternative.h"

namespace arcuate {

/// Signs of draw after draw, +1 or -1 for each unit: all patterns but the observed one when there are no more than
/// `draws`, else random ones.
class SignPatterns {
 public:
  SignPatterns(int64_t units, int64_t draws, uint64_t seed);
  int64_t draws() const { return draws_; }
  bool exhaustive() const { return exhaustive_; }
  /// The signs of the next draws: draws x units, row by row.
  std::vector<double> next(int64_t draws);

 private:
  int64_t units_, draws_, pattern_ = 0;
  bool exhaustive_ = false;
  Random random_;
};

/// How far out a statistic lies.
double oriented(double value, Alternative alternative);

/// p of every statistic (V) against the largest one of each draw: (b + 1) / (m + 1); NaN for NaN.
at::Tensor family_wise_p(const at::Tensor& statistic, std::vector<double> largest, Alternative alternative);

}  // namespace arcuate
