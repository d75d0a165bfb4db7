#include "simulate/network_recovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/text.h"
#include "io/table.h"

namespace arcuate {
namespace {

constexpr double level = 0.05;

using UnitSet = std::set<std::pair<std::string, std::string>>;  // layer, unit

// The field of a row by its column's name.
std::string field(const Table& table, size_t row, const char* column) { return table.text(row, table.column(column)); }

std::map<std::string, UnitSet> planted_units(const fs::path& truth) {
  const auto table = read_table(truth);
  std::map<std::string, UnitSet> planted;
  for (size_t row = 0; row < table.rows.size(); ++row)
    planted[field(table, row, "network")].emplace(field(table, row, "layer"), field(table, row, "unit"));
  return planted;
}

// Units of each atom of one model.
std::map<std::string, UnitSet> groups_of(const Table& neurons, const std::string& model) {
  std::map<std::string, UnitSet> groups;
  for (size_t row = 0; row < neurons.rows.size(); ++row)
    if (field(neurons, row, "model") == model)
      groups[field(neurons, row, "atom")].emplace(field(neurons, row, "layer"), field(neurons, row, "unit"));
  return groups;
}

// Atoms of a model that match the network.
std::vector<std::string> matching_atoms(const Table& atoms, const std::string& model, const std::string& network) {
  std::vector<std::string> matching;
  for (size_t row = 0; row < atoms.rows.size(); ++row) {
    const auto names = split_fields(field(atoms, row, "networks"), ',');
    if (field(atoms, row, "model") == model && std::find(names.begin(), names.end(), network) != names.end())
      matching.push_back(field(atoms, row, "atom"));
  }
  return matching;
}

UnitSet united(const std::map<std::string, UnitSet>& groups, const std::vector<std::string>& atoms) {
  UnitSet units;
  for (const auto& atom : atoms)
    if (const auto group = groups.find(atom); group != groups.end())
      units.insert(group->second.begin(), group->second.end());
  return units;
}

RecoveredNetwork::Overlap overlap(const UnitSet& planted, const UnitSet& group, size_t all) {
  const auto shared = std::count_if(planted.begin(), planted.end(), [&](const auto& u) { return group.contains(u); });
  return {.group = std::ssize(group),
          .shared = shared,
          .expected = static_cast<double>(planted.size()) * static_cast<double>(group.size()) /
                      static_cast<double>(std::max<size_t>(1, all))};
}

}  // namespace

RecoveredNetworks recover_networks(const fs::path& truth, const fs::path& group, const std::string& label,
                                   const std::string& model) {
  const auto path = [&](const char* name) { return group / fmt::format("task-{}_desc-{}_networks.tsv", label, name); };
  if (!fs::exists(truth) || !fs::exists(path("networks"))) return {};
  const auto planted = planted_units(truth);
  const auto found = read_table(path("networks")), atoms = read_table(path("atoms"));
  const auto groups = groups_of(read_table(path("neurons")), model);
  UnitSet all;
  for (const auto& [atom, units] : groups) all.insert(units.begin(), units.end());
  RecoveredNetworks networks;
  for (size_t row = 0; row < found.rows.size(); ++row) {
    const auto number = [&](const char* column) { return found.number(row, found.column(column)); };
    const auto who = field(found, row, "model"), name = field(found, row, "network");
    if (who.starts_with(model + ".untrained-"))
      networks.twin_significant = std::max<int64_t>(0, networks.twin_significant) + (number("q") <= level ? 1 : 0);
    const auto units = planted.find(name);
    if (who != model || units == planted.end()) continue;
    const auto best = united(groups, {field(found, row, "best_atom")});
    networks.list.push_back(
        {.network = name,
         .iou = number("iou"),
         .q = number("q"),
         .chance_iou = number("chance_iou"),
         .planted = std::ssize(units->second),
         .best = overlap(units->second, best, all.size()),
         .matched = overlap(units->second, united(groups, matching_atoms(atoms, model, name)), all.size())});
  }
  return networks;
}

std::string networks_sentence(const RecoveredNetworks& networks) {
  int64_t significant = 0, planted = 0, shared = 0;
  double expected = 0;
  for (const auto& network : networks.list) {
    significant += network.q <= level ? 1 : 0;
    planted += network.planted;
    shared += network.matched.shared;
    expected += network.matched.expected;
  }
  const auto twin =
      networks.twin_significant < 0
          ? std::string()
          : fmt::format(" The untrained twin, which reads the same words, has {} of them.", networks.twin_significant);
  return fmt::format(
      "{} of {} planted networks are matched better than chance (q <= {}); {} of the {} units that drive them are in "
      "groups of atoms that match them, {:.1f} expected by chance.{}",
      significant, networks.list.size(), level, shared, planted, expected, twin);
}

PageTable networks_page_table(const RecoveredNetworks& networks) {
  PageTable table{.caption = "Planted networks, the atom whose map is most like each, and the planted units in groups",
                  .columns = {"network", "IoU", "IoU of chance", "q", "units planted", "in the best atom's group",
                              "size of that group", "in all matching groups", "their size"}};
  for (const auto& n : networks.list)
    table.rows.push_back({n.network, fmt::format("{:.2f}", n.iou), fmt::format("{:.2f}", n.chance_iou),
                          fmt::format("{:.3f}", n.q), std::to_string(n.planted), std::to_string(n.best.shared),
                          std::to_string(n.best.group), std::to_string(n.matched.shared),
                          std::to_string(n.matched.group)});
  return table;
}

Json networks_json(const RecoveredNetworks& networks) {
  Json list = Json::array();
  const auto overlap_json = [](const RecoveredNetwork::Overlap& o) {
    return Json{{"group", o.group}, {"shared", o.shared}, {"expected", o.expected}};
  };
  for (const auto& n : networks.list)
    list.push_back({{"network", n.network},
                    {"iou", n.iou},
                    {"q", n.q},
                    {"chance_iou", n.chance_iou},
                    {"planted", n.planted},
                    {"best", overlap_json(n.best)},
                    {"matched", overlap_json(n.matched)}});
  return list;
}

}  // namespace arcuate
