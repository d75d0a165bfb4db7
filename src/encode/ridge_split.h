// Within the encode layer only: all models of one split, for all targets.
#pragma once
#include <functional>
#include <vector>

#include "core/compute.h"
#include "encode/ridge.h"
#include "encode/score.h"
#include "encode/split_design.h"

namespace arcuate::ridge {

/// The options of each split, with its own penalties if it has any, ascending. Errors: as of ridge_cross_validated.
std::vector<RidgeOptions> checked(const RidgeProblem& problem, const std::vector<RidgeSplit>& splits,
                                  const RidgeOptions& options);
/// Of all splits, ascending, each once.
std::vector<double> all_penalties(const std::vector<RidgeOptions>& options);

/// Chooses and refits; writes into row `k` of the results' choices and the test rows of their predictions; gives the
/// sums of each model's responses and predictions. `advance` is told shares of the work that add up to 1, from several
/// threads.
std::vector<PairSums> solve_split(const DelayedProblem& problem, const std::vector<RidgeModel>& models,
                                  const RidgeSplit& split, int64_t k, const RidgeOptions& options,
                                  const Compute& compute, const std::function<void(double)>& advance,
                                  std::vector<RidgeResult>& results);

}  // namespace arcuate::ridge
