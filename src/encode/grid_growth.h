// Grids of penalties that grow where choices pile up at an edge, for each split by itself.
//
// A split whose inner folds choose an edge of its grid too often gets more penalties beyond that edge, in the ratio of
// the two at the edge, and chooses again. Choices are made of training rows, and no split's grid depends on another's
// choices: test rows have no say.
#pragma once
#include <ATen/core/Tensor.h>

#include <vector>

#include "core/compute.h"
#include "encode/ridge.h"

namespace arcuate {

struct GridGrowth {
  int64_t times = 0;     ///< At most so often, each time by a quarter of the first grid (at least one penalty).
  double share = 0.01;   ///< Of the choices at an edge: more is too many.
  at::Tensor counted{};  ///< Numbers of the targets whose choices count; undefined: all.
};

/// Shares of the choices at a grid's smallest and largest penalty.
struct EdgeShares {
  double smallest = 0, largest = 0;
};
EdgeShares edge_shares(const at::Tensor& chosen, const std::vector<double>& grid);

/// Ordinary ridge; each split's grid is left in `splits`. Errors: usage (a grid of one penalty, which has no ratio,
/// or of fractions); as ridge_cross_validated.
RidgeResult ridge_with_growing_grids(const RidgeProblem& problem, std::vector<RidgeSplit>& splits,
                                     const RidgeOptions& options, const GridGrowth& growth, const Compute& compute);

}  // namespace arcuate
