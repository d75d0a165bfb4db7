#include "analysis/neuron_groups.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace arcuate {

using at::Tensor;

std::vector<std::vector<int64_t>> group_neurons(const Tensor& codes, Grouping grouping) {
  const auto sizes = codes.abs().to(at::kDouble);
  const auto belongs = grouping == Grouping::any
                           ? sizes > 0
                           : at::zeros_like(sizes).scatter_(0, sizes.argmax(0, true), 1).logical_and(sizes > 0);
  std::vector<std::vector<int64_t>> groups;
  for (int64_t atom = 0; atom < codes.size(0); ++atom) {
    const auto members = belongs[atom].nonzero().flatten().contiguous();
    groups.emplace_back(members.data_ptr<int64_t>(), members.data_ptr<int64_t>() + members.numel());
  }
  return groups;
}

Tensor layer_histogram(const std::vector<std::vector<int64_t>>& groups, std::span<const int64_t> layer_of,
                       std::span<const int64_t> layers) {
  auto counts = at::zeros({static_cast<int64_t>(groups.size()), static_cast<int64_t>(layers.size())}, at::kLong);
  auto cells = counts.accessor<int64_t, 2>();
  for (size_t atom = 0; atom < groups.size(); ++atom)
    for (const int64_t neuron : groups[atom]) {
      const auto place = std::find(layers.begin(), layers.end(), layer_of[static_cast<size_t>(neuron)]);
      if (place != layers.end()) ++cells[static_cast<int64_t>(atom)][place - layers.begin()];
    }
  return counts;
}

Tensor atom_correlations(const Tensor& atoms, const Tensor& signals) {
  const auto centred = atoms.to(at::kDouble) - atoms.to(at::kDouble).mean(0, true);
  const auto norms = centred.norm(2, 0, true);
  return (centred / at::where(norms > 0, norms, at::ones_like(norms))).t().mm(signals.to(at::kDouble));
}

}  // namespace arcuate
