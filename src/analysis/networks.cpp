#include "analysis/networks.h"

#include <ATen/ATen.h>

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
    if (responses.size(0) != rows || responses.size(1) != vertices)
      problems.add("responses are {}: {} x {} expected, as many rows as the neurons and vertices as the networks",
                   shape_text(responses), rows, vertices);
  for (int64_t f = 0; f < problem.networks.size(0); ++f)
    if (!problem.networks[f].any().item<bool>()) problems.add("network {} has no vertex", f + 1);
  problems.raise();
}

std::vector<Tensor> extents_of(const std::vector<Tensor>& maps, const ExtentOptions& options) {
  std::vector<Tensor> extents;
  for (const auto& map : maps) extents.push_back(map_extent(map, options));
  return extents;
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
  const auto each = subject_maps(atoms, making, silent);
  found.maps = mean_map(each);
  found.extents = map_extent(found.maps, options.extent);
  found.matches = match_networks(found.extents, problem.networks, options.match_iou);
  found.chance =
      match_chance(atoms, problem.runs, making, problem.networks, found.matches.iou, options.chance, compute);
  found.metrics = organisation_metrics({.atoms = atoms,
                                        .correlations = found.correlations,
                                        .groups = found.groups,
                                        .layer_of = problem.layer_of,
                                        .extents = found.extents,
                                        .subject_extents = extents_of(each, options.extent),
                                        .matched = found.matches.matched});
  return found;
}

}  // namespace arcuate
