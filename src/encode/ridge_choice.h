// Within the encode layer only: which candidate (a row of band scales and a penalty) each target takes, by the scores
// of inner folds.
//
//   best     the largest mean score over the K inner folds; of equal ones the larger penalty, then the earlier scales
//   one_se   the largest penalty, with the scales of the best, whose mean score is at least
//            best - s / sqrt(K),   s the standard deviation of the best candidate's K scores (Breiman, Friedman, Olshen
//            & Stone 1984)
//
// Targets that share a penalty are scored by the mean over them in each fold. Criteria other than folds have one score,
// as of one fold.
// Shapes: C candidates (scales slowest, penalties ascending), V targets, U groups that choose (V where each target
// chooses for itself).
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "encode/ridge.h"

namespace arcuate::ridge {

/// The group of each target: V int64 from 0; undefined where each target chooses for itself. Errors: usage, when the
/// mode asks for groups that the problem does not have.
at::Tensor choice_groups(const RidgeProblem& problem, const RidgeOptions& options);

/// How many scores a candidate has: K, or 1 where the criterion is not that of folds.
int64_t score_count(const RidgeSplit& split, const RidgeOptions& options);

/// Where stages put the scores of a block of b targets.
class BlockScores {
 public:
  /// Of inner fold `fold`: the candidates from `first` on x b, float64, on any device.
  void add(int64_t fold, int64_t first, const at::Tensor& scores);
  /// By how much a fold's scores of these candidates may be wrong, where they are not exact.
  void add_doubt(int64_t first, const at::Tensor& doubt);

 private:
  friend class FoldScoreSums;
  at::Tensor sums_;     // C x b
  at::Tensor doubts_;   // C x b, where scores are not exact
  at::Tensor squares_;  // C x b, if each target chooses for itself by the one-standard-error rule
  at::Tensor shared_;   // folds x C x groups of the block: sums over their targets, if groups choose by it
  at::Tensor groups_;   // those groups, of all
  at::Tensor place_;    // b: of each target's group among them
};

struct InnerScores {
  at::Tensor mean{};   ///< C x V: over inner folds.
  at::Tensor error{};  ///< C x U: standard error of the mean score; undefined unless the rule needs it.
  at::Tensor doubt{};  ///< C x V: by how much the mean may be wrong; undefined where it is exact.
  /// Those of some candidates.
  InnerScores of(int64_t first, int64_t count) const;
};

/// Scores of all folds, added up. Threads may fill a block each:
///   for a batch of blocks { open(batch); in parallel: block(b).add(…); close(batch); }
class FoldScoreSums {
 public:
  /// `groups` as of choice_groups.
  FoldScoreSums(const std::vector<RowRange>& blocks, int64_t candidates, int64_t folds, const at::Tensor& groups,
                ChoiceRule rule, bool exact);
  /// Batches of blocks that are filled at once: all, unless each needs memory for groups of its own.
  std::vector<RowRange> batches() const;
  void open(const RowRange& batch);
  BlockScores& block(int64_t b) { return blocks_[static_cast<size_t>(b)]; }
  void close(const RowRange& batch);
  InnerScores finish();

 private:
  at::Tensor error() const;

  int64_t folds_;
  at::Tensor groups_, sums_, squares_, doubts_;
  at::Tensor shared_;  // folds x C x U: of groups that choose by standard errors
  std::vector<RowRange> ranges_;
  std::vector<BlockScores> blocks_;
};

/// C x V: what is compared for each target: its own mean scores, or those of its group.
at::Tensor compared_scores(const at::Tensor& mean, const at::Tensor& groups);

/// Of column `unit` of some scores (C x any): the candidate of the largest penalty, with the scales of `best`, whose
/// score is at least that of `best` less `error`.
int64_t largest_within(const at::TensorAccessor<double, 2>& scores, int64_t unit, int64_t best, double error,
                       int64_t penalties);

/// V: the candidate of each target; by the one-standard-error rule where there are errors.
at::Tensor best_candidates(const InnerScores& scores, const at::Tensor& groups, int64_t penalties);

/// V, bool: whether another candidate might be the best one, by the doubts of both.
at::Tensor close_calls(const InnerScores& scores);

}  // namespace arcuate::ridge
