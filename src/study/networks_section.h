// The section of a study's page on functional networks: which there are beside the untrained twins, layers, and maps.
#pragma once
#include <string>
#include <vector>

#include "study/analysis.h"
#include "study/networks_page.h"

namespace arcuate {

/// A model and, if there is one, its untrained twin, as places in the list of all.
struct NetworkPair {
  size_t trained = 0;
  std::ptrdiff_t twin = -1;
};

struct NetworksStudy {
  std::string name{};  ///< Of the analysis.
  std::vector<ModelNetworks> models{};
  std::vector<NetworkPair> pairs{};
  NetworksFrame frame{};
  at::Tensor networks{};              ///< F x V of all targets, 0 outside of a network.
  const SurfaceMaps* maps = nullptr;  ///< Null: no pictures.
};

PageSection networks_section(const NetworksStudy& study, const AnalysisOutput& output);

}  // namespace arcuate
