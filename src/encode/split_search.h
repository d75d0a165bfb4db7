// Within the encode layer only: the search for band scales on one split, and the refit with what it found.
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "core/compute.h"
#include "encode/band_parts.h"
#include "encode/ridge_solver.h"
#include "encode/score.h"
#include "encode/target_blocks.h"

namespace arcuate::ridge {

class SplitSearch {
 public:
  /// The arguments outlive the object.
  SplitSearch(const RidgeProblem& problem, const RidgeSplit& split, const RidgeOptions& options,
              const Compute& compute);
  SplitSearch(const SplitSearch&) = delete;
  SplitSearch& operator=(const SplitSearch&) = delete;

  /// Scores rows of scales with every penalty and keeps for each target what is better than before. `advance` is told
  /// the number of rows that were done.
  void try_all(const Scales& scales, const std::function<void(int64_t)>& advance);
  /// One round of refinement by this factor, for each group of targets with the same scales.
  void refine(double factor);

  /// All rows tried so far; and the best of each target: its place among them, its penalty's place, its score.
  const Scales& tried() const { return tried_; }
  const std::vector<int64_t>& scales() const { return scales_; }
  const std::vector<int64_t>& penalties() const { return penalties_; }
  const std::vector<double>& scores() const { return scores_; }

  struct Refitted {
    PairSums sums{};           ///< Of responses and predictions of the test rows.
    PartSums parts{};          ///< Of responses and the parts of their predictions, the intercept first.
    at::Tensor predictions{};  ///< n_test x V, if the options keep them.
  };
  Refitted refit() const;

 private:
  void try_for(const Scales& scales, const std::vector<int64_t>& columns, const std::function<void(int64_t)>& advance);
  RidgeProblem problem_of(const std::vector<int64_t>& columns) const;
  InnerScores scores_of(const Scales& scales, const RidgeProblem& problem, const at::Tensor& groups,
                        int64_t width) const;
  void keep_better(const InnerScores& found, const at::Tensor& groups, const std::vector<int64_t>& columns,
                   int64_t first);
  std::unique_ptr<Solver> refitting_solver(const Scales& scales) const;
  Refitted empty() const;
  void refit_some(const Solver& solver, const Refit& fit, const std::vector<int64_t>& columns, Refitted& result) const;

  const RidgeProblem& problem_;
  const RidgeSplit& split_;
  RidgeOptions options_;
  Compute compute_;
  int threads_ = 1;
  SplitDesign design_;
  BlockWidths widths_;
  bool tall_ = false;  // more rows than features
  Scales tried_{};
  std::vector<int64_t> scales_{}, penalties_{};
  std::vector<double> scores_{};
  // The best candidate's, from which the rule takes its choice: the score that is compared, and the penalty.
  std::vector<double> compared_{};
  std::vector<int64_t> best_penalties_{};
};

}  // namespace arcuate::ridge
