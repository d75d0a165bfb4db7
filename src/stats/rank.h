// Ranks and the correlation of ranks.
#pragma once
#include <ATen/core/Tensor.h>

namespace arcuate {

/// Ranks from 1; equal values share the mean of their ranks. values: N. Returns N, float64.
at::Tensor ranks(const at::Tensor& values);

/// Spearman's rho: Pearson r of the ranks. NaN when either is constant.
double spearman(const at::Tensor& a, const at::Tensor& b);

}  // namespace arcuate
