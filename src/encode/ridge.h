// Cross-validated ridge regression with a penalty per target, over one or several feature bands. Start here.
//
//   min_w || Y - sum_b sqrt(g_b) X_b w_b ||^2 + alpha sum_b ||w_b||^2      (Hoerl & Kennard 1970; bands: Nunez-Elizalde
//   2019)
//
// For every split, the penalty (and the band scales g) of each target is the one with the best mean score over the
// split's inner folds; the model is then refitted on all training rows and predicts the test rows. Means and deviations
// come from the training rows of the split.
// Shapes: N rows (volumes), F features, V targets.
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "core/compute.h"
#include "encode/response_matrix.h"
#include "encode/rows.h"
#include "encode/score.h"

namespace arcuate {

enum class Select { mse, r2, r };  ///< Inner score: mean over folds of -MSE, R2 or Pearson r.
/// What penalties are chosen by.
enum class PenaltyCriterion {
  folds,     ///< Scores of RidgeSplit::inner.
  left_out,  ///< Predictions of each training row by a model of all others (PRESS); RidgeSplit::inner is not looked at.
  gcv        ///< Generalised cross-validation, which puts the mean leverage in the place of each row's; not for r.
};
/// Which targets share a penalty (and scales), by the mean score over them: none, all, or those of a group.
enum class PenaltyMode { per_target, shared, group };
/// The candidate with the best mean score; or the largest penalty within one standard error of it (ridge_choice.h).
enum class ChoiceRule { best, one_standard_error };
enum class Standardize { none, features, responses, both };
/// What the numbers of a grid are.
enum class PenaltyUnit {
  lambda,   ///< lambda ||w||^2
  huth,     ///< alpha with lambda = alpha^2, as in Huth's code.
  fraction  ///< No penalties but lengths of the weights: RidgeOptions::fractional.
};
enum class Form { automatic, primal, dual };  ///< Normal equations of size F or N; automatic takes the cheaper.
/// How they are solved; automatic takes the cheaper. The first is for few targets, the second for many.
enum class Method {
  automatic,
  inverse,  ///< Primal: a factorisation for each inner fold and penalty. Dual: one decomposition, for all. In float64.
  eigenbasis  ///< A decomposition for each inner fold, which serves all penalties.
};

struct RidgeOptions {
  std::vector<double> penalties{};  ///< alpha, positive; added to X'X as it is (not squared, not divided by N).
  /// The numbers are not penalties but fractions, at most 1, of the length of the unregularised weights (ridge_fraction
  /// .cpp), for each target; ties go to the larger. With inner folds only; form and method are not looked at.
  bool fractional = false;
  Select select = Select::mse;
  /// Other than folds: wrong for autocorrelated rows; choices are then made without regard to form and method.
  PenaltyCriterion criterion = PenaltyCriterion::folds;
  PenaltyMode penalty_mode = PenaltyMode::per_target;
  ChoiceRule rule = ChoiceRule::best;
  bool intercept = true;  ///< Unpenalised, refitted inside every inner fold.
  Standardize standardize =
      Standardize::none;  ///< z-score by the training rows of the split; predictions are scaled back.
  /// Principal components of each band's training rows, of the outer fold, that take the features' place; 0: none.
  int64_t components = 0;
  Form form = Form::automatic;
  Method method = Method::automatic;
  at::ScalarType type = at::ScalarType::Float;  ///< Of features, responses, predictions and most products.
  /// Eigenbasis in float32: score inner folds with products of bfloat16 where the processor has them. Targets whose two
  /// best scores are close are scored again in float32; refits are float32.
  bool bf16_scores = false;
  bool keep_predictions = true;  ///< Return the predictions; their scores are there in any case.
  bool keep_curves = false;      ///< Also return the inner score of every candidate.
  bool keep_bands = false;       ///< Also return the part of the predictions that each band gives.
};

/// Parts of a problem that begin at multiples of this, and are told how many targets there are
/// (RidgeProblem::of_targets), have the bytes that they have in the whole, when each target has a penalty of its own.
inline constexpr int64_t targets_of_a_part = 1920;

struct RidgeProblem {
  std::vector<at::Tensor> bands{};  ///< N x F_b each; ordinary ridge has one.
  std::vector<int64_t> delays{};    ///< Rows by which copies of each band enter the model (delays.h); none: as it is.
  std::vector<RowRange> stories{};  ///< With delays: where rows belong together.
  ResponseMatrix responses{};       ///< N x V, finite.
  /// Where targets are a part of those of a larger problem: how many that has. What is chosen by the number of targets,
  /// the way to solve, is then the same for all parts; 0: they are all.
  int64_t of_targets = 0;
  std::vector<int64_t> target_groups{};  ///< V, any numbers from 0 on: what PenaltyMode::group takes together.
};

/// A model over the problem's bands: the candidate g to choose from, one value a band; 0 leaves a band out.
/// Several models of one problem share what they can: the controls, a layer, and both together cost little more than
/// one.
struct RidgeModel {
  std::vector<std::vector<double>> scales{};
};

struct RidgeSplit {
  Fold outer;                       ///< Rows of the problem; without test rows the split only chooses.
  std::vector<Fold> inner;          ///< Partitions of outer.train, to choose the penalty; none for other criteria.
  std::vector<double> penalties{};  ///< In the place of the options' where there are any.
};

/// A way to solve a split, and its work by the model that chooses (ridge_cost.h): multiplications of float32, or what
/// takes as long.
struct RidgeCost {
  Form form = Form::dual;
  Method method = Method::inverse;
  double fixed = 0, per_target = 0;
  double total(int64_t targets) const { return fixed + per_target * static_cast<double>(targets); }
};

struct RidgeResult {
  /// V, float64, over all rows that splits test: r is 0 and R2 NaN where there is none.
  at::Tensor r, r2;
  PairSums sums;  ///< Of responses and held-out predictions, from which r and R2 are.
  /// N x V, float64, held out; NaN in rows that no split tests.
  at::Tensor predictions;
  /// bands x N x V on request: they add up to `predictions`; the first has the intercept.
  at::Tensor band_predictions;
  at::Tensor penalties;     ///< splits x V: chosen alpha.
  at::Tensor scales;        ///< splits x V int64: index of the chosen row of RidgeModel::scales.
  at::Tensor inner_scores;  ///< splits x V: mean inner score of the choice.
  at::Tensor curves;        ///< splits x (scales * grid) x V on request, scales slowest; NaN beyond a split's own grid.
  std::vector<double> grid{};  ///< All penalties that any split had, ascending.
  std::vector<RidgeCost>
      costs{};  ///< Of the first split, the cheapest first: it was taken. None where only one way is.
};

/// One result a model. Errors: usage (no penalty, a penalty that is not positive or no fraction, a standard error of
/// fewer than three inner folds, groups that do not fit the targets, options that exclude each other), input (shapes
/// that differ, values that are not finite).
std::vector<RidgeResult> ridge_cross_validated(const RidgeProblem& problem, const std::vector<RidgeModel>& models,
                                               const std::vector<RidgeSplit>& splits, const RidgeOptions& options,
                                               const Compute& compute);
/// Ordinary ridge: all bands with scale 1.
RidgeResult ridge_cross_validated(const RidgeProblem& problem, const std::vector<RidgeSplit>& splits,
                                  const RidgeOptions& options, const Compute& compute);

/// Splits from outer folds: inner folds are contiguous blocks of each outer fold's training rows, with the same gap.
std::vector<RidgeSplit> nested_splits(const std::vector<Fold>& outer, std::span<const RowRange> stories,
                                      int64_t inner_folds, int64_t gap);

/// "log:LO:HI:N" (N values from 10^LO to 10^HI) or a comma-separated list, ascending without repeats. Errors: usage.
std::vector<double> parse_penalties(const std::string& text);
/// A grid of the unit as lambda; and lambdas (of any shape) as numbers of the unit.
std::vector<double> to_lambdas(std::vector<double> penalties, PenaltyUnit unit);
at::Tensor in_unit(const at::Tensor& lambdas, PenaltyUnit unit);

}  // namespace arcuate
