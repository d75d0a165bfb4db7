#include "study/network_templates.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>

#include "analysis/atom_maps.h"
#include "core/error.h"
#include "core/files.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/npy.h"
#include "io/table.h"

namespace arcuate {

using at::Tensor;

namespace {

NetworkTemplates read_template_table(const fs::path& path) {
  const auto table = read_table(path);
  NetworkTemplates templates;
  std::vector<Tensor> maps;
  for (size_t column = 0; column < table.columns.size(); ++column) {
    if (table.columns[column] == "vertex") continue;
    std::vector<double> values;
    for (size_t row = 0; row < table.rows.size(); ++row) values.push_back(table.number(row, column));
    templates.names.push_back(table.columns[column]);
    maps.push_back(to_tensor(values));
  }
  if (maps.empty()) bad_input("'{}' has no column of a network", path.string());
  templates.values = at::stack(maps);
  return templates;
}

NetworkTemplates read_template_array(const fs::path& path, std::vector<std::string> names) {
  NetworkTemplates templates{.names = std::move(names), .values = read_npy(path).to(at::kDouble)};
  if (templates.values.dim() != 2 || templates.values.numel() == 0)
    bad_input("'{}' is {}: expected networks x vertices", path.string(), shape_text(templates.values));
  const int64_t count = templates.values.size(0);
  if (templates.names.empty())
    for (int64_t f = 1; f <= count; ++f) templates.names.push_back(fmt::format("network-{}", f));
  if (static_cast<int64_t>(templates.names.size()) != count)
    bad_usage("--network-names has {} names, '{}' has {} networks", templates.names.size(), path.string(), count);
  return templates;
}

// Of those read, the ones asked for; all of them must be numbers.
NetworkTemplates chosen_templates(const fs::path& path, const NetworkTemplates& templates,
                                  const std::vector<std::string>& wanted) {
  if (!at::isfinite(templates.values).all().item<bool>())
    bad_input("'{}' holds NaN or infinite values; give 0 where a vertex belongs to no network", path.string());
  if (wanted.empty()) return templates;
  std::vector<int64_t> rows;
  Problems problems(fmt::format("'{}' lacks networks that are asked for", path.string()), Fault::usage);
  for (const auto& name : wanted) {
    const auto place = std::find(templates.names.begin(), templates.names.end(), name);
    if (place == templates.names.end()) problems.add("'{}'{}", name, suggestion(name, templates.names));
    rows.push_back(place - templates.names.begin());
  }
  problems.raise();
  return {.names = wanted, .values = templates.values.index_select(0, index_tensor(rows))};
}

// The place of each row's target among `targets`.
std::vector<int64_t> target_places(const Table& table, const std::vector<std::string>& targets) {
  std::map<std::string, int64_t> place_of;
  for (const auto& target : targets) place_of.emplace(target, static_cast<int64_t>(place_of.size()));
  const size_t column = table.column("target");
  std::vector<int64_t> places;
  std::vector<bool> seen(targets.size(), false);
  Problems problems(fmt::format("'{}' does not fit the study's {} targets", table.source, targets.size()));
  for (size_t row = 0; row < table.rows.size(); ++row) {
    const auto& name = table.text(row, column);
    const auto found = place_of.find(name);
    if (found == place_of.end())
      problems.add("line {}: there is no target '{}'", table.lines[row], excerpt(name));
    else if (seen[static_cast<size_t>(found->second)])
      problems.add("line {}: the target '{}' is there twice", table.lines[row], name);
    places.push_back(found == place_of.end() ? 0 : found->second);
    if (found != place_of.end()) seen[static_cast<size_t>(found->second)] = true;
  }
  problems.raise();
  return places;
}

}  // namespace

NetworkTemplates read_templates(const fs::path& path, const std::vector<std::string>& names,
                                const std::vector<std::string>& wanted) {
  if (path.extension() != ".npy" && !names.empty())
    bad_usage("--network-names belong to a .npy file; '{}' names its networks in its header", path.string());
  return chosen_templates(
      path, path.extension() == ".npy" ? read_template_array(path, names) : read_template_table(path), wanted);
}

NetworkTemplates read_target_templates(const fs::path& path, const std::vector<std::string>& targets,
                                       const std::vector<std::string>& wanted) {
  const auto table = read_table(path);
  const auto places = target_places(table, targets);
  NetworkTemplates templates;
  std::vector<Tensor> maps;
  for (size_t column = 0; column < table.columns.size(); ++column) {
    if (table.columns[column] == "target") continue;
    std::vector<double> values(targets.size(), 0);
    for (size_t row = 0; row < table.rows.size(); ++row)
      values[static_cast<size_t>(places[row])] = table.number(row, column);
    templates.names.push_back(table.columns[column]);
    maps.push_back(to_tensor(values));
  }
  if (maps.empty()) bad_input("'{}' has no column of a network beside 'target'", path.string());
  templates.values = at::stack(maps);
  return chosen_templates(path, templates, wanted);
}

Tensor network_extents(const NetworkTemplates& templates, const std::vector<int64_t>& vertices, double threshold,
                       bool binary) {
  const auto values = templates.values.index_select(1, index_tensor(vertices));
  const auto kept = at::where(values > threshold, values, at::zeros_like(values));
  Problems problems("networks are empty");
  for (size_t f = 0; f < templates.names.size(); ++f)
    if (!kept[static_cast<int64_t>(f)].any().item<bool>())
      problems.add(
          "'{}' has no value above {} among the {} vertices that the responses leave; lower the threshold of "
          "templates, or leave the network out",
          templates.names[f], shortest(threshold), vertices.size());
  problems.raise();
  return map_extent(kept, {.flip = false, .drop_negatives = false, .threshold = 0, .binary = binary});
}

}  // namespace arcuate
