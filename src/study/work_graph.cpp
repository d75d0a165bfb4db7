#include "study/work_graph.h"

#include <algorithm>

#include "core/error.h"
#include "core/hash.h"
#include "core/text.h"
#include "core/version.h"

namespace arcuate {

std::string unit_key(const Json& depends_on) {
  return sha256(Json{{"format", unit_format}, {"program", version}, {"depends_on", depends_on}}.dump());
}

Shard parse_shard(const std::string& text) {
  const auto slash = text.find('/');
  const auto part = to_integer(text.substr(0, slash));
  const auto of = to_integer(slash == std::string::npos ? "" : text.substr(slash + 1));
  if (!part || !of || *of < 1 || *part < 1 || *part > *of)
    bad_usage("a shard is I/N with I from 1 to N, as in 2/8; found '{}'", text);
  return {*part, *of};
}

const Unit& WorkGraph::add(Unit unit) {
  for (const auto& id : unit.inputs) unit.input_keys[id] = at(id).key;
  if (!places_.emplace(unit.id, units_.size()).second)
    bad_usage("two units of work are called '{}'; give models, features and analyses of the study other names",
              unit.id);
  unit.key = unit_key({{"settings", unit.depends_on}, {"inputs", unit.input_keys}});
  return units_.emplace_back(std::move(unit));
}

const Unit& WorkGraph::at(const std::string& id) const {
  const auto found = places_.find(id);
  if (found != places_.end()) return units_[found->second];
  std::vector<std::string> names;
  for (const auto& [name, place] : places_) names.push_back(name);
  bad_usage("this study has no unit of work '{}'{}", id, suggestion(id, names));
}

std::vector<size_t> WorkGraph::all() const {
  std::vector<size_t> places;
  for (size_t i = 0; i < units_.size(); ++i) places.push_back(i);
  return places;
}

void WorkGraph::add_needs(size_t place, std::vector<bool>& needed) const {
  if (needed[place]) return;
  needed[place] = true;
  for (const auto& id : units_[place].inputs) add_needs(places_.at(id), needed);
}

static std::vector<size_t> places_of(const std::vector<bool>& chosen) {
  std::vector<size_t> places;
  for (size_t i = 0; i < chosen.size(); ++i)
    if (chosen[i]) places.push_back(i);
  return places;
}

std::vector<size_t> WorkGraph::needed_by(const std::string& id) const {
  at(id);
  std::vector<bool> needed(units_.size());
  add_needs(places_.at(id), needed);
  return places_of(needed);
}

std::vector<size_t> WorkGraph::shard(const Shard& shard) const {
  std::vector<bool> is_read(units_.size()), needed(units_.size());
  for (const auto& unit : units_)
    for (const auto& id : unit.inputs) is_read[places_.at(id)] = true;
  // Shares are cut stage by stage, since work of different stages is told in different units.
  std::map<std::string, double> total, before;
  for (size_t i = 0; i < units_.size(); ++i)
    if (!is_read[i]) total[units_[i].stage] += units_[i].needs.work;
  for (size_t i = 0; i < units_.size(); ++i) {
    if (is_read[i]) continue;
    const auto& unit = units_[i];
    const double middle = before[unit.stage] + unit.needs.work / 2;
    before[unit.stage] += unit.needs.work;
    const auto part = static_cast<int64_t>(middle / total[unit.stage] * static_cast<double>(shard.of));
    if (std::min(part, shard.of - 1) == shard.part - 1) add_needs(i, needed);
  }
  return places_of(needed);
}

}  // namespace arcuate
