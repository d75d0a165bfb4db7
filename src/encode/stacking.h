// Stacked regression (Breiman 1996; for voxels Lin, Naselaris, Kay & Wehbe 2024): the predictions of several ridge
// models, of layers or of kinds of features, are mixed for each target by weights that are found on training rows
// alone.
//
//   min_s 1/2 s' P s,  s >= 0, sum s = 1        P_ij = mean over training rows of e_i e_j
//   prediction = sum_m s_m prediction_m
//
// e_m: residuals of model m at training rows that its fit had not seen (a cross-validation inside the training rows,
// which chooses its penalties on rows of its own); prediction_m: of model m refitted on all training rows. Shapes: N
// rows, V targets, M models, K outer splits.
#pragma once
#include <ATen/core/Tensor.h>

#include <functional>
#include <span>
#include <vector>

#include "core/compute.h"
#include "encode/ridge.h"

namespace arcuate {

struct StackingSplit {
  RidgeSplit whole{};               ///< Fits all training rows, predicts the test rows.
  std::vector<RidgeSplit> parts{};  ///< Their test rows are the training rows, each once.
};

struct StackingProblem {
  /// N x F_m each, made when it is needed: all together could fill the memory.
  std::vector<std::function<at::Tensor()>> models{};
  ResponseMatrix responses{};  ///< N x V, finite.
  std::vector<StackingSplit> splits{};
};
/// Models for a problem whose features are there already.
std::vector<std::function<at::Tensor()>> models_of(const std::vector<at::Tensor>& features);

/// The parts are the inner folds of each split; each part's own inner folds are `inner_folds` contiguous blocks of its
/// training rows.
std::vector<StackingSplit> stacking_splits(const std::vector<RidgeSplit>& splits, std::span<const RowRange> stories,
                                           int64_t inner_folds, int64_t gap);

/// Of some targets, or of all.
struct StackingResult {
  at::Tensor predictions;         ///< N x V float64, held out; NaN in rows that no split tests.
  at::Tensor single_predictions;  ///< The same of the one model with the smallest squared residual on training rows.
  at::Tensor single;              ///< K x V int64: which model that is.
  at::Tensor weights;             ///< K x V x M: s.
  at::Tensor gap;                 ///< K x V: distance of s from the minimum (simplex_gap).
  at::Tensor model_r;             ///< M x V: r of each model alone, over all test rows; NaN where it does not exist.
};

/// Targets that are stacked at once: the predictions of all models for them are in memory. No number depends on it.
struct StackingBlocks {
  int64_t width = 2 * targets_of_a_part;  ///< A multiple of targets_of_a_part; all, where they share a penalty.
  std::function<void(const RowRange& targets, const StackingResult&)> take{};  ///< Gets one block after the other.
};
/// Errors: usage and input as for ridge_cross_validated; failed, when parts do not test the training rows once each.
void stack_blocks(const StackingProblem& problem, const RidgeOptions& options, const StackingBlocks& blocks,
                  const Compute& compute);
/// All targets' results in memory.
StackingResult stack_models(const StackingProblem& problem, const RidgeOptions& options, const Compute& compute);

/// Centre of mass of the weights: sum_m s_m position_m. weights: ... x M; returns the shape before M.
at::Tensor centre_of_weights(const at::Tensor& weights, std::span<const double> positions);

}  // namespace arcuate
