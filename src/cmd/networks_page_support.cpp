// The page of `networks`: which networks each model has, where their neurons lie, how models compare.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "cmd/networks_results_support.h"
#include "core/files.h"
#include "core/text.h"
#include "core/version.h"
#include "report/figures.h"
#include "report/heat_map.h"
#include "report/page.h"
#include "report/scatter_chart.h"

namespace arcuate {

namespace {

std::string number_text(double value, int digits) {
  if (std::isnan(value)) return "n/a";
  return value == std::floor(value) ? shortest(value) : fmt::format("{:.{}f}", value, digits);
}

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
                            std::to_string(row.best_atom), number_text(row.iou, 3), number_text(row.p, 4),
                            number_text(row.q, 4)});
  return table;
}

PageTable metric_table(const std::vector<ModelNetworks>& models) {
  PageTable table{.caption = "Organisation in numbers; metrics.json and docs/methods.md say how each is computed.",
                  .columns = {"family", "metric"}};
  for (const auto& model : models) table.columns.push_back(model.model);
  for (size_t i = 0; i < models.front().found.metrics.size(); ++i) {
    const auto& metric = models.front().found.metrics[i];
    table.rows.push_back({metric.family, metric.name});
    for (const auto& model : models) table.rows.back().push_back(number_text(model.found.metrics[i].value, 3));
  }
  return table;
}

// Best IoU of each network in each model.
PageFigure comparison_figure(const std::vector<ModelNetworks>& models, const NetworksFrame& frame,
                             const Figures& figures) {
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
    map.rows.push_back(model.model);
    map.values.emplace_back();
    for (const auto& row : network_rows(model, frame)) map.values.back().push_back(row.iou);
  }
  return figures.add(
      "networks", render_heat_map(map), chart_data(map),
      fmt::format("Largest IoU of any atom's map with each network. A match is above {}.", shortest(frame.match_iou)));
}

PageFigure plane_figure(const std::vector<ModelNetworks>& models, const NetworksFrame& frame, const Figures& figures) {
  ScatterChart chart{.title = "Diversity and consistency",
                     .x_label = "diversity: mean 1 - |r| of two atoms",
                     .y_label = "consistency: mean |r| of neurons with their atom",
                     .simulated = frame.simulated};
  for (const auto& model : models)
    chart.series.push_back({.label = model.model,
                            .x = {metric_of(model, "atom_dissimilarity")},
                            .y = {metric_of(model, "agreement_with_atoms")}});
  return figures.add("plane", render_scatter_chart(chart), chart_data(chart), "A point a model.");
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

PageFigure match_figure(const ModelNetworks& model, const NetworksFrame& frame, const Figures& figures) {
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
  return figures.add(bids_label(model.model) + "_matches", render_heat_map(map), chart_data(map),
                     "IoU of every atom's map with every network; atoms in the order of their best network.");
}

// Neurons of each network in each layer: of the groups of all atoms that match it, each neuron once.
PageFigure layer_figure(const ModelNetworks& model, const NetworksFrame& frame, const Figures& figures) {
  const std::set<int64_t> distinct(model.layer_of.begin(), model.layer_of.end());
  const std::vector<int64_t> layers(distinct.begin(), distinct.end());
  HeatMap map{.title = "Layers of the networks' neurons: " + model.model,
              .row_label = "network",
              .column_label = "layer",
              .rows = frame.networks,
              .value_label = "neurons",
              .cell_text = true,
              .simulated = frame.simulated};
  for (const int64_t layer : layers) map.columns.push_back(std::to_string(layer));
  for (size_t f = 0; f < frame.networks.size(); ++f) {
    std::set<int64_t> members;
    for (size_t atom = 0; atom < model.found.groups.size(); ++atom)
      if (model.found.matches.matched[static_cast<int64_t>(atom)][static_cast<int64_t>(f)].item<bool>())
        members.insert(model.found.groups[atom].begin(), model.found.groups[atom].end());
    const auto counts = layer_histogram({{members.begin(), members.end()}}, model.layer_of, layers)[0];
    map.values.emplace_back();
    for (int64_t l = 0; l < counts.size(0); ++l)
      map.values.back().push_back(static_cast<double>(counts[l].item<int64_t>()));
  }
  // One colour is no scale: the ends of the colours are said where every cell is alike.
  map.low = 0;
  map.high = 1;
  for (const auto& row : map.values)
    for (const double value : row) map.high = std::max(map.high, value);
  return figures.add(bids_label(model.model) + "_layers", render_heat_map(map), chart_data(map),
                     "Neurons in the groups of all atoms that match a network, by layer.");
}

PageSection overview(const std::vector<ModelNetworks>& models, const NetworksFrame& frame, const Figures& figures) {
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
  section.figures.push_back(comparison_figure(models, frame, figures));
  section.tables.push_back(network_table(models, frame));
  return section;
}

}  // namespace

void write_network_page(const fs::path& folder, const std::vector<ModelNetworks>& models, const NetworksFrame& frame) {
  const Figures figures(folder / "figures");
  Page page{.title = "Functional networks inside language models",
            .subtitle = "Groups of a model's units whose shared time course is that of a brain network",
            .simulated = frame.simulated};
  page.sections.push_back(overview(models, frame, figures));
  PageSection organisation{.heading = "How they are organised", .tables = {metric_table(models)}};
  if (models.size() > 1) organisation.figures.push_back(plane_figure(models, frame, figures));
  page.sections.push_back(organisation);
  for (const auto& model : models) {
    PageSection section{.heading = model.model, .figures = {match_figure(model, frame, figures)}};
    if (!model.layer_of.empty()) section.figures.push_back(layer_figure(model, frame, figures));
    page.sections.push_back(section);
  }
  page.sections.push_back(
      {.heading = "How to read this",
       .paragraphs = {"Atoms are the columns of a sparse dictionary of the units' time courses; each vertex is then "
                      "explained by all atoms, and an atom's map holds its coefficients.",
                      "p compares a network's best IoU with the best of maps made anew from phase-randomised atoms: "
                      "the same spectra, no timing. It is corrected for having tried all atoms; q is corrected for "
                      "the networks of a model, not for the number of models.",
                      "The published study gives no threshold for a map and no formula for its metrics. "
                      "docs/methods.md says which choices are whose."}});
  page.footer = fmt::format("arcuate {}. Full precision: the .tsv and .npy files beside this page.", version);
  write_page(folder / "report.html", page);
}

}  // namespace arcuate
