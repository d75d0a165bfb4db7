// Cleaning of time series: high-pass by a discrete cosine basis, z-scores. Columns are features or targets, rows
// volumes.
#pragma once
#include <ATen/core/Tensor.h>

namespace arcuate {

/// Removes slow drifts: projects out cos(pi (t + 1/2) k / T), k = 0 … floor(2 T TR / cutoff), over all rows of one run
/// (the basis of SPM and nilearn; k = 0 is the mean). series: T x N; tr and cutoff in seconds. Returns float64.
at::Tensor highpass(const at::Tensor& series, double tr, double cutoff);

/// (x - mean) / population standard deviation per column; constant columns become 0. Returns float64.
at::Tensor zscore(const at::Tensor& series);

}  // namespace arcuate
