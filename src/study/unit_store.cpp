#include "study/unit_store.h"

#include <algorithm>
#include <cctype>
#include <deque>

#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "core/parallel.h"
#include "core/version.h"

namespace arcuate {
namespace {

// Long values as their hashes: a receipt tells which one changed, not all the words of a story.
Json shortened(const Json& value) {
  constexpr size_t longest = 120;
  if (value.is_object()) {
    Json object = Json::object();
    for (const auto& [key, item] : value.items()) object[key] = shortened(item);
    return object;
  }
  const auto text = value.dump();
  return text.size() > longest ? Json("sha256:" + sha256(text)) : value;
}

Json receipt_of(const Unit& unit) {
  return {{"unit", unit.id},
          {"key", unit.key},
          {"format", unit_format},
          {"program", version},
          {"bytes", fs::file_size(unit.output)},
          {"sha256", sha256_file(unit.output)},
          {"depends_on", shortened(unit.depends_on)},
          {"inputs", unit.input_keys}};
}

std::string shown(const Json& object, const Json::json_pointer& place) {
  return object.contains(place) ? object.at(place).dump() : "not there";
}

// "/settings/encode/gap" -> "settings.encode.gap"
std::string dotted(std::string place) {
  std::replace(place.begin(), place.end(), '/', '.');
  return place.substr(std::min<size_t>(1, place.size()));
}

void compare(const Json& before, const Json& now, std::vector<std::string>& reasons) {
  for (const auto& step : Json::diff(before, now)) {
    const auto place = Json::json_pointer(step.at("path").get<std::string>());
    reasons.push_back(
        fmt::format("{} was {}, is {}", dotted(place.to_string()), shown(before, place), shown(now, place)));
  }
}

std::vector<std::string> changes(const Unit& unit, const Json& receipt) {
  std::vector<std::string> reasons;
  const auto before = [&](const char* name) { return receipt.value(name, Json::object()); };
  if (receipt.value("format", 0) != unit_format || receipt.value("program", "") != version)
    reasons.push_back(fmt::format("arcuate {} (format {}) made it, this is {} (format {})",
                                  receipt.value("program", "?"), receipt.value("format", 0), version, unit_format));
  compare(before("depends_on"), shortened(unit.depends_on), reasons);
  const auto inputs = before("inputs");
  for (const auto& [id, key] : unit.input_keys.items())
    if (inputs.value(id, "") != key) reasons.push_back(fmt::format("it reads {}, which changes", id));
  if (reasons.empty()) reasons.emplace_back("it depends on something else than before");
  return reasons;
}

bool is_intact(const Unit& unit, const Json& receipt) {
  return fs::file_size(unit.output) == receipt.value("bytes", uintmax_t{0}) &&
         sha256_file(unit.output) == receipt.value("sha256", "");
}

// "X.123.tmp", as write_atomically and Hdf5Writer call what is not finished yet.
bool is_temporary(const fs::path& path) {
  if (path.extension() != ".tmp") return false;
  const auto number = path.stem().extension().string();
  return number.size() > 1 &&
         std::all_of(number.begin() + 1, number.end(), [](unsigned char c) { return std::isdigit(c); });
}

}  // namespace

fs::path receipt_file(const fs::path& output) { return fs::path(output).replace_extension(".json"); }

UnitReport inspect(const Unit& unit) {
  const auto file = receipt_file(unit.output);
  if (!fs::exists(unit.output)) return {UnitState::absent, {"it has no output yet"}};
  if (!fs::exists(file)) return {UnitState::incomplete, {"a run ended before its output was complete"}};
  Json receipt;
  try {
    receipt = read_json(file);
    if (!receipt.is_object()) bad_input("not a receipt");
    if (receipt.value("key", "") != unit.key) return {UnitState::outdated, changes(unit, receipt)};
    if (is_intact(unit, receipt)) return {UnitState::finished, {}};
  } catch (const Error&) {
    return {UnitState::damaged, {fmt::format("'{}' or its output cannot be read", file.string())}};
  } catch (const Json::exception&) {
    return {UnitState::damaged, {fmt::format("'{}' is no receipt", file.string())}};
  }
  return {UnitState::damaged, {fmt::format("'{}' is not what was written", unit.output.string())}};
}

bool is_finished(const Unit& unit) { return inspect(unit).state == UnitState::finished; }

std::vector<UnitReport> inspect_all(const WorkGraph& graph, const std::vector<size_t>& places, int threads) {
  std::vector<UnitReport> reports(places.size());
  parallel_for(std::ssize(reports), threads, [&](int64_t i) {
    const auto place = static_cast<size_t>(i);
    reports[place] = inspect(graph.units()[places[place]]);
  });
  return reports;
}

std::string stored_key(const Unit& unit) {
  try {
    const auto receipt = read_json(receipt_file(unit.output));
    return receipt.is_object() ? receipt.value("key", "") : "";
  } catch (const Error&) {
    return "";
  } catch (const Json::exception&) {
    return "";
  }
}

void check_stored_key(const Unit& unit) {
  if (stored_key(unit) != unit.key)
    bad_usage("another run with other settings made {} anew ('{}'); studies that differ need folders of their own",
              unit.id, unit.output.string());
}

static void write_outputs(const std::vector<const Unit*>& units, const Compute& compute,
                          std::deque<Hdf5Writer>& files) {
  if (units.front()->group.name.empty()) return units.front()->write(compute, files.front());
  std::vector<UnitPart> parts;
  for (size_t i = 0; i < units.size(); ++i) parts.push_back({units[i]->group.part, files[i]});
  units.front()->group.write(compute, parts);
}

void make_units(const std::vector<const Unit*>& units, const Compute& compute, const CheckUnit& check) {
  std::deque<Hdf5Writer> files;
  for (const auto* unit : units) {
    fs::create_directories(unit->output.parent_path());
    remove_parts(unit->output);
    remove_parts(receipt_file(unit->output));
    fs::remove(receipt_file(unit->output));
    auto& file = files.emplace_back(unit->output);
    file.attribute("format", unit->format);
    file.attribute("key", unit->key);
  }
  write_outputs(units, compute, files);
  for (size_t i = 0; i < units.size(); ++i) {
    files[i].finish();
    if (check) check(*units[i]);
    write_json(receipt_file(units[i]->output), receipt_of(*units[i]));
  }
}

void remove_parts(const fs::path& file) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(file.parent_path(), ignored))
    if (is_temporary(entry.path()) && entry.path().stem().stem() == file.filename()) fs::remove(entry.path(), ignored);
}

void remove_all_parts(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.is_regular_file(ignored) && is_temporary(entry.path())) fs::remove(entry.path(), ignored);
}

}  // namespace arcuate
