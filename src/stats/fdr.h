// Corrections for many tests.
#pragma once
#include <ATen/core/Tensor.h>

namespace arcuate {

/// Benjamini & Hochberg (1995) q-values of a one-dimensional tensor of p-values; NaNs are no tests and stay NaN.
at::Tensor bh_fdr(const at::Tensor& p);

}  // namespace arcuate
