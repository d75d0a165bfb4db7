// Scores of predictions, per target; and the one policy for bad targets.
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

namespace arcuate {

/// Why a target has no score. Anything but ok: its numbers are "n/a" and it is counted.
enum class Flag { ok, constant, nan, infinite, masked };
std::string flag_name(Flag flag);

/// One flag a column of responses (T x V). A masked target is one that the caller excluded; this function never says
/// so.
std::vector<Flag> flag_targets(const at::Tensor& responses);

/// responses with the columns that are not ok set to 0, so that they cannot disturb the others.
at::Tensor without_bad_targets(const at::Tensor& responses, const std::vector<Flag>& flags);

/// Pearson r of each column pair (T x V each), sums in float64. NaN where either column is constant.
at::Tensor pearson(const at::Tensor& a, const at::Tensor& b);
/// R2 = 1 - SSE / SST with SST about the mean of `responses`. NaN for constant responses.
at::Tensor r_squared(const at::Tensor& responses, const at::Tensor& predictions);
/// r |r|, the signed square of r that Huth and Antonello average over voxels.
at::Tensor signed_square(const at::Tensor& r);

}  // namespace arcuate
