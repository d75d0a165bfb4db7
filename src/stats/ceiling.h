// Noise ceilings: how well responses could be predicted at best.
#pragma once
#include <ATen/core/Tensor.h>

namespace arcuate {

/// Leave-one-out inter-subject correlation (Hasson et al. 2004; Nastase et al. 2019): Pearson r of each subject's
/// series with the mean of the other subjects' z-scored series. responses: subjects x T x V, NaN columns = absent.
/// Returns subjects x V; NaN where the subject or all others are absent or constant.
at::Tensor inter_subject_correlation(const at::Tensor& responses);

/// CC_max of Schoppe et al. 2016: the highest r that a prediction can be expected to reach with the mean of N repeats,
///   CC_max = (1 + (TP / SP - 1) / N)^(-1/2),  SP = (N var(mean) - TP) / (N - 1),  TP = mean over repeats of var.
/// repeats: N x T x V with N > 1. Returns V, float64: 0 where no signal power is found (SP <= 0), NaN where a repeat
/// holds NaN or all are constant.
at::Tensor repeat_ceiling(const at::Tensor& repeats);

}  // namespace arcuate
