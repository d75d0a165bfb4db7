#include "encode/haemodynamics.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"

namespace arcuate {

static double gamma_density(double t, double shape) {
  return t <= 0 ? 0 : std::exp((shape - 1) * std::log(t) - t - std::lgamma(shape));
}

static double response_at(const HaemodynamicResponse& response, double t) {
  return gamma_density(t, response.peak) - response.undershoot_size * gamma_density(t, response.undershoot);
}

std::vector<double> response_weights(const HaemodynamicResponse& response, double tr) {
  std::vector<double> weights;
  for (double t = 0; t <= response.length; t += tr) weights.push_back(response_at(response, t));
  return weights;
}

std::vector<double> spm_weights(double tr, double length) {
  const HaemodynamicResponse spm{.undershoot_size = 0.167};
  const auto count = static_cast<int64_t>(std::nearbyint(length / tr));
  std::vector<double> weights;
  for (int64_t i = 0; i < count; ++i)
    weights.push_back(response_at(spm, length * static_cast<double>(i) / static_cast<double>(count - 1) - tr));
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (!(sum > 0))
    bad_usage("a haemodynamic response of {} s sampled every {} s has no area; is the TR in seconds?", length, tr);
  for (double& weight : weights) weight /= sum;
  return weights;
}

at::Tensor convolved(const at::Tensor& series, const std::vector<double>& weights, std::span<const RowRange> stories) {
  auto result = at::zeros_like(series);
  for (const auto& story : stories) {
    const auto from = series.slice(0, story.begin, story.end);
    const auto reach = std::min(static_cast<int64_t>(weights.size()), story.size());
    for (int64_t lag = 0; lag < reach; ++lag)
      result.slice(0, story.begin + lag, story.end)
          .add_(from.slice(0, 0, story.size() - lag), weights[static_cast<size_t>(lag)]);
  }
  return result;
}

}  // namespace arcuate
