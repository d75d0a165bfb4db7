#include "stats/ceiling.h"

#include <ATen/ATen.h>

#include <limits>

namespace arcuate {

using at::Tensor;

// z-score over time (population deviation); NaN where constant.
static Tensor z_over_time(const Tensor& x) {
  const auto centred = x - x.mean(1, true);
  const auto deviation = centred.square().mean(1, true).sqrt();
  const auto nan = at::full_like(deviation, std::numeric_limits<double>::quiet_NaN());
  return centred / at::where(deviation > 1e-12 * x.abs().amax(1, true), deviation, nan);
}

Tensor inter_subject_correlation(const Tensor& responses) {
  const auto z = z_over_time(responses.to(at::kDouble));  // S x T x V
  const auto present = at::logical_not(at::isnan(z).any(1, true)).to(at::kDouble);
  const auto filled = at::nan_to_num(z);
  const auto others = filled.sum(0, true) - filled,
             count = present.sum(0, true) - present;  // mean up to a factor: r ignores it
  const auto mean_of_others =
      z_over_time(at::where(count > 0, others, at::full_like(others, std::numeric_limits<double>::quiet_NaN())));
  return (z * mean_of_others).mean(1);
}

Tensor repeat_ceiling(const Tensor& repeats) {
  const auto exact = repeats.to(at::kDouble);
  const auto count = static_cast<double>(exact.size(0));
  const auto total_power = exact.var(1, true).mean(0);
  const auto signal_power = (count * exact.mean(0).var(0, true) - total_power) / (count - 1);
  const auto share = (1 + (total_power / signal_power - 1) / count).rsqrt();
  const auto known = at::where(signal_power > 0, share, at::zeros_like(share));
  return at::where(total_power > 0, known, at::full_like(known, std::numeric_limits<double>::quiet_NaN()));
}

}  // namespace arcuate
