#include "study/networks_page.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/neuron_groups.h"
#include "core/tensor.h"
#include "core/text.h"
#include "report/heat_map.h"
#include "report/scatter_chart.h"

namespace arcuate {

namespace {

double metric_of(const ModelNetworks& model, const std::string& name) {
  for (const auto& metric : model.found.metrics)
    if (metric.name == name) return metric.value;
  return NAN;
}

PageTable network_table(const std::vector<ModelNetworks>& models, const NetworksFrame& frame) {
  PageTable table{.caption = "Every network and the map that is most like it.",
                  .columns = {"model", "network", "maps", "neurons", "best atom", "IoU", "p", "q"}};
  for (const auto& model : models)
    for (const auto& row : network_rows(model, frame))
      table.rows.push_back({row.model, row.network, std::to_string(row.maps), std::to_string(row.neurons),
                            std::to_string(row.best_atom), network_number(row.iou, 3), network_number(row.p, 4),
                            network_number(row.q, 4)});
  return table;
}

PageTable metric_table(const std::vector<ModelNetworks>& models) {
  PageTable table{.caption = "Organisation in numbers; metrics.json and docs/methods.md say how each is computed.",
                  .columns = {"family", "metric"}};
  for (const auto& model : models) table.columns.push_back(model.model);
  for (size_t i = 0; i < models.front().found.metrics.size(); ++i) {
    const auto& metric = models.front().found.metrics[i];
    table.rows.push_back({metric.family, metric.name});
    for (const auto& model : models) table.rows.back().push_back(network_number(model.found.metrics[i].value, 3));
  }
  return table;
}

// Best IoU of each network in each model.
PageFigure comparison_figure(const std::vector<ModelNetworks>& models, const NetworksFrame& frame,
                             const AddFigure& add) {
  HeatMap map{.title = "Best match of every network",
              .row_label = "model",
              .column_label = "network",
              .columns = frame.networks,
              .value_label = "IoU",
              .low = 0,
              .high = 1,
              .cell_text = true,
              .simulated = frame.simulated};
  for (const auto& model : models) {
    std::vector<double> found, chance;
    for (const auto& row : network_rows(model, frame)) {
      found.push_back(row.iou);
      chance.push_back(row.chance);
    }
    map.rows.push_back(model.model);
    map.values.push_back(found);
    if (frame.surrogates == 0) continue;
    map.rows.push_back(model.model + ", chance");
    map.values.push_back(chance);
  }
  return add(
      "networks", render_heat_map(map), chart_data(map),
      fmt::format("Largest IoU of any atom's map with each network; a match is above {}.{}", shortest(frame.match_iou),
                  frame.surrogates == 0 ? ""
                                        : " Chance: what the best map of 95 % of the sets of phase-randomised "
                                          "atoms does not exceed."));
}

PageFigure plane_figure(const std::vector<ModelNetworks>& models, const NetworksFrame& frame, const AddFigure& add) {
  ScatterChart chart{.title = "Diversity and consistency",
                     .x_label = "diversity: mean 1 - |r| of two atoms",
                     .y_label = "consistency: mean |r| of neurons with their atom",
                     .simulated = frame.simulated};
  for (const auto& model : models)
    chart.series.push_back({.label = model.model,
                            .x = {metric_of(model, "atom_dissimilarity")},
                            .y = {metric_of(model, "agreement_with_atoms")}});
  return add("plane", render_scatter_chart(chart), chart_data(chart), "A point a model.");
}

// Atoms in the order of their best network, so that networks show as steps.
std::vector<int64_t> atoms_by_network(const at::Tensor& iou) {
  const auto best = std::get<0>(iou.max(1)), network = std::get<1>(iou.max(1));
  std::vector<int64_t> order;
  for (int64_t atom = 0; atom < iou.size(0); ++atom) order.push_back(atom);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    const auto place = [&](int64_t atom) {
      const double value = best[atom].item<double>();
      return std::pair(value > 0 ? network[atom].item<int64_t>() : iou.size(1), -value);
    };
    return place(a) < place(b);
  });
  return order;
}

PageFigure match_figure(const ModelNetworks& model, const NetworksFrame& frame, const AddFigure& add) {
  const auto& iou = model.found.matches.iou;
  HeatMap map{.title = "Maps and networks: " + model.model,
              .row_label = "atom",
              .column_label = "network",
              .columns = frame.networks,
              .value_label = "IoU",
              .low = 0,
              .high = 1,
              .simulated = frame.simulated};
  for (const int64_t atom : atoms_by_network(iou)) {
    map.rows.push_back(std::to_string(atom));
    map.values.emplace_back();
    for (int64_t f = 0; f < iou.size(1); ++f) map.values.back().push_back(iou[atom][f].item<double>());
  }
  return add(bids_label(model.model) + "_matches", render_heat_map(map), chart_data(map),
             "IoU of every atom's map with every network; atoms in the order of their best network.");
}

}  // namespace

PageFigure networks_layer_figure(const ModelNetworks& model, const NetworksFrame& frame, const AddFigure& add) {
  const auto layers = layers_of(model);
  HeatMap map{.title = "Layers of the networks' neurons: " + model.model,
              .row_label = "network",
              .column_label = "layer",
              .rows = frame.networks,
              .value_label = "neurons",
              .low = 0,
              .high = 1,  // one colour is no scale: its ends are said where every cell is alike
              .cell_text = true,
              .simulated = frame.simulated};
  for (const int64_t layer : layers) map.columns.push_back(std::to_string(layer));
  for (size_t f = 0; f < frame.networks.size(); ++f) {
    const auto counts = layer_histogram({network_neurons(model, f)}, model.layer_of, layers)[0];
    map.values.push_back(to_vector(counts.to(at::kDouble)));
    for (const double value : map.values.back()) map.high = std::max(map.high, value);
  }
  return add(bids_label(model.model) + "_layers", render_heat_map(map), chart_data(map),
             "Neurons in the groups of all atoms that match a network, each once, by layer.");
}

PageSection networks_overview(const std::vector<ModelNetworks>& models, const NetworksFrame& frame,
                              const AddFigure& add) {
  PageSection section{.heading = "Which networks there are"};
  for (const auto& model : models) {
    int64_t significant = 0;
    for (const auto& row : network_rows(model, frame)) significant += row.q <= frame.fdr ? 1 : 0;
    const auto test = frame.surrogates == 0 ? std::string("Chance was not tested.")
                                            : fmt::format("{} match better than phase-randomised atoms (q <= {}).",
                                                          significant, shortest(frame.fdr));
    section.paragraphs.push_back(fmt::format("{}: {} of {} networks are matched by the maps of {} of {} atoms. {}",
                                             model.model, shortest(metric_of(model, "matched_networks")),
                                             frame.networks.size(), shortest(metric_of(model, "matched_maps")),
                                             model.found.groups.size(), test));
  }
  section.figures.push_back(comparison_figure(models, frame, add));
  section.tables.push_back(network_table(models, frame));
  return section;
}

PageSection networks_organisation(const std::vector<ModelNetworks>& models, const NetworksFrame& frame,
                                  const AddFigure& add) {
  PageSection section{.heading = "How they are organised", .tables = {metric_table(models)}};
  if (models.size() > 1) section.figures.push_back(plane_figure(models, frame, add));
  return section;
}

PageSection networks_of_model(const ModelNetworks& model, const NetworksFrame& frame, const AddFigure& add) {
  PageSection section{.heading = model.model, .figures = {match_figure(model, frame, add)}};
  if (!model.layer_of.empty()) section.figures.push_back(networks_layer_figure(model, frame, add));
  return section;
}

std::vector<std::string> networks_reading() {
  return {
      "Atoms are the columns of a sparse dictionary of the units' time courses; each vertex is then explained by all "
      "atoms, and an atom's map holds its coefficients.",
      "p compares a network's best IoU with the best of maps made anew from phase-randomised atoms: the same "
      "spectra, no timing. It is corrected for having tried all atoms; q is corrected for the networks of a model, "
      "not for the number of models.",
      "The published study gives no threshold for a map and no formula for its metrics. docs/methods.md says which "
      "choices are whose."};
}

}  // namespace arcuate
