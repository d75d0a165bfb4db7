// Coefficients of ridge regressions with known penalties, for features and responses in their own units:
//
//   prediction = x w + c,   w = D_x^-1 v D_y,   c = mean(y) - mean(x) w
//   v = (X'X + alpha I)^-1 X'Y = X' (X X' + alpha I)^-1 Y    with X and Y centred, or z-scored, by the training rows
//
// One factorisation for each distinct penalty, in float64, of the smaller of the two matrices.
// Shapes: N rows, F features, V targets.
#pragma once
#include <ATen/core/Tensor.h>

#include <span>

#include "core/compute.h"
#include "encode/ridge.h"

namespace arcuate {

struct RidgeWeights {
  at::Tensor weights{};     ///< F x V, float32.
  at::Tensor intercepts{};  ///< V, float64; 0 where nothing is centred.
  /// F and V, float64: what was subtracted and divided by; 0 and 1 where nothing was.
  at::Tensor feature_means{}, feature_deviations{}, response_means{}, response_deviations{};
};

/// features: N x F; responses: N x V; penalties: V, positive. Of the options, intercept and standardize count;
/// components are none.
RidgeWeights ridge_weights(const at::Tensor& features, const ResponseMatrix& responses, std::span<const int64_t> train,
                           const at::Tensor& penalties, const RidgeOptions& options, const Compute& compute);

}  // namespace arcuate
