// The results of `networks`: tables, arrays and the page.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "analysis/networks.h"

namespace arcuate {

/// The networks of one model with what the tables say about its neurons.
struct ModelNetworks {
  std::string model{};
  FunctionalNetworks found{};
  std::vector<int64_t> neurons{};   ///< Number of each neuron among those read (constant ones are left out).
  std::vector<int64_t> layer_of{};  ///< Of each; empty: not known.
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

/// One row of networks.tsv: how a model has a network.
struct NetworkRow {
  std::string model{}, network{};
  int64_t maps = 0;     ///< Atoms whose map matches it.
  int64_t neurons = 0;  ///< In the groups of these atoms, each once.
  int64_t best_atom = 0;
  double iou = 0, p = 0, q = 0;
};
std::vector<NetworkRow> network_rows(const ModelNetworks& model, const NetworksFrame& frame);

/// metrics.tsv last, which therefore stands for a complete result.
void write_network_tables(const std::filesystem::path& folder, const std::vector<ModelNetworks>& models,
                          const NetworksFrame& frame);
/// report.html and figures/.
void write_network_page(const std::filesystem::path& folder, const std::vector<ModelNetworks>& models,
                        const NetworksFrame& frame);
/// Networks and metrics of all models, aligned for reading.
std::string networks_text(const std::vector<ModelNetworks>& models, const NetworksFrame& frame);

}  // namespace arcuate
