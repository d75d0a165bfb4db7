// Permutation test of one sample, or of paired differences, by flipping the signs of whole units (subjects, or blocks
// of rows): under the null hypothesis a unit's values are distributed symmetrically about 0 and units are independent.
//
//   t of a draw: of s_i x_i with s_i = +1 or -1, the same for all columns, so that columns keep their correlation
//   p = (b + 1) / (m + 1), b of m draws at least as far out (Phipson & Smyth 2010)
//   corrected p: the same, with each draw's largest statistic of all columns (Westfall & Young 1993; Nichols & Holmes
//   2002), which bounds the probability of any false positive
//
// All 2^n patterns are used when there are no more than were asked for; p is then exact. UnitRows are read one after
// another, once or more often, and never kept: memory holds some draws of all columns and does not grow with n.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>

#include "stats/alternative.h"
#include "stats/moments.h"

namespace arcuate {

/// UnitRows that are read when they are asked for.
struct UnitRows {
  int64_t count = 0;    ///< n
  int64_t columns = 0;  ///< V
  /// V values of a unit; NaN are no observations. Called from one thread.
  std::function<at::Tensor(int64_t unit)> read{};
};
/// The rows of a matrix (n x V) as units.
UnitRows units_of(const at::Tensor& rows);

struct SignFlipOptions {
  int64_t draws = 5000;  ///< At most so many are drawn; all patterns when there are no more.
  Alternative alternative = Alternative::two_sided;
  int64_t least = 2;  ///< Columns with fewer observations are not tested.
  uint64_t seed = 0;
  /// What is made of a map of t (V) before the largest value is taken, TFCE say; none: nothing. It must keep the order
  /// of threads out of its result.
  std::function<at::Tensor(const at::Tensor& t)> enhance{};
  int threads = 1;                      ///< The result does not depend on it,
  int64_t memory = int64_t{256} << 20;  ///< nor on this: bytes for the draws that are made at once.
};

/// V each, float64; NaN where there is no test: too few observations, or all of them equal.
struct SignFlipResult {
  at::Tensor t{};
  at::Tensor enhanced{};     ///< What `enhance` made of t; undefined without it.
  at::Tensor p{};            ///< Of each column by itself, of t.
  at::Tensor corrected{};    ///< Of the largest statistic, enhanced if asked for.
  at::Tensor largest{};      ///< m: that of each draw.
  RunningMoments moments{};  ///< Of the units as they are.
  bool exhaustive = false;   ///< All patterns were used.
};
SignFlipResult sign_flip_test(const UnitRows& units, const SignFlipOptions& options = {});

/// The smallest p that n units can have: all patterns but those as far out count.
double smallest_sign_flip_p(int64_t units, int64_t draws, Alternative alternative);

}  // namespace arcuate
