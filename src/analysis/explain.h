// Which features explain a score? One least-squares regression of the score on the features in each cell of a table,
// after Li 2024 (arXiv 2405.06725), who regressed the brain scores of 78 language models on topological features in 36
// cells and asked which features are reliable and valid. Neither his tables nor his exact definitions are public; ours:
//   reliable (a feature in a cell): p < alpha; the same sign and p < alpha in the refit without each fold; and a
//     bootstrap interval on the same side of 0;
//   valid (a cell): p of F < alpha, held-out R2 > 0, and its permutation p below alpha after the false discovery rate
//     over cells.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "analysis/best_subset.h"
#include "analysis/cells.h"
#include "analysis/row_groups.h"
#include "core/compute.h"
#include "stats/least_squares.h"

namespace arcuate {

/// Rows of a table: n rows, k predictors.
struct ExplainData {
  std::vector<std::string> predictors{};
  at::Tensor x{};  ///< n x k
  at::Tensor y{};  ///< n
  CellTable cells{};
  std::vector<std::string> groups{};  ///< One a row, or none: rows are independent.
};

enum class ZScore { none, predictors, both };

struct ExplainOptions {
  LeastSquaresOptions regression{};    ///< Of every cell and every refit.
  ZScore z_score = ZScore::none;       ///< By mean and deviation of the cell's rows; needs an intercept.
  Criterion select = Criterion::none;  ///< Choice of predictors in each cell, made anew in every fold and shuffle.
  int64_t folds = 5;                   ///< Contiguous runs of groups, left out one after another.
  Shuffle shuffle = Shuffle::groups;   ///< What trades places in the permutation test; same as rows without groups.
  int64_t shuffles = 1000;             ///< Draws of the permutation test of the held-out R2.
  int64_t resamples = 1000;            ///< Bootstrap draws of whole groups.
  double alpha = 0.05;                 ///< Level of "reliable" and "valid".
  uint64_t seed = 0;
};

/// A predictor in a cell. NaN where the choice of predictors left it out.
struct Feature {
  bool retained = true;
  Coefficient coefficient{};
  double q = std::numeric_limits<double>::quiet_NaN();  ///< p after the false discovery rate over the cells.
  double fold_share = 0;                                ///< Of the refits, those with the same sign and p < alpha.
  double bootstrap_lower = std::numeric_limits<double>::quiet_NaN();  ///< Percentile interval over resamples.
  double bootstrap_upper = std::numeric_limits<double>::quiet_NaN();
  bool reliable = false;
};

struct CellResult {
  std::string name{};
  int64_t groups = 0;
  LeastSquaresFit fit{};            ///< Of the retained predictors.
  std::vector<Feature> features{};  ///< One a predictor, in their order.
  double held_out_r2 = 0;
  double held_out_p = 1, held_out_q = 1;  ///< (b + 1) / (m + 1) over shuffles; after the false discovery rate.
  double f_q = 1;                         ///< p of F after the false discovery rate.
  bool valid = false;
};

/// One result a cell. Every cell has its own random numbers, so neither threads nor other cells change it.
/// Errors: input, all cells at once, in words that name the cell: those of least_squares(), of its refits without a
/// fold, and too few groups for the folds; usage: z-scores without an intercept, too many predictors to choose from.
std::vector<CellResult> explain(const ExplainData& data, const ExplainOptions& options, const Compute& compute);

}  // namespace arcuate
