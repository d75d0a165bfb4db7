#include "simulate/haemodynamics.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/random.h"

namespace arcuate {

static double gamma_density(double t, double shape) {
  return t <= 0 ? 0 : std::exp((shape - 1) * std::log(t) - t - std::lgamma(shape));
}

HaemodynamicResponse own_response(const ResponseSpread& spread, uint64_t seed) {
  Random random(seed);
  HaemodynamicResponse response;
  response.peak += spread.peak * (2 * random.uniform() - 1);
  response.undershoot_size *= 1 + spread.undershoot * (2 * random.uniform() - 1);
  return response;
}

std::vector<double> response_weights(const HaemodynamicResponse& response, double tr) {
  std::vector<double> weights;
  for (double t = 0; t <= response.length; t += tr)
    weights.push_back(gamma_density(t, response.peak) -
                      response.undershoot_size * gamma_density(t, response.undershoot));
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
