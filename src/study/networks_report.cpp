#include "study/networks_report.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "analysis/neuron_groups.h"
#include "core/tensor.h"
#include "core/text.h"

namespace arcuate {

using at::Tensor;

namespace {

using Rows = std::vector<std::vector<std::string>>;

const TableColumn model_column{"model", "Name of the model"}, atom_column{"atom", "Number of the atom, from 0"};

std::string yes_no(bool value) { return value ? "true" : "false"; }

void add_matches(const ModelNetworks& model, const NetworksFrame& frame, Rows& rows) {
  const auto& m = model.found.matches;
  for (int64_t atom = 0; atom < m.iou.size(0); ++atom)
    for (size_t n = 0; n < frame.networks.size(); ++n) {
      const auto f = static_cast<int64_t>(n);
      const auto number = [&](const Tensor& x) { return shortest(x[atom][f].item<double>()); };
      rows.push_back({model.model, std::to_string(atom), frame.networks[n], number(m.iou), number(m.covered),
                      number(m.correlation), number(model.found.chance.pair_p),
                      yes_no(m.matched[atom][f].item<bool>())});
    }
}

void add_atoms(const ModelNetworks& model, const NetworksFrame& frame, Rows& rows) {
  for (size_t atom = 0; atom < model.found.groups.size(); ++atom) {
    std::vector<std::string> networks;
    for (size_t f = 0; f < frame.networks.size(); ++f)
      if (model.found.matches.matched[static_cast<int64_t>(atom)][static_cast<int64_t>(f)].item<bool>())
        networks.push_back(frame.networks[f]);
    const auto extent = (model.found.extents[static_cast<int64_t>(atom)] != 0).sum().item<int64_t>();
    rows.push_back({model.model, std::to_string(atom), std::to_string(model.found.groups[atom].size()),
                    std::to_string(extent), networks.empty() ? "n/a" : join(networks, ",")});
  }
}

void add_groups(const ModelNetworks& model, Rows& rows) {
  const auto layers = layers_of(model);
  const auto counts = layer_histogram(model.found.groups, model.layer_of, layers);
  for (int64_t atom = 0; atom < counts.size(0); ++atom)
    for (size_t l = 0; l < layers.size(); ++l)
      rows.push_back({model.model, std::to_string(atom), std::to_string(layers[l]),
                      std::to_string(counts[atom][static_cast<int64_t>(l)].item<int64_t>())});
}

void add_neurons(const ModelNetworks& model, Rows& rows) {
  const auto codes = model.found.codes.contiguous();
  for (size_t atom = 0; atom < model.found.groups.size(); ++atom)
    for (const int64_t neuron : model.found.groups[atom]) {
      const auto at = static_cast<size_t>(neuron);
      const auto a = static_cast<int64_t>(atom);
      rows.push_back({model.model, std::to_string(model.neurons[at]),
                      model.layer_of.empty() ? "n/a" : std::to_string(model.layer_of[at]),
                      model.unit_of.empty() ? "n/a" : std::to_string(model.unit_of[at]), std::to_string(atom),
                      shortest(codes.data_ptr<double>()[a * codes.size(1) + neuron]),
                      shortest(model.found.correlations[a][neuron].item<double>())});
    }
}

void add_metrics(const ModelNetworks& model, Rows& rows) {
  for (const auto& metric : model.found.metrics)
    rows.push_back({model.model, metric.family, metric.name, shortest(metric.value)});
}

std::string columns_text(const Rows& rows) {
  std::vector<size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], widths[i]);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  return text;
}

// The IoU that so large a share of the surrogates' best maps does not exceed; NaN without surrogates.
constexpr double chance_share = 0.95;
double chance_level(const FunctionalNetworks& found, int64_t network) {
  const auto& null = found.chance.best_null;
  if (!null.defined() || null.size(0) == 0) return std::nan("");
  return at::quantile(null.select(1, network).to(at::kDouble), chance_share).item<double>();
}

}  // namespace

std::string network_number(double value, int digits) {
  if (std::isnan(value)) return "n/a";
  return value == std::floor(value) ? shortest(value) : fmt::format("{:.{}f}", value, digits);
}

std::vector<int64_t> layers_of(const ModelNetworks& model) {
  const std::set<int64_t> layers(model.layer_of.begin(), model.layer_of.end());
  return {layers.begin(), layers.end()};
}

std::vector<int64_t> units_within_layers(const std::vector<int64_t>& layer_of) {
  std::map<int64_t, int64_t> counts;
  std::vector<int64_t> units;
  for (const int64_t layer : layer_of) units.push_back(counts[layer]++);
  return units;
}

std::vector<int64_t> network_neurons(const ModelNetworks& model, size_t network) {
  std::set<int64_t> members;
  for (size_t atom = 0; atom < model.found.groups.size(); ++atom)
    if (model.found.matches.matched[static_cast<int64_t>(atom)][static_cast<int64_t>(network)].item<bool>())
      members.insert(model.found.groups[atom].begin(), model.found.groups[atom].end());
  return {members.begin(), members.end()};
}

std::vector<NetworkRow> network_rows(const ModelNetworks& model, const NetworksFrame& frame) {
  const auto& found = model.found;
  std::vector<NetworkRow> rows;
  for (size_t n = 0; n < frame.networks.size(); ++n) {
    const auto f = static_cast<int64_t>(n);
    NetworkRow row{.model = model.model, .network = frame.networks[n]};
    row.maps = found.matches.matched.select(1, f).sum().item<int64_t>();
    row.neurons = static_cast<int64_t>(network_neurons(model, n).size());
    row.best_atom = found.matches.iou.select(1, f).argmax().item<int64_t>();
    row.iou = found.matches.iou[row.best_atom][f].item<double>();
    row.p = found.chance.p[f].item<double>();
    row.q = found.chance.q[f].item<double>();
    row.chance = chance_level(found, f);
    rows.push_back(row);
  }
  return rows;
}

TidyTable networks_table(const std::vector<ModelNetworks>& models, const NetworksFrame& frame) {
  TidyTable table{.columns = {model_column,
                              {"network", "Name of the network"},
                              {"maps", "Atoms whose map matches the network"},
                              {"neurons", "Neurons in the groups of these atoms"},
                              {"best_atom", "Atom with the largest IoU (of equal ones the first)"},
                              {"iou", "Its IoU"},
                              {"p", "Its p, corrected for having tried all atoms"},
                              {"q", "Benjamini-Hochberg q of p over the networks of the model"},
                              {"chance_iou",
                               "IoU that the best map of 95 % of the phase-randomised sets of atoms does "
                               "not exceed"}}};
  for (const auto& model : models)
    for (const auto& row : network_rows(model, frame))
      table.rows.push_back({row.model, row.network, std::to_string(row.maps), std::to_string(row.neurons),
                            std::to_string(row.best_atom), shortest(row.iou), shortest(row.p), shortest(row.q),
                            shortest(row.chance)});
  return table;
}

TidyTable matches_table(const std::vector<ModelNetworks>& models, const NetworksFrame& frame) {
  TidyTable table{
      .columns = {
          model_column,
          atom_column,
          {"network", "Name of the network"},
          {"iou", "Intersection over union of the atom's map and the network; 0 where both are empty"},
          {"covered", "Share of the network that the map covers"},
          {"r", "Pearson correlation of both over vertices; n/a where the map is empty"},
          {"p", "Share of phase-randomised sets of atoms whose best map matches the network as well, itself included"},
          {"matched", "Whether the IoU is above that of a match"}}};
  for (const auto& model : models) add_matches(model, frame, table.rows);
  return table;
}

TidyTable atoms_table(const std::vector<ModelNetworks>& models, const NetworksFrame& frame) {
  TidyTable table{.columns = {model_column,
                              atom_column,
                              {"neurons", "Neurons of its group"},
                              {"vertices", "Vertices of its map after thresholding"},
                              {"networks", "Networks that its map matches"}}};
  for (const auto& model : models) add_atoms(model, frame, table.rows);
  return table;
}

TidyTable groups_table(const std::vector<ModelNetworks>& models) {
  TidyTable table{.columns = {model_column,
                              atom_column,
                              {"layer", "Number of the layer"},
                              {"neurons", "Neurons of the group in that layer"}}};
  for (const auto& model : models)
    if (!model.layer_of.empty()) add_groups(model, table.rows);
  return table;
}

TidyTable neurons_table(const std::vector<ModelNetworks>& models) {
  TidyTable table{.columns = {model_column,
                              {"neuron", "Number of the neuron among those read, from 0"},
                              {"layer", "Number of its layer"},
                              {"unit", "Its number among the neurons of its layer, from 0"},
                              {"atom", "Atom of the group that it belongs to"},
                              {"coefficient", "Its coefficient for that atom"},
                              {"r", "Pearson correlation of its signal with the atom"}}};
  for (const auto& model : models) add_neurons(model, table.rows);
  return table;
}

TidyTable metrics_table(const std::vector<ModelNetworks>& models) {
  TidyTable table{.columns = {model_column,
                              {"family", "matches, diversity, consistency, compactness or balance"},
                              {"metric", "Name; docs/methods.md has its formula"},
                              {"value", "n/a where it is not defined"}}};
  for (const auto& model : models) add_metrics(model, table.rows);
  return table;
}

std::string networks_text(const std::vector<ModelNetworks>& models, const NetworksFrame& frame) {
  Rows rows{{"model", "network", "maps", "neurons", "atom", "IoU", "p", "q"}};
  for (const auto& model : models)
    for (const auto& row : network_rows(model, frame))
      rows.push_back({row.model, row.network, std::to_string(row.maps), std::to_string(row.neurons),
                      std::to_string(row.best_atom), network_number(row.iou, 3), network_number(row.p, 4),
                      network_number(row.q, 4)});
  Rows numbers{{"metric"}};
  for (const auto& model : models) numbers[0].push_back(model.model);
  for (size_t i = 0; i < models.front().found.metrics.size(); ++i) {
    numbers.push_back({models.front().found.metrics[i].name});
    for (const auto& model : models) numbers.back().push_back(network_number(model.found.metrics[i].value, 3));
  }
  return (frame.simulated ? "SIMULATED DATA: no person was recorded.\n\n" : "") + columns_text(rows) + '\n' +
         columns_text(numbers);
}

}  // namespace arcuate
