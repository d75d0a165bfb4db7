// Functional networks as tables: what the command `networks` and the analysis of a study show. Their page is in
// study/networks_page.h.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "analysis/networks.h"
#include "study/tables.h"

namespace arcuate {

/// The networks of one model with what the tables say about its neurons.
struct ModelNetworks {
  std::string model{};
  FunctionalNetworks found{};
  std::vector<int64_t> neurons{};   ///< Number of each neuron among those read (constant ones are left out).
  std::vector<int64_t> layer_of{};  ///< Of each; empty: not known.
  std::vector<int64_t> unit_of{};   ///< Number of each within its layer; empty: not known.
  int64_t constant = 0;             ///< Neurons that were left out.
};

/// What all models share.
struct NetworksFrame {
  std::vector<std::string> networks{};  ///< Names.
  std::vector<int64_t> vertices{};      ///< Numbers of the vertices that the maps hold numbers for.
  int64_t all_vertices = 0;             ///< Vertices of the responses: others are NaN in the arrays.
  double match_iou = 0.2;
  double fdr = 0.05;
  int64_t surrogates = 0;
  bool simulated = false;
};

/// Distinct layers of its neurons, ascending.
std::vector<int64_t> layers_of(const ModelNetworks& model);
/// The number of each neuron among those of its layer, for layers given one a neuron.
std::vector<int64_t> units_within_layers(const std::vector<int64_t>& layer_of);
/// Neurons in the groups of all atoms that match a network, each once, ascending.
std::vector<int64_t> network_neurons(const ModelNetworks& model, size_t network);

/// How a model has a network.
struct NetworkRow {
  std::string model{}, network{};
  int64_t maps = 0;     ///< Atoms whose map matches it.
  int64_t neurons = 0;  ///< In the groups of these atoms, each once.
  int64_t best_atom = 0;
  double iou = 0, p = 0, q = 0;
  double chance = 0;  ///< 95th percentile of the surrogates' best IoUs; NaN without surrogates.
};
std::vector<NetworkRow> network_rows(const ModelNetworks& model, const NetworksFrame& frame);

TidyTable networks_table(const std::vector<ModelNetworks>& models, const NetworksFrame& frame);
TidyTable matches_table(const std::vector<ModelNetworks>& models, const NetworksFrame& frame);
TidyTable atoms_table(const std::vector<ModelNetworks>& models, const NetworksFrame& frame);
/// No rows where layers are not known.
TidyTable groups_table(const std::vector<ModelNetworks>& models);
TidyTable neurons_table(const std::vector<ModelNetworks>& models);
TidyTable metrics_table(const std::vector<ModelNetworks>& models);

/// Networks and metrics of all models, aligned for reading.
std::string networks_text(const std::vector<ModelNetworks>& models, const NetworksFrame& frame);

/// Whole numbers as they are, others with so many digits; NaN is n/a.
std::string network_number(double value, int digits);

}  // namespace arcuate
