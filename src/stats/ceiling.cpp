#include "stats/ceiling.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/error.h"
#include "core/tensor.h"

namespace arcuate {

using at::Tensor;

// z-score over time (population deviation); NaN where constant.
static Tensor z_over_time(const Tensor& x) {
  const auto centred = x - x.mean(0, true);
  const auto deviation = centred.square().mean(0, true).sqrt();
  const auto nan = at::full_like(deviation, std::numeric_limits<double>::quiet_NaN());
  return centred / at::where(deviation > 1e-12 * x.abs().amax(0, true), deviation, nan);
}

Tensor inter_subject_correlation(const Tensor& responses) {
  return inter_subject_correlation(responses.size(0), [&](int64_t subject) { return responses[subject]; });
}

Tensor inter_subject_correlation(int64_t subjects, const std::function<Tensor(int64_t)>& responses_of) {
  std::vector<Tensor> r;
  each_against_others(subjects, responses_of,
                      [&](int64_t, const Tensor& own, const Tensor& others) { r.push_back((own * others).mean(0)); });
  return at::stack(r);
}

void each_against_others(int64_t subjects, const std::function<Tensor(int64_t)>& responses_of,
                         const std::function<void(int64_t, const Tensor&, const Tensor&)>& visit) {
  const auto z_of = [&](int64_t subject) { return z_over_time(responses_of(subject).to(at::kDouble)); };
  const auto present = [](const Tensor& z) { return at::logical_not(at::isnan(z).any(0, true)).to(at::kDouble); };
  Tensor sum, count;
  for (int64_t s = 0; s < subjects; ++s) {
    const auto z = z_of(s);
    if (s == 0) {
      sum = at::zeros_like(z);
      count = at::zeros({1, z.size(1)}, at::kDouble);
    }
    sum += at::nan_to_num(z);
    count += present(z);
  }
  for (int64_t s = 0; s < subjects; ++s) {
    const auto z = z_of(s);
    const auto others = sum - at::nan_to_num(z);  // mean up to a factor: r ignores it
    const auto known = count - present(z) > 0;
    const auto nan = at::full_like(others, std::numeric_limits<double>::quiet_NaN());
    visit(s, z, z_over_time(at::where(known, others, nan)));
  }
}

namespace {

Tensor not_known(const Tensor& like) { return at::full_like(like, std::numeric_limits<double>::quiet_NaN()); }

Tensor variances(const Tensor& covariances) { return covariances.diagonal(0, -2, -1); }

// … each. Powers are variances over time, with T - 1.
struct Powers {
  Tensor total{}, signal{}, measured_total{};
  double repeats = 0;
};

Powers powers_of(const Tensor& covariances, TotalPower rule) {
  Powers powers{.repeats = static_cast<double>(covariances.size(-1))};
  powers.measured_total = variances(covariances).mean(-1);
  powers.total = rule == TotalPower::one ? at::ones_like(powers.measured_total) : powers.measured_total;
  powers.signal = (powers.repeats * covariances.mean({-2, -1}) - powers.total) / (powers.repeats - 1);
  return powers;
}

// CC_max; 0 where no signal power is found, NaN where there is none to be found.
Tensor ceiling_of(const Powers& powers) {
  const auto share = (1 + (powers.total / powers.signal - 1) / powers.repeats).rsqrt();
  const auto known = at::where(powers.signal > 0, share, at::zeros_like(share));
  return at::where(powers.measured_total > 0, known, not_known(known));
}

}  // namespace

Tensor repeat_covariances(const Tensor& repeats) {
  const auto exact = repeats.to(at::kDouble);
  const auto count = exact.size(0);
  auto centred = exact - exact.mean(1, true);
  // What rounding leaves of a constant is no variance.
  const auto varies = centred.square().mean(1, true) > 1e-24 * exact.square().mean(1, true);
  centred = at::where(at::logical_or(varies, at::isnan(centred).any(1, true)), centred, at::zeros_like(centred));
  auto covariances = at::empty({exact.size(2), count, count}, at::kDouble);
  for (int64_t n = 0; n < count; ++n)
    for (int64_t m = 0; m <= n; ++m) {
      const auto covariance = (centred[n] * centred[m]).sum(0) / static_cast<double>(exact.size(1) - 1);
      covariances.select(1, n).select(1, m).copy_(covariance);
      covariances.select(1, m).select(1, n).copy_(covariance);
    }
  return covariances;
}

Tensor repeat_ceiling(const Tensor& repeats) { return ceiling_of_covariances(repeat_covariances(repeats)); }

Tensor ceiling_of_covariances(const Tensor& covariances) {
  return ceiling_of(powers_of(covariances, TotalPower::measured));
}

namespace {

Tensor covariance_of(const Tensor& covariances, int64_t n, int64_t m) {
  return covariances.select(-1, m).select(-1, n);
}

// Weights of the covariances of pairs m <= n in a'Cb of each row of a and b: S x pairs.
Tensor pair_weights(const Tensor& a, const Tensor& b) {
  std::vector<Tensor> weights;
  for (int64_t n = 0; n < a.size(1); ++n)
    for (int64_t m = 0; m <= n; ++m) {
      const auto both = a.select(1, n) * b.select(1, m);
      weights.push_back(m == n ? both : both + a.select(1, m) * b.select(1, n));
    }
  return at::stack(weights, 1);
}

}  // namespace

Tensor explainable_variance(const Tensor& covariances) {
  const auto repeats = covariances.size(-1);
  const auto scale = [&](int64_t n) { return covariance_of(covariances, n, n).rsqrt(); };
  auto sum = at::zeros_like(scale(0));
  for (int64_t n = 0; n < repeats; ++n) {
    auto own = at::zeros_like(sum);
    for (int64_t m = 0; m < n; ++m) own.addcmul_(covariance_of(covariances, n, m), scale(m));
    sum.addcmul_(own, scale(n));
  }
  // A repeat that is constant makes it 0 times infinity, NaN.
  return 2 * sum / static_cast<double>(repeats * (repeats - 1));
}

// With a and b the members of the halves, e = a + b and d = a - b: 4 a'Ca = e'Ce + d'Cd + 2 e'Cd, and so on.
Tensor split_half_reliability(const Tensor& covariances, const Tensor& splits) {
  const auto repeats = covariances.size(-1);
  std::vector<Tensor> pairs;
  for (int64_t n = 0; n < repeats; ++n)
    for (int64_t m = 0; m <= n; ++m) pairs.push_back(covariance_of(covariances, n, m).flatten());
  const auto covariance = at::stack(pairs);  // pairs x …
  const auto d = splits, e = splits.abs();
  const auto ee = at::matmul(pair_weights(e, e), covariance), dd = at::matmul(pair_weights(d, d), covariance);
  const auto ed = at::matmul(pair_weights(e, d), covariance);
  const auto r = ((ee - dd) / ((ee + dd).square() - 4 * ed.square()).sqrt())
                     .mean(0)
                     .view(covariances.sizes().slice(0, static_cast<size_t>(covariances.dim()) - 2));
  const auto factor = static_cast<double>(repeats) / static_cast<double>(repeats / 2);
  return factor * r / (1 + (factor - 1) * r);
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
  const auto powers = powers_of(repeat_covariances(exact), options.total_power);
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
