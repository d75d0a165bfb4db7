// How scores grow with training data (Antonello, Vaidya & Huth 2023, data scaling): ridge regressions fitted to nested
// random subsets of the training data, all scored on the same test rows.
//
// The training rows of a split are cut into units, whole stories or chunks of equal length. A random order of the units
// is drawn; the subset of n units holds the first n of it, so that each subset contains the smaller ones.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "core/compute.h"
#include "encode/ridge.h"

namespace arcuate {

struct SubsetOptions {
  std::vector<int64_t> counts{};  ///< Units of each subset, ascending; empty: 1, 2, 4, … and all.
  int64_t chunk = 0;              ///< Rows of a unit; 0: stories. A remainder joins the last chunk of its story.
  int64_t orders = 1;             ///< Random orders, each with its own subsets.
  int64_t inner_folds = 5;        ///< Contiguous inner folds of each subset's rows, which choose penalties.
  int64_t gap = 0;                ///< Rows left out around inner test rows.
  uint64_t seed = 0;
};

/// Units of `rows` (ascending), in order of time; no unit crosses a story's end.
std::vector<std::vector<int64_t>> training_units(std::span<const int64_t> rows, std::span<const RowRange> stories,
                                                 int64_t chunk);

/// `counts` or its default for so many units. Errors: usage, for a count that is not from 1 to `units`.
std::vector<int64_t> subset_counts(const std::vector<int64_t>& counts, int64_t units);

/// One subset of one order.
struct SubsetScore {
  int64_t units = 0, order = 0;
  double training_rows = 0;  ///< Mean over splits.
  at::Tensor r;              ///< V: r over the test rows of all splits; 0 where the prediction does not vary.
};

/// All outer splits share the counts, which must not exceed the units of any. Ordered by order, then size. Errors:
/// usage (counts, rows too few for inner folds); as ridge_cross_validated.
std::vector<SubsetScore> score_subsets(const RidgeProblem& problem, const std::vector<Fold>& outer,
                                       std::span<const RowRange> stories, const SubsetOptions& options,
                                       const RidgeOptions& ridge, const Compute& compute);

}  // namespace arcuate
