// Paired block permutation within one subject: does model A predict a voxel, or a region, better than model B?
//
//   statistic = r(y, a) - r(y, b),   of a region: its mean over the region's voxels
//   draw: a and b, z-scored over all rows, exchange their rows in blocks chosen at random, the same for all voxels;
//   both correlations are computed anew
//
// Under the hypothesis that the models are equally good the two predictions of a block can be exchanged. What they have
// in common is in both, before and after, so their correlation needs no model. Each draw's correlations have scales of
// their own: those of the observed predictions took up a part of the difference, and to keep them is conservative.
// Blocks are contiguous and longer than the autocorrelation, so that they are independent of each other. Each block
// enters by its sums of a, a^2 and y a, so a draw costs three signed sums and not a pass over the rows.
//
// p = (b + 1) / (m + 1) as in stats/sign_flip.h. Family-wise: each draw's largest difference of all voxels, in units of
// the voxel's own deviation over all draws, the observed one among them (Westfall & Young 1993). With a surface the map
// of these is enhanced first, in every draw (stats/tfce.h).
// Shapes: T rows, V voxels, G regions.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/compute.h"
#include "stats/alternative.h"
#include "stats/tfce.h"

namespace arcuate {

struct PairedBlockOptions {
  int64_t block = 30;    ///< Rows that are exchanged together, TRs: many times the time in which y a is forgotten.
  int64_t draws = 5000;  ///< At most; all patterns when there are no more.
  Alternative alternative = Alternative::two_sided;  ///< greater: A is better.
  std::optional<TfceSurface> surface{};              ///< Of all voxels: PairedScores::corrected is of enhanced maps.
  uint64_t seed = 0;
};

/// T x b each: some columns of the responses and of the two predictions.
struct PairedColumns {
  at::Tensor responses{}, a{}, b{};
};
/// Reads columns [begin, end). Called from several threads.
using PairedSource = std::function<PairedColumns(int64_t begin, int64_t end)>;

/// Of voxels or regions, float64; NaN where there is no test: responses that are constant, or predictions that both
/// are, or any that are not finite.
struct PairedScores {
  at::Tensor r_a{}, r_b{};  ///< 0 for a prediction that is constant.
  at::Tensor difference{};
  at::Tensor p{};          ///< Of each by itself.
  at::Tensor enhanced{};   ///< TFCE of the difference in units of its deviation; undefined without a surface.
  at::Tensor corrected{};  ///< Family-wise, over voxels or over regions.
};
struct PairedBlockResult {
  PairedScores voxels{}, regions{};
  std::vector<int64_t> region_sizes{};  ///< Voxels with a test.
  int64_t blocks = 0, draws = 0;
  bool exhaustive = false;
};

/// region_of: the region of each voxel from 0 on, below 0: none; empty: no regions. Results do not depend on
/// compute.threads. Errors: usage (a block below 1 row, no draw); input (a surface of another size).
PairedBlockResult paired_block_test(const PairedSource& source, int64_t voxels, std::span<const int64_t> story_lengths,
                                    std::span<const int64_t> region_of, const PairedBlockOptions& options,
                                    const Compute& compute);

}  // namespace arcuate
