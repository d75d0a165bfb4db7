// Scores of predictions, per target; and the one policy for bad targets.
#pragma once
#include <ATen/core/Tensor.h>

#include <optional>
#include <string>
#include <vector>

namespace arcuate {

/// Why a target has no score. Anything but ok: its numbers are "n/a" and it is counted.
enum class Flag { ok, constant, nan, infinite, masked };
std::string flag_name(Flag flag);
/// The flag of a name, if it is one.
std::optional<Flag> flag_named(const std::string& name);

/// One flag a column of responses (T x V). A masked target is one that the caller excluded; this function never says
/// so.
std::vector<Flag> flag_targets(const at::Tensor& responses);

/// responses with the columns that are not ok set to 0, so that they cannot disturb the others; themselves if all are
/// ok.
at::Tensor without_bad_targets(const at::Tensor& responses, const std::vector<Flag>& flags);

/// Pearson r of each column pair (T x V each), sums in float64. NaN where either column is constant.
at::Tensor pearson(const at::Tensor& a, const at::Tensor& b);
/// R2 = 1 - SSE / SST with SST about the mean of `responses`. NaN for constant responses.
at::Tensor r_squared(const at::Tensor& responses, const at::Tensor& predictions);
/// Means of V column pairs over some rows and sums about them, float64: both scores follow. Those of two parts of the
/// rows combine without loss (Chan, Golub & LeVeque 1983).
struct PairSums {
  at::Tensor mean_a{}, mean_b{}, aa{}, bb{}, ab{};
  int64_t rows = 0;
};
PairSums pair_sums(const at::Tensor& a, const at::Tensor& b);
PairSums operator+(const PairSums& left, const PairSums& right);
/// As above; a: responses, b: predictions.
at::Tensor pearson(const PairSums& sums);
at::Tensor r_squared(const PairSums& sums);
/// r |r|, the signed square of r that Huth and Antonello average over voxels.
at::Tensor signed_square(const at::Tensor& r);

}  // namespace arcuate
