// Ridge regression the plain way, to check the fast core by (`encode --verify`, unit tests): for each inner fold and
// penalty one Cholesky factorisation of the normal equations in float64; predictions are formed and scored. It shares
// nothing with the core but the definitions.
//
//   w = (A'A + alpha D)^-1 A'y    A has a column of ones whose entry of D is 0 (the intercept)
//   w = X'(X X' + alpha I)^-1 y   where there are more features than rows; X and y less their training means
//
// Shapes: C candidates (scales slowest, penalties ascending), V targets, K inner folds.
#pragma once
#include <ATen/core/Tensor.h>

#include "encode/ridge.h"

namespace arcuate {

struct PlainRidge {
  at::Tensor fold_scores{};          ///< K x C x V
  at::Tensor curve{};                ///< C x V: their mean.
  at::Tensor choice{};               ///< V int64: candidates, by the options' mode and rule.
  at::Tensor penalties{}, scales{};  ///< V: what they stand for.
  at::Tensor predictions{};          ///< Test rows x V at the choice.
};

/// One split. Slow; of the options, form, method, precision and what is kept are of no account.
PlainRidge plain_ridge(const RidgeProblem& problem, const RidgeModel& model, const RidgeSplit& split,
                       const RidgeOptions& options);
/// Predictions (test rows x V) with the given candidate of each target.
at::Tensor plain_predictions(const RidgeProblem& problem, const RidgeModel& model, const RidgeSplit& split,
                             const RidgeOptions& options, const at::Tensor& choice);

}  // namespace arcuate
