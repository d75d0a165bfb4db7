// How well a regression predicts rows that it was not fitted to.
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "analysis/best_subset.h"
#include "encode/rows.h"

namespace arcuate {

struct HeldOutOptions {
  bool intercept = true;               ///< Of the regression, and of the prediction that it is compared with.
  Criterion select = Criterion::none;  ///< Predictors are chosen anew on the training rows of every fold.
};

/// Held-out R2 of each response (a column of n x m): 1 - SSE / SST over the test rows of all folds together, where SSE
/// is of predictions from the training rows and SST of their mean (of 0, without an intercept). So 0 is what a
/// regression without predictors reaches, and below 0 the predictors mislead. Returns m, float64.
/// Errors: input, as design_basis() of a fold's training rows.
at::Tensor held_out_r2(const at::Tensor& x, const at::Tensor& responses, const std::vector<std::string>& names,
                       const std::vector<Fold>& folds, const HeldOutOptions& options);

}  // namespace arcuate
