#include "stats/ceiling.h"

#include <ATen/ATen.h>

#include <limits>

#include "core/error.h"
#include "core/tensor.h"

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

namespace {

Tensor not_known(const Tensor& like) { return at::full_like(like, std::numeric_limits<double>::quiet_NaN()); }

// V each. Powers are variances over time, with T - 1.
struct Powers {
  Tensor total{}, signal{}, measured_total{};
  double repeats = 0;
};

Powers powers_of(const Tensor& repeats, TotalPower rule) {
  Powers powers{.repeats = static_cast<double>(repeats.size(0))};
  powers.measured_total = repeats.var(1, true).mean(0);
  powers.total = rule == TotalPower::one ? at::ones_like(powers.measured_total) : powers.measured_total;
  powers.signal = (powers.repeats * repeats.mean(0).var(0, true) - powers.total) / (powers.repeats - 1);
  return powers;
}

// CC_max; 0 where no signal power is found, NaN where there is none to be found.
Tensor ceiling_of(const Powers& powers) {
  const auto share = (1 + (powers.total / powers.signal - 1) / powers.repeats).rsqrt();
  const auto known = at::where(powers.signal > 0, share, at::zeros_like(share));
  return at::where(powers.measured_total > 0, known, not_known(known));
}

}  // namespace

Tensor repeat_ceiling(const Tensor& repeats) {
  return ceiling_of(powers_of(repeats.to(at::kDouble), TotalPower::measured));
}

Tensor share_of_ceiling(const Tensor& r, const Tensor& ceiling, double floor) {
  if (!(floor > 0)) bad_usage("the floor of the ceiling must be above 0, found {}", floor);
  return r / ceiling.clamp_min(floor);
}

Tensor normalized_correlation(const Tensor& repeats, const Tensor& predictions, const NormalizedOptions& options) {
  if (repeats.dim() != 3 || repeats.size(0) < 2 || repeats[0].sizes() != predictions.sizes())
    bad_input("repeats are {} and predictions {}: expected two or more repeats x rows x targets, and rows x targets",
              shape_text(repeats), shape_text(predictions));
  const auto exact = repeats.to(at::kDouble), mean = exact.mean(0), p = predictions.to(at::kDouble);
  const auto powers = powers_of(exact, options.total_power);
  const auto degrees = static_cast<double>(p.size(0) - 1);
  const auto covariance = ((mean - mean.mean(0, true)) * (p - p.mean(0, true))).sum(0) / degrees;
  const auto y_power = mean.var(0, true), p_power = p.var(0, true);
  auto score = options.form == Normalization::direct
                   ? covariance / (powers.signal * p_power).sqrt()
                   : share_of_ceiling(covariance / (y_power * p_power).sqrt(), ceiling_of(powers), options.floor);
  if (options.form == Normalization::direct) score = at::where(powers.signal > 0, score, not_known(score));
  // What rounding leaves of a constant column is no variance.
  const auto varies = at::logical_and(y_power > 1e-24 * mean.square().mean(0), p_power > 1e-24 * p.square().mean(0));
  return at::where(varies, score, not_known(score));
}

}  // namespace arcuate
