// Functional networks as sections of a page: which networks each model has, where their neurons lie, how models
// compare.
#pragma once
#include <string>
#include <vector>

#include "report/figures.h"
#include "report/page.h"
#include "study/networks_report.h"

namespace arcuate {

/// Every network and the map that is most like it, beside chance.
PageSection networks_overview(const std::vector<ModelNetworks>& models, const NetworksFrame& frame,
                              const AddFigure& add);
/// Diversity, consistency, compactness.
PageSection networks_organisation(const std::vector<ModelNetworks>& models, const NetworksFrame& frame,
                                  const AddFigure& add);
/// All atoms against all networks, and layers where they are known.
PageSection networks_of_model(const ModelNetworks& model, const NetworksFrame& frame, const AddFigure& add);
/// Neurons of each network in each layer, where layers are known.
PageFigure networks_layer_figure(const ModelNetworks& model, const NetworksFrame& frame, const AddFigure& add);
/// What the numbers say and what not.
std::vector<std::string> networks_reading();

}  // namespace arcuate
