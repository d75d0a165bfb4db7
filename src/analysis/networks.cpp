#include "analysis/networks.h"

#include <ATen/ATen.h>

#include <utility>

#include "core/error.h"
#include "core/tensor.h"

namespace arcuate {

using at::Tensor;

namespace {

void check(const NetworkProblem& problem) {
  Problems problems("functional networks cannot be found");
  const int64_t rows = problem.neurons.size(0), vertices = problem.networks.size(1);
  if (!problem.layer_of.empty() && static_cast<int64_t>(problem.layer_of.size()) != problem.neurons.size(1))
    problems.add("{} neurons have {} layers", problem.neurons.size(1), problem.layer_of.size());
  if (problem.runs.empty() || problem.runs.back().end != rows)
    problems.add("the runs end at row {}, the neurons at row {}", problem.runs.empty() ? 0 : problem.runs.back().end,
                 rows);
  if (problem.responses.empty()) problems.add("there are no responses");
  for (const auto& responses : problem.responses)
    if (responses.rows() != rows || responses.targets() != vertices)
      problems.add("responses are {} x {}: {} x {} expected, as many rows as the neurons and vertices as the networks",
                   responses.rows(), responses.targets(), rows, vertices);
  for (int64_t f = 0; f < problem.networks.size(0); ++f)
    if (!problem.networks[f].any().item<bool>()) problems.add("network {} has no vertex", f + 1);
  problems.raise();
}

}  // namespace

FunctionalNetworks functional_networks(const NetworkProblem& problem, const NetworkOptions& options,
                                       const Compute& compute) {
  check(problem);
  const Compute silent{.threads = compute.threads};
  FunctionalNetworks found;
  found.dictionary = learn_dictionary(problem.neurons, options.dictionary, silent);
  const auto& atoms = found.dictionary.atoms;
  found.codes = sparse_codes(atoms, problem.neurons, options.dictionary.coding, silent);
  found.groups = group_neurons(found.codes, options.grouping);
  found.correlations = atom_correlations(atoms, problem.neurons);
  const MapMaking making{.responses = problem.responses, .maps = options.maps, .extent = options.extent};
  std::vector<Tensor> subject_extents;
  found.maps = mean_map(atoms, making, silent,
                        [&](const Tensor& map) { subject_extents.push_back(map_extent(map, options.extent)); });
  found.extents = map_extent(found.maps, options.extent);
  found.matches = match_networks(found.extents, problem.networks, options.match_iou);
  found.chance =
      match_chance(atoms, problem.runs, making, problem.networks, found.matches.iou, options.chance, compute);
  found.metrics = organisation_metrics({.atoms = atoms,
                                        .correlations = found.correlations,
                                        .groups = found.groups,
                                        .layer_of = problem.layer_of,
                                        .extents = found.extents,
                                        .subject_extents = std::move(subject_extents),
                                        .matched = found.matches.matched});
  return found;
}

}  // namespace arcuate
