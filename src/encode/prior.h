// Tikhonov regression: ridge regression with a prior covariance of the weights (Tikhonov 1963; Nunez-Elizalde, Huth &
// Gallant 2019).
//
//   min_w || Y - X w ||^2 + alpha w' S^-1 w,   w ~ N(0, S)
// With S = L L' (Cholesky) and w = L v this is ordinary ridge regression of the features X L with weights v. A diagonal
// S makes the columns of small prior variance expensive.
#pragma once
#include <ATen/core/Tensor.h>

namespace arcuate {

/// X L, float64. features: N x F; covariance: F x F, symmetric and positive definite, or F variances, positive. Errors:
/// input.
at::Tensor with_prior(const at::Tensor& features, const at::Tensor& covariance);

}  // namespace arcuate
