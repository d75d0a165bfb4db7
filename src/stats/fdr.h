// Corrections for many tests.
#pragma once
#include <ATen/core/Tensor.h>

namespace arcuate {

/// Benjamini & Hochberg (1995) q-values of a one-dimensional tensor of p-values; NaNs are no tests and stay NaN.
at::Tensor bh_fdr(const at::Tensor& p);

/// Benjamini & Yekutieli (2001): those q-values times sum over k = 1 … n of 1 / k, at most 1. They hold for tests that
/// depend on each other in any way.
at::Tensor by_fdr(const at::Tensor& p);

}  // namespace arcuate
