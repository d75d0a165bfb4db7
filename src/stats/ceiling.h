// Noise ceilings: how well responses could be predicted at best.
#pragma once
#include <ATen/core/Tensor.h>

namespace arcuate {

/// Leave-one-out inter-subject correlation (Hasson et al. 2004; Nastase et al. 2019): Pearson r of each subject's
/// series with the mean of the other subjects' z-scored series. responses: subjects x T x V, NaN columns = absent.
/// Returns subjects x V; NaN where the subject or all others are absent or constant.
at::Tensor inter_subject_correlation(const at::Tensor& responses);

}  // namespace arcuate
