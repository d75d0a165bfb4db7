#include "simulate/listeners.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

#include "brain/clean.h"
#include "core/error.h"
#include "core/random.h"
#include "core/tensor.h"

namespace arcuate {

using at::Tensor;

namespace {

double gamma_density(double t, double shape) {
  return t <= 0 ? 0 : std::exp((shape - 1) * std::log(t) - t - std::lgamma(shape));
}

HaemodynamicResponse own_response(int64_t listener, const ListenerOptions& options) {
  Random random(derive_seed(options.seed, "response of " + listener_name(listener)));
  const auto spread = [&](double width) { return width * (2 * random.uniform() - 1); };
  HaemodynamicResponse response;
  response.peak += spread(options.peak_spread);
  response.undershoot_size *= 1 + spread(options.undershoot_spread);
  return response;
}

Tensor convolved(const Tensor& series, const std::vector<double>& weights) {
  auto result = at::zeros_like(series);
  const auto reach = std::min(static_cast<int64_t>(weights.size()), series.size(0));
  for (int64_t lag = 0; lag < reach; ++lag)
    result.slice(0, lag).add_(series.slice(0, 0, series.size(0) - lag), weights[static_cast<size_t>(lag)]);
  return result;
}

Tensor random_weights(int64_t features, uint64_t seed) {
  Random random(seed);
  std::vector<double> weights(static_cast<size_t>(features));
  for (auto& weight : weights) weight = random.normal();
  return to_tensor(weights).unsqueeze(1);
}

Tensor autoregressive(int64_t volumes, double autocorrelation, uint64_t seed) {
  Random random(seed);
  std::vector<double> series(static_cast<size_t>(volumes));
  const double fresh = std::sqrt(1 - autocorrelation * autocorrelation);
  for (size_t t = 0; t < series.size(); ++t)
    series[t] = t == 0 ? random.normal() : autocorrelation * series[t - 1] + fresh * random.normal();
  return to_tensor(series).unsqueeze(1);
}

// Two parts of variance 1 mixed so that the first has the given share of the variance (the parts being uncorrelated).
Tensor mixed(const Tensor& first, const Tensor& second, double share) {
  return std::sqrt(share) * first + std::sqrt(1 - share) * second;
}

// One listener's view of the simulation.
class Listener {
 public:
  Listener(const HeardStory& story, int64_t number, const ListenerOptions& options)
      : story_(story),
        options_(options),
        number_(number),
        weights_(response_weights(own_response(number, options), options.tr)) {}

  Tensor response(const PlantedTarget& target) const {
    const int64_t volumes = story_.word_rate.size(0);
    if (target.defect == Defect::constant) return at::ones({volumes, 1}, at::kDouble);
    auto response = mixed(signal(target), noise(target.name), target.signal_share);
    if (target.defect == Defect::hole && number_ == 1)
      response[volumes / 2][0] = std::numeric_limits<double>::quiet_NaN();
    return response;
  }

 private:
  Tensor signal(const PlantedTarget& target) const {
    const auto rate = zscore(convolved(story_.word_rate, weights_));
    if (!target.layer) return rate;
    const auto found = story_.layers.find(*target.layer);
    if (found == story_.layers.end())
      fail(Fault::failed, "the target {} is planted from layer {}, which was not extracted", target.name,
           *target.layer);
    const auto weights = random_weights(found->second.size(1), derive_seed(options_.seed, "weights of " + target.name));
    return mixed(rate, zscore(convolved(at::matmul(zscore(found->second), weights), weights_)), target.word_rate);
  }

  Tensor noise(const std::string& target) const {
    const auto series = [&](const std::string& whose) {
      return zscore(autoregressive(story_.word_rate.size(0), options_.autocorrelation,
                                   derive_seed(options_.seed, "noise of " + target + whose)));
    };
    return mixed(series(""), series(" in " + listener_name(number_)), options_.shared_noise);
  }

  const HeardStory& story_;
  const ListenerOptions& options_;
  int64_t number_;
  std::vector<double> weights_;
};

}  // namespace

std::vector<double> response_weights(const HaemodynamicResponse& response, double tr) {
  std::vector<double> weights;
  for (double t = 0; t <= response.length; t += tr)
    weights.push_back(gamma_density(t, response.peak) -
                      response.undershoot_size * gamma_density(t, response.undershoot));
  return weights;
}

std::string listener_name(int64_t listener) { return fmt::format("sim{:02}", listener + 1); }

std::vector<PlantedTarget> plan_targets(const std::vector<int64_t>& layers, const ListenerOptions& options) {
  std::vector<PlantedTarget> targets;
  const auto planted = [&](const std::string& name, int64_t layer, double word_rate) -> PlantedTarget {
    return {.name = name, .layer = layer, .signal_share = options.signal_share, .word_rate = word_rate};
  };
  for (int64_t layer : layers)
    for (int64_t i = 1; i <= options.per_layer; ++i)
      targets.push_back(planted(fmt::format("layer{}n{:02}", layer, i), layer, i % 3 == 0 ? options.word_rate : 0));
  for (int64_t i = 1; i <= options.word_rate_only; ++i)
    targets.push_back({.name = fmt::format("wordrate{:02}", i), .signal_share = options.signal_share, .word_rate = 1});
  for (int64_t i = 1; i <= options.noise_only; ++i) targets.push_back({.name = fmt::format("noise{:02}", i)});
  targets.push_back({.name = "constant", .defect = Defect::constant});
  targets.push_back(planted("hole", layers.front(), 0));
  targets.back().defect = Defect::hole;
  return targets;
}

std::vector<Tensor> simulate_listeners(const HeardStory& story, const std::vector<PlantedTarget>& targets,
                                       const ListenerOptions& options) {
  std::vector<Tensor> listeners;
  for (int64_t number = 0; number < options.listeners; ++number) {
    const Listener listener(story, number, options);
    std::vector<Tensor> columns;
    for (const auto& target : targets) columns.push_back(listener.response(target));
    listeners.push_back(at::cat(columns, 1).to(at::kFloat));
  }
  return listeners;
}

}  // namespace arcuate
