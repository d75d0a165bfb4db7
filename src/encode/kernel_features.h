// Kernel ridge regression from a given kernel (Saunders, Gammerman & Vovk 1998): features whose inner products it is.
//
//   K = Q diag(lambda) Q',   X = Q diag(sqrt(lambda)),   of other rows X_t = K_t Q diag(1 / sqrt(lambda))
// so X X' = K and X_t X' = K_t, and ridge regression of X is kernel ridge regression with K: intercepts, folds, bands
// and both forms work as for any features.
#pragma once
#include <ATen/core/Tensor.h>

namespace arcuate {

struct KernelFeatures {
  at::Tensor train{};  ///< N x R, float64, R the rank
  at::Tensor test{};   ///< M x R; undefined without other rows
};

/// kernel: N x N, symmetric and positive semidefinite to the precision of its type. across: M x N, kernel of other rows
/// with these, or undefined. Both finite. Errors: input (a kernel that is not square, not symmetric or not positive
/// semidefinite, one of zeros, an `across` of another width).
KernelFeatures kernel_features(const at::Tensor& kernel, const at::Tensor& across);

}  // namespace arcuate
