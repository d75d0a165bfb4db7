// Cleaning of time series: z-scores, and what is taken out of the responses of one scan. Columns are features or
// targets, rows volumes. Shapes: T volumes, V columns, K regressors.
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "brain/drift.h"

namespace arcuate {

/// What responses go through and features do not, in this order: volumes are dropped, volumes are smoothed in space,
/// drifts and confounds are taken out.
struct CleanOptions {
  int64_t drop = 0;                      ///< Volumes left out at the start of each scan; drop_unsteady: see below.
  double smooth = 0;                     ///< Full width at half maximum of the smoothing in space, mm; 0: none.
  Detrend detrend{};                     ///< Drifts, beside the high-pass.
  std::vector<std::string> confounds{};  ///< Columns of the tables of confounds, or names of strategies.
};
/// Of `drop`: the volumes that the tables of confounds call non_steady_state_outlier.
constexpr int64_t drop_unsteady = -1;

/// Removes slow drifts: projects out the cosine waves of brain/drift.h over all rows of one run (the basis of SPM and
/// nilearn; the first is the mean). series: T x V; tr and cutoff in seconds. Returns float64.
at::Tensor highpass(const at::Tensor& series, double tr, double cutoff);

/// (x - mean) / population standard deviation per column; constant columns become 0. Returns float64.
at::Tensor zscore(const at::Tensor& series);

/// What is left of the series (T x V) when all regressors (T x K) are fitted at once; regressors that are combinations
/// of others count once. Returns float64. Errors: usage, when the regressors are as many as the rows.
at::Tensor without_regressors(const at::Tensor& series, const at::Tensor& regressors);

/// One scan and what to take out of it.
struct DirtySeries {
  at::Tensor responses{};                ///< T x V.
  at::Tensor confounds{};                ///< T x K; undefined: none.
  double tr = 0;                         ///< Seconds.
  double highpass = 0;                   ///< Cutoff in seconds; 0: none.
  int64_t trim_start = 0, trim_end = 0;  ///< Rows cut from both ends.
};

/// Savitzky-Golay of the whole scan, of responses and confounds alike; then rows are cut at both ends; then the mean,
/// polynomials, cosine waves and confounds are fitted and subtracted at once, so that none brings back what another
/// took out (Lindquist et al. 2019, Human Brain Mapping 40:2358). The mean stays only where nothing is taken out.
/// Returns float64.
at::Tensor without_drift(const DirtySeries& scan, const Detrend& detrend);

}  // namespace arcuate
