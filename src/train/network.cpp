#include "train/network.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/parallel.h"
#include "core/random.h"
#include "core/text.h"
#include "model/model.h"

namespace arcuate {
namespace {

using at::Tensor;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

Tensor layer_states(const ModelSpec& spec, const ModelWeights& weights, const Tensor& ids, int64_t layer) {
  const std::vector<int64_t> wanted{layer};
  return model_states(spec, weights, ids.unsqueeze(0), wanted)[0][0];  // T x C
}

// What one sequence gives; tensors of the graph where `trained` asks for gradients.
struct Pass {
  Tensor language, high, targets;
};

Pass run_sequence(const Network& network, const NamedTensors& trained, const Tensor& ids, const Tensor& negatives,
                  const ObjectiveOptions& options) {
  auto named = network.fixed;
  named.insert(trained.begin(), trained.end());
  const auto& spec = network.spec;
  const auto weights = assemble(spec, std::move(named));
  const auto states = layer_states(spec, weights, ids, spec.layers + 1);
  Pass pass{.language = next_token_loss(model_logits(weights, states), ids), .high = {}, .targets = {}};
  if (!negatives.defined()) return pass;
  pass.targets = layer_states(spec, network.frozen, ids, options.layer);
  const auto seen = states.slice(0, 0, ids.size(0) - options.distance);
  const auto predicted = at::linear(seen, trained.at("contrast.weight"), trained.at("contrast.bias"));
  pass.high = contrastive_loss(predicted, pass.targets.slice(0, options.distance), negatives, options);
  return pass;
}

Losses losses_of(const Pass& pass) {
  return {pass.language.item<double>(), pass.high.defined() ? pass.high.item<double>() : missing};
}

Losses mean_of(const std::vector<Losses>& losses) {
  Losses mean{};
  for (const auto& loss : losses) {
    mean.language += loss.language / static_cast<double>(losses.size());
    mean.high += loss.high / static_cast<double>(losses.size());
  }
  return mean;
}

// Leaves share the weights' memory; each sequence has leaves of its own, so that no two threads add to one gradient.
NamedTensors leaves_of(const NamedTensors& trained) {
  NamedTensors leaves;
  for (const auto& [name, weight] : trained) leaves[name] = weight.detach().requires_grad_(true);
  return leaves;
}

void add_gradients(const NamedTensors& leaves, NamedTensors& sums) {
  for (const auto& [name, leaf] : leaves)
    if (leaf.grad().defined()) sums.at(name).add_(leaf.grad());
}

}  // namespace

bool is_trained(const std::string& weight, int64_t from) {
  if (from == 0) return true;
  constexpr std::string_view block = "block.";
  if (!weight.starts_with(block)) return !is_stem_weight(weight);
  const auto number = weight.substr(block.size(), weight.find('.', block.size()) - block.size());
  return to_integer(number).value() + 1 >= from;
}

Network make_network(const ModelSpec& spec, const ModelWeights& start, int64_t train_from,
                     std::optional<uint64_t> contrast_seed) {
  Network network{.spec = spec, .frozen = start};
  for (const auto& [name, weight] : named_weights(spec, start))
    if (is_trained(name, train_from))
      network.trained[name] = weight.clone();
    else
      network.fixed[name] = weight;
  if (!contrast_seed) return network;
  const int64_t width = spec.block.width;
  const double bound = 1 / std::sqrt(static_cast<double>(width));
  Random random(*contrast_seed);
  const auto draw = [&](std::vector<int64_t> shape) {
    auto values = at::empty(shape, at::kDouble);
    auto* value = values.data_ptr<double>();
    for (int64_t i = 0; i < values.numel(); ++i) value[i] = bound * (2 * random.uniform() - 1);
    return values.to(start.tokens.scalar_type());
  };
  network.trained["contrast.weight"] = draw({width, width});
  network.trained["contrast.bias"] = draw({width});
  return network;
}

Losses batch_losses(const Network& network, const Batch& batch, const ObjectiveOptions& options,
                    const Compute& compute) {
  std::vector<Losses> losses(static_cast<size_t>(batch.ids.size(0)));
  parallel_for(batch.ids.size(0), compute.threads, [&](int64_t i) {
    losses[static_cast<size_t>(i)] =
        losses_of(run_sequence(network, network.trained, batch.ids[i], batch.negatives, options));
  });
  return mean_of(losses);
}

Gradients batch_gradients(const Network& network, const Batch& batch, const ObjectiveOptions& options, double mixing,
                          const Compute& compute) {
  const int64_t sequences = batch.ids.size(0);
  Gradients result;
  for (const auto& [name, weight] : network.trained) result.of[name] = at::zeros_like(weight);
  std::vector<Losses> losses(static_cast<size_t>(sequences));
  std::vector<Tensor> targets(static_cast<size_t>(sequences));
  // As many at a time as there are threads: each holds a whole set of gradients until it is added.
  for (int64_t first = 0; first < sequences; first += compute.threads) {
    const int64_t count = std::min<int64_t>(compute.threads, sequences - first);
    std::vector<NamedTensors> leaves(static_cast<size_t>(count));
    parallel_for(count, compute.threads, [&](int64_t i) {
      auto& mine = leaves[static_cast<size_t>(i)] = leaves_of(network.trained);
      const auto pass = run_sequence(network, mine, batch.ids[first + i], batch.negatives, options);
      auto loss = pass.language;
      if (pass.high.defined()) loss = mixing * pass.high + (1 - mixing) * pass.language;
      (loss / static_cast<double>(sequences)).backward();
      losses[static_cast<size_t>(first + i)] = losses_of(pass);
      targets[static_cast<size_t>(first + i)] = pass.targets;
    });
    for (const auto& mine : leaves) add_gradients(mine, result.of);
  }
  result.losses = mean_of(losses);
  if (batch.negatives.defined()) result.targets = at::cat(targets);
  return result;
}

Tensor target_states(const Network& network, const Tensor& ids, int64_t layer, const Compute& compute) {
  std::vector<Tensor> states(static_cast<size_t>(ids.size(0)));
  parallel_for(ids.size(0), compute.threads, [&](int64_t i) {
    states[static_cast<size_t>(i)] = layer_states(network.spec, network.frozen, ids[i], layer);
  });
  return at::cat(states);
}

}  // namespace arcuate
