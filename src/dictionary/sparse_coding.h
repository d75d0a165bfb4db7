// Sparse coding: signals as sums of a few atoms of a dictionary (the Lasso, Tibshirani 1996), one problem a signal.
//
//   min_a  1/2 || x - D a ||^2 + penalty || a ||_1            optionally a >= 0
//
// Cyclic coordinate descent on the Gram matrix D'D (Friedman, Hastie & Tibshirani 2010): it is computed once, so a
// signal costs no more for being long. A signal is done when its duality gap (Kim et al. 2007) is small enough.
// Shapes: T length of a signal, K atoms, N signals.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>

#include "core/compute.h"

namespace arcuate {

struct LassoOptions {
  double penalty = 0.15;     ///< In the units of x'D; for columns of norm 1 anything from 1 on gives zeros only.
  bool positive = false;     ///< No negative coefficients.
  double tolerance = 1e-10;  ///< Duality gap at which a signal is done, as a share of 1/2 ||x||^2.
  int64_t sweeps = 100'000;  ///< Passes over the atoms after which a signal is given up.
};

/// dictionary: T x K, signals: T x N. Returns K x N, float64. Errors: usage (a penalty that is not positive), input
/// (lengths that differ, values that are not finite), failed (a signal that does not converge).
at::Tensor sparse_codes(const at::Tensor& dictionary, const at::Tensor& signals, const LassoOptions& options,
                        const Compute& compute);

/// 1/2 ||x - D a||^2 + penalty ||a||_1 of each signal: N, float64.
at::Tensor lasso_objective(const at::Tensor& dictionary, const at::Tensor& signals, const at::Tensor& codes,
                           double penalty);

}  // namespace arcuate
