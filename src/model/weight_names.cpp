#include "model/weight_names.h"

#include <algorithm>
#include <string_view>

#include "core/text.h"

namespace arcuate {

static bool is_per_layer(const Rename& row) {
  return std::string_view(row.file_name).find("{}") != std::string_view::npos;
}

// The row for each convolution of a stem, whose number stands for "[]".
static void add_convolutions(const Rename& row, int64_t convolutions, std::vector<WeightEntry>& entries) {
  for (int64_t i = 0; i < convolutions; ++i) {
    WeightEntry entry{row.file_name, row.name, row.store};
    for (auto* name : {&entry.file_name, &entry.name}) name->replace(name->find("[]"), 2, std::to_string(i));
    entries.push_back(std::move(entry));
  }
}

std::vector<WeightEntry> expected_entries(const Family& family, const ModelSpec& spec) {
  const auto convolutions = spec.sound ? std::ssize(spec.sound->convolutions) : 0;
  std::vector<WeightEntry> entries;
  const auto first = std::find_if(family.tensors.begin(), family.tensors.end(), is_per_layer);
  const auto last = std::find_if_not(first, family.tensors.end(), is_per_layer);
  const auto add = [&](auto begin, auto end, int64_t layer) {
    for (auto row = begin; row != end; ++row)
      if (std::string_view(row->name).find("[]") != std::string_view::npos)
        add_convolutions(*row, convolutions, entries);
      else
        entries.push_back({with_layer(row->file_name, layer), with_layer(row->name, layer), row->store});
  };
  add(family.tensors.begin(), first, 0);
  for (int64_t layer = 0; layer < spec.layers; ++layer) add(first, last, layer);
  add(last, family.tensors.end(), 0);
  return entries;
}

// Whether `name` is the pattern with one of the layers put in, or begins as "cls.*" does.
static bool matches(std::string_view name, std::string_view pattern, int64_t layers) {
  const auto hole = pattern.find("{}");
  if (hole == pattern.npos)
    return pattern.ends_with('*') ? name.starts_with(pattern.substr(0, pattern.size() - 1)) : name == pattern;
  const auto before = pattern.substr(0, hole), after = pattern.substr(hole + 2);
  if (name.size() <= before.size() + after.size() || !name.starts_with(before) || !name.ends_with(after)) return false;
  const auto layer = to_integer(name.substr(before.size(), name.size() - before.size() - after.size()));
  return layer && *layer >= 0 && *layer < layers;
}

bool is_ignored(const Family& family, const std::string& name, int64_t layers) {
  return std::any_of(family.ignored.begin(), family.ignored.end(),
                     [&](const char* pattern) { return matches(name, pattern, layers); });
}

std::string table_name(const Family& family, std::string name) {
  for (const std::string_view prefix : family.prefixes)
    if (name.starts_with(prefix)) {
      name.erase(0, prefix.size());
      break;
    }
  for (const auto& [old_end, end] : family.endings)
    if (name.ends_with(old_end)) name.replace(name.size() - std::string_view(old_end).size(), name.npos, end);
  return name;
}

std::string written_name(const Family& family, const WeightEntry& entry) {
  return entry.name == "head" ? entry.file_name : family.prefixes.front() + entry.file_name;
}

}  // namespace arcuate
