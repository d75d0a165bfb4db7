// Rows that belong together (the twins of a model, the models of a family): they stay on one side of every split, and
// shuffles and resamples respect them.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "encode/rows.h"

namespace arcuate {

/// Rows of each group, groups in the order in which they first appear.
using RowGroups = std::vector<std::vector<int64_t>>;

/// labels: one a row.
RowGroups row_groups(const std::vector<std::string>& labels);
/// Every row a group of its own.
RowGroups single_rows(int64_t rows);

/// The groups, in their order, cut into `folds` contiguous runs, as many groups in each as can be (the first ones one
/// more). Errors: input, when there are fewer groups than folds.
std::vector<Fold> grouped_folds(const RowGroups& groups, int64_t folds);

/// What may trade places under the hypothesis that no predictor matters.
enum class Shuffle {
  rows,    ///< All rows: right when rows are independent of each other.
  within,  ///< Rows of one group: asks only about what differs within groups.
  groups,  ///< Whole groups of the same size, and the rows within them: right when rows of a group are alike (Winkler
           ///< et al. 2015, multi-level blocks).
};

/// orders[i][row]: the row whose response `row` receives in draw i: count x n, int64.
at::Tensor shuffled_orders(const RowGroups& groups, Shuffle shuffle, int64_t count, uint64_t seed);

/// How often each row is drawn when as many groups as there are, are drawn with replacement: count x n, float64.
at::Tensor resampled_counts(const RowGroups& groups, int64_t count, uint64_t seed);

}  // namespace arcuate
