// Noise ceilings: how well responses could be predicted at best, and scores as a share of that.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>

namespace arcuate {

/// Leave-one-out inter-subject correlation (Hasson et al. 2004; Nastase et al. 2019): Pearson r of each subject's
/// series with the mean of the other subjects' z-scored series. responses: subjects x T x V, NaN columns = absent.
/// Returns subjects x V; NaN where the subject or all others are absent or constant.
at::Tensor inter_subject_correlation(const at::Tensor& responses);
/// The same of subjects that are not in memory together: each one's T x V is asked for twice, in turn.
at::Tensor inter_subject_correlation(int64_t subjects, const std::function<at::Tensor(int64_t)>& responses_of);

/// What that correlates, subject by subject: visit(subject, own, others) with T x V each, z-scored; NaN columns as
/// above.
void each_against_others(int64_t subjects, const std::function<at::Tensor(int64_t)>& responses_of,
                         const std::function<void(int64_t, const at::Tensor&, const at::Tensor&)>& visit);

/// Covariances between N repeats over time, with T - 1 in the denominator: all that ceilings from repeats are made of.
/// repeats: N x T x V with N > 1. Returns V x N x N, float64; NaN where a repeat holds NaN, 0 where one is constant.
at::Tensor repeat_covariances(const at::Tensor& repeats);

/// CC_max of Schoppe et al. 2016: the highest r that a prediction can be expected to reach with the mean of N repeats,
///   CC_max = (1 + (TP / SP - 1) / N)^(-1/2),  SP = (N var(mean) - TP) / (N - 1),  TP = mean over repeats of var.
/// repeats: N x T x V with N > 1. Returns V, float64: 0 where no signal power is found (SP <= 0), NaN where a repeat
/// holds NaN or all are constant.
at::Tensor repeat_ceiling(const at::Tensor& repeats);
/// The same from covariances, … x N x N -> ….
at::Tensor ceiling_of_covariances(const at::Tensor& covariances);

/// Share of the variance of a single repeat that repeats have in common, corrected for their number (Hsu, Borst &
/// Theunissen 2004; Sahani & Linden 2003): with each repeat z-scored,
///   EV = e - (1 - e) / (N - 1),   e = 1 - mean over repeats of var(repeat - mean repeat)
/// which is SP / TP above, and the mean of the correlations between two repeats. From covariances, … x N x N -> …. Not
/// clipped: about 0 for noise. NaN where a repeat is constant.
at::Tensor explainable_variance(const at::Tensor& covariances);

/// Split-half reliability of the mean of N repeats (Spearman 1910; Brown 1910): with r the mean over splits of the
/// correlation between the means of the halves, k r / (1 + (k - 1) r) with k = N / n. Its square root is the highest r
/// to be expected of a prediction. covariances: … x N x N, splits: S x N (half_splits.h). Returns …; NaN where a half
/// is constant.
at::Tensor split_half_reliability(const at::Tensor& covariances, const at::Tensor& splits);

/// The floored CC_norm (below) where r and CC_max are known: r / max(CC_max, floor). Errors: usage (a floor that is not
/// above 0).
at::Tensor share_of_ceiling(const at::Tensor& r, const at::Tensor& ceiling, double floor);

/// How the mean of a repeat's variance, TP, is known.
enum class TotalPower {
  measured,
  one  ///< The repeats were z-scored; that of the rows left after trimming is then only nearly 1.
};

enum class Normalization {
  direct,  ///< cov(y, p) / sqrt(SP var(p)): unbiased, unbounded where little signal is found. NaN for SP <= 0.
  floored  ///< r(y, p) / max(CC_max, floor): bounded by 1 / floor, too low where CC_max is below the floor.
};

struct NormalizedOptions {
  Normalization form = Normalization::floored;
  double floor = 0.25;  ///< Smallest ceiling that a correlation is divided by; above 0.
  TotalPower total_power = TotalPower::measured;
};

/// CC_norm of Schoppe et al. 2016: correlation of predictions p with the mean of N repeats y, relative to what can be
/// expected of a prediction that knows the signal. Directly,
///   CC_norm = cov(y, p) / sqrt(SP var(p))        SP, TP, CC_max: as above
/// repeats: N x T x V with N > 1, predictions: T x V. Returns V, float64; NaN where the repeats or the prediction are
/// constant or hold NaN. Errors: usage (a floor that is not above 0), input (shapes that do not fit).
at::Tensor normalized_correlation(const at::Tensor& repeats, const at::Tensor& predictions,
                                  const NormalizedOptions& options);

}  // namespace arcuate
