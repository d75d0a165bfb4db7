// Functional networks inside a language model (Sun et al. 2024, arXiv 2410.19542). Start here.
//
//   signals of neurons -> atoms of a dictionary -> groups of neurons
//                              |
//                              +-> fixed regressors for every vertex -> maps -> matches with named networks
//
// The paper gives no thresholds, penalties or formulas of its metrics: what is not in it follows the same group's later
// work, or is ours; docs/methods.md says which.
// Shapes: R rows, N neurons, K atoms, F networks, V vertices.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "analysis/network_match.h"
#include "analysis/network_metrics.h"
#include "analysis/neuron_groups.h"
#include "core/compute.h"
#include "dictionary/online_dictionary.h"
#include "encode/rows.h"

namespace arcuate {

struct NetworkOptions {
  DictionaryOptions dictionary{};
  Grouping grouping = Grouping::strongest;
  MapOptions maps{};
  ExtentOptions extent{};
  double match_iou = 0.2;  ///< A map matches a network above this IoU.
  ChanceOptions chance{};
};

struct NetworkProblem {
  at::Tensor neurons{};                     ///< R x N (analysis/neuron_signals.h).
  std::vector<int64_t> layer_of{};          ///< Of each neuron; empty: not known.
  std::vector<ResponseMatrix> responses{};  ///< R x V, one a subject or their mean alone.
  at::Tensor networks{};                    ///< F x V, 0 outside of a network.
  std::vector<RowRange> runs{};             ///< Of the rows.
};

struct FunctionalNetworks {
  Dictionary dictionary{};
  at::Tensor codes{};                          ///< K x N
  std::vector<std::vector<int64_t>> groups{};  ///< [atom]: neurons.
  at::Tensor correlations{};                   ///< K x N: r of neurons with atoms.
  at::Tensor maps{};                           ///< K x V: coefficients, mean over subjects.
  at::Tensor extents{};                        ///< K x V: what is left of them after thresholding.
  NetworkMatches matches{};
  NetworkChance chance{};
  std::vector<OrganisationMetric> metrics{};
};

/// Errors: input, all at once: shapes that do not fit, values that are not finite, an empty network; and those of the
/// parts.
FunctionalNetworks functional_networks(const NetworkProblem& problem, const NetworkOptions& options,
                                       const Compute& compute);

}  // namespace arcuate
