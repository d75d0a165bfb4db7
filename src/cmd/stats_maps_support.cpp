#include "cmd/stats_maps_support.h"

#include <ATen/ATen.h>

#include <cmath>
#include <set>

#include "brain/surface.h"
#include "cmd/labels_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/tensor.h"
#include "core/text.h"
#include "io/gifti.h"
#include "io/npy.h"

namespace arcuate {

using at::Tensor;

constexpr const char* hemisphere_key = "AnatomicalStructurePrimary";

void describe_stats_maps(cli::Spec<StatsMapNames>& s) {
  s.section("Maps");
  s.option("paired", &StatsMapNames::paired,
           "maps to subtract, one for each input in the same order: paired tests of two models, or of left less right "
           "on surfaces whose vertices correspond")
      .metavar("FILE");
  s.option("map", &StatsMapNames::map, "which map of files that hold several: its name, or its number from 1");
}

namespace {

size_t number_of_map(const std::string& wanted, const std::vector<std::string>& names, const fs::path& path) {
  if (wanted.empty() && names.size() == 1) return 0;
  const auto number = to_integer(wanted);
  for (size_t i = 0; i < names.size(); ++i)
    if (!wanted.empty() && names[i] == wanted) return i;
  if (number && *number >= 1 && *number <= std::ssize(names)) return static_cast<size_t>(*number - 1);
  if (wanted.empty())
    bad_input("'{}' has {} maps: choose one with --map{}", path.string(), names.size(),
              names.front().empty() ? ", by its number from 1" : ": " + join(names, ", "));
  bad_input("'{}' has no map '{}'{}", path.string(), wanted,
            names.front().empty() ? fmt::format("; its maps have the numbers 1 to {}", names.size())
                                  : suggestion(wanted, names));
}

Tensor read_gifti_map(const fs::path& path, const std::string& wanted) {
  const auto values = read_vertex_values(path);
  std::vector<std::string> names;
  for (const auto& array : read_gifti(path).arrays) {
    const auto name = array.metadata.find("Name");
    names.push_back(name == array.metadata.end() ? "" : name->second);
  }
  const auto at = static_cast<int64_t>(number_of_map(wanted, names, path));
  return values.dim() == 1 ? values : values[at];
}

Tensor read_npy_map(const fs::path& path, const std::string& wanted) {
  auto values = read_npy(path);
  if ((values.dim() != 1 && values.dim() != 2) || values.numel() == 0)
    bad_input("'{}' is {}: a map is V numbers, or maps x V", path.string(), shape_text(values));
  if (values.dim() == 1) {
    number_of_map(wanted, {""}, path);
    return values;
  }
  return values[static_cast<int64_t>(
      number_of_map(wanted, std::vector<std::string>(static_cast<size_t>(values.size(0))), path))];
}

Tensor read_map(const fs::path& path, const std::string& wanted) {
  return (is_gifti_name(path) ? read_gifti_map(path, wanted) : read_npy_map(path, wanted)).to(at::kDouble);
}

// "sub-01" of a BIDS path, or "".
std::string subject_of(const fs::path& path) {
  for (const auto& part : {path.filename(), path.parent_path().filename(), path.parent_path().parent_path().filename()})
    if (const auto text = part.string(); text.starts_with("sub-")) return text.substr(0, text.find_first_of("_."));
  return "";
}

void check_lists(const StatsMapNames& names) {
  Problems problems("maps are one file a subject", Fault::usage);
  const auto once = [&](const std::vector<fs::path>& files) {
    std::set<fs::path> seen;
    for (const auto& file : files)
      if (!seen.insert(file.lexically_normal()).second) problems.add("'{}' is named twice", file.string());
  };
  once(names.files);
  once(names.paired);
  if (!names.paired.empty() && names.paired.size() != names.files.size())
    problems.add("--paired has {} maps for {}", names.paired.size(), names.files.size());
  for (const auto& file : names.paired)
    if (!is_gifti_name(file) && file.extension() != ".npy")
      problems.add("--paired '{}': expected a .npy or .gii file", file.string());
  problems.raise();
}

void check_map(const fs::path& file, const std::string& wanted, int64_t& vertices, Problems& problems) {
  try {
    const auto map = read_map(file, wanted);
    if (vertices < 0) vertices = map.size(0);
    if (map.size(0) != vertices)
      problems.add("'{}' has {} vertices, the first map has {}", file.string(), map.size(0), vertices);
    if (at::isinf(map).any().item<bool>()) problems.add("'{}' has infinite values", file.string());
  } catch (const Error& error) {
    problems.add("{}", error.what());
  }
}

int64_t check_maps(const StatsMapNames& names) {
  Problems problems("the maps cannot be tested together");
  int64_t vertices = -1;
  for (const auto* list : {&names.files, &names.paired})
    for (const auto& file : *list) check_map(file, names.map, vertices, problems);
  for (size_t i = 0; i < names.paired.size(); ++i) {
    const auto a = subject_of(names.files[i]), b = subject_of(names.paired[i]);
    if (!a.empty() && !b.empty() && a != b)
      problems.add("'{}' is of {} and its partner '{}' of {}", names.files[i].string(), a, names.paired[i].string(), b);
  }
  problems.raise();
  return vertices;
}

}  // namespace

int64_t leave_out_mean_maps(StatsMapNames& names) {
  check_lists(names);
  StatsMapNames kept{.map = names.map};
  for (size_t i = 0; i < names.files.size(); ++i) {
    if (subject_of(names.files[i]) == "sub-mean") continue;
    kept.files.push_back(names.files[i]);
    if (!names.paired.empty()) kept.paired.push_back(names.paired[i]);
  }
  if (kept.files.empty()) return 0;  // nothing but means: one is told as one, several as what they are
  const int64_t left_out = std::ssize(names.files) - std::ssize(kept.files);
  names = std::move(kept);
  return left_out;
}

UnitRows map_units(const StatsMapNames& names) {
  check_lists(names);
  const int64_t vertices = check_maps(names);
  return {.count = std::ssize(names.files), .columns = vertices, .read = [names](int64_t unit) {
            const auto at = static_cast<size_t>(unit);
            const auto map = read_map(names.files[at], names.map);
            return names.paired.empty() ? map : map - read_map(names.paired[at], names.map);
          }};
}

UnitRows region_units(const UnitRows& units, std::vector<int64_t> region_of, int64_t regions) {
  return {.count = units.count,
          .columns = regions,
          .read = [read = units.read, region_of = std::move(region_of), regions](int64_t unit) {
            const auto values = to_vector(read(unit));
            std::vector<double> sum(static_cast<size_t>(regions), 0), count = sum;
            for (size_t v = 0; v < values.size(); ++v) {
              if (region_of[v] < 0 || std::isnan(values[v])) continue;
              sum[static_cast<size_t>(region_of[v])] += values[v];
              ++count[static_cast<size_t>(region_of[v])];
            }
            return to_tensor(sum) / to_tensor(count);
          }};
}

TargetRegions read_target_regions(const fs::path& path, int64_t targets) {
  if (path.empty()) return {};
  std::vector<std::string> labels;
  if (is_gifti_name(path) || path.extension() == ".annot") {
    const auto regions = read_regions(path);
    std::map<int, std::string> names;
    for (const auto& region : regions.list) names[region.key] = region.name;
    for (int64_t v = 0; v < regions.keys.size(0); ++v) {
      const auto key = regions.keys.data_ptr<int32_t>()[v];
      labels.push_back(key == 0 ? "n/a" : names.at(key));
    }
  } else {
    labels = read_labels(path, "target");
    if (path.extension() == ".npy")
      for (auto& label : labels)
        if (label == "0") label = "n/a";
  }
  if (std::ssize(labels) != targets)
    bad_input("'{}' has {} labels for {} targets", path.string(), labels.size(), targets);
  std::vector<std::string> known = labels;
  std::erase(known, "n/a");
  if (known.empty()) bad_input("'{}' has no label but n/a: no target is in a region", path.string());
  TargetRegions result{.names = number_labels(known).names};
  std::map<std::string, int64_t> numbers{{"n/a", -1}};
  for (size_t i = 0; i < result.names.size(); ++i) numbers[result.names[i]] = static_cast<int64_t>(i);
  for (const auto& label : labels) result.numbers.push_back(numbers.at(label));
  return result;
}

std::map<std::string, std::string> structure_of(const fs::path& path) {
  if (!is_gifti_name(path)) return {};
  const auto file = read_gifti(path);
  const auto found = file.metadata.find(hemisphere_key);
  return found == file.metadata.end() ? std::map<std::string, std::string>{}
                                      : std::map<std::string, std::string>{*found};
}

void write_stats_maps(const fs::path& folder, const std::vector<NamedMap>& maps, bool gifti,
                      const std::map<std::string, std::string>& structure) {
  if (!gifti) {
    for (const auto& map : maps) write_npy(folder / (map.name + ".npy"), map.values);
    return;
  }
  Gifti file{.metadata = structure};
  for (const auto& map : maps)
    file.arrays.push_back({.intent = "NIFTI_INTENT_NONE",
                           .values = map.values.to(at::kFloat).contiguous(),
                           .metadata = {{"Name", map.name}}});
  write_gifti(folder / "stats.func.gii", file);
}

}  // namespace arcuate
