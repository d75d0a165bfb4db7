#include "study/networks_section.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <limits>

#include "core/tensor.h"
#include "core/text.h"

namespace arcuate {

using at::Tensor;

namespace {

// Names of the networks that a model has better than chance.
std::vector<std::string> significant(const ModelNetworks& model, const NetworksFrame& frame) {
  std::vector<std::string> names;
  for (const auto& row : network_rows(model, frame))
    if (row.q <= frame.fdr) names.push_back(row.network);
  return names;
}

std::string names_text(const std::vector<std::string>& names) { return names.empty() ? "none" : join(names, ", "); }

std::string pair_text(const NetworksStudy& study, const NetworkPair& pair) {
  const auto& model = study.models[pair.trained];
  const auto own =
      fmt::format("Better than chance in {}: {}", model.model, names_text(significant(model, study.frame)));
  if (pair.twin < 0) return own + "; no untrained twin stands beside it.";
  const auto& twin = study.models[static_cast<size_t>(pair.twin)];
  return fmt::format("{}; in its twin with random weights: {}.", own, names_text(significant(twin, study.frame)));
}

// The coefficients that thresholding leaves, by target; NaN elsewhere.
Tensor shown_values(const NetworksStudy& study, const ModelNetworks& model, int64_t atom) {
  auto values = at::full({study.frame.all_vertices}, std::numeric_limits<double>::quiet_NaN(), at::kDouble);
  const auto none = at::full({}, std::numeric_limits<double>::quiet_NaN(), at::kDouble);
  const auto left = at::where(model.found.extents[atom] != 0, model.found.maps[atom].abs(), none);
  return values.index_copy_(0, index_tensor(study.frame.vertices), left);
}

// The best atom's map with the border of the named network.
BrainMap network_map(const NetworksStudy& study, const ModelNetworks& model, const NetworkRow& row, size_t network) {
  auto map = study.maps->picture(shown_values(study, model, row.best_atom));
  map.title = fmt::format("{} in {}: atom {}", row.network, model.model, row.best_atom);
  map.unit = "size of the coefficient";
  map.low = 0;
  const auto extent = study.networks[static_cast<int64_t>(network)];
  const auto border = [&](Hemisphere side) { return study.maps->on(side, extent).nan_to_num(0).gt(0).to(at::kInt); };
  map.left.regions = border(Hemisphere::left);
  map.right.regions = border(Hemisphere::right);
  return map;
}

void add_maps(const NetworksStudy& study, const ModelNetworks& model, const AnalysisOutput& output,
              PageSection& section) {
  const auto rows = network_rows(model, study.frame);
  for (size_t f = 0; f < rows.size(); ++f)
    if (rows[f].maps > 0)
      section.figures.push_back(output.figure(
          fmt::format("map_{}_{}", bids_label(model.model), bids_label(rows[f].network)),
          network_map(study, model, rows[f], f),
          fmt::format("The map most like the network {} (IoU {:.2f}), after thresholding; line: the network's border. "
                      "Matched networks of trained models only.",
                      rows[f].network, rows[f].iou)));
}

void append(const PageSection& part, PageSection& section) {
  section.paragraphs.insert(section.paragraphs.end(), part.paragraphs.begin(), part.paragraphs.end());
  section.figures.insert(section.figures.end(), part.figures.begin(), part.figures.end());
  section.tables.insert(section.tables.end(), part.tables.begin(), part.tables.end());
}

}  // namespace

PageSection networks_section(const NetworksStudy& study, const AnalysisOutput& output) {
  const AddFigure add = [&](const std::string& name, const std::string& svg, const ChartData& data,
                            const std::string& caption) { return output.figure(name, svg, data, caption); };
  PageSection section{.heading = analysis_heading("Networks", "networks", study.name)};
  section.paragraphs.emplace_back(
      "Units of the feed-forward layers that go up and down together share an atom; where the brain follows that atom "
      "may be one of the named networks. What an untrained twin has as well owes nothing to training.");
  if (study.frame.surrogates > 0)
    for (const auto& pair : study.pairs) section.paragraphs.push_back(pair_text(study, pair));
  append(networks_overview(study.models, study.frame, add), section);
  append(networks_organisation(study.models, study.frame, add), section);
  for (const auto& pair : study.pairs) {
    const auto& model = study.models[pair.trained];
    section.figures.push_back(networks_layer_figure(model, study.frame, add));
    if (study.maps) add_maps(study, model, output, section);
  }
  append({.paragraphs = networks_reading()}, section);
  return section;
}

}  // namespace arcuate
