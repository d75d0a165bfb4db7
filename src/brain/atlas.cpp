#include "brain/atlas.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "brain/atlas_files.h"
#include "brain/cortex.h"
#include "brain/dataset.h"
#include "brain/keep_targets.h"
#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"

namespace arcuate {

using at::Tensor;

namespace {

using RegionKey = std::pair<std::string, std::string>;  // hemisphere, name

// Targets of each named region.
std::map<RegionKey, std::vector<int64_t>> members(const Dataset& dataset) {
  std::map<RegionKey, std::vector<int64_t>> found;
  for (size_t v = 0; v < dataset.places.size(); ++v)
    if (const auto& place = dataset.places[v]; !place.region.empty())
      found[{place.hemisphere, place.region}].push_back(static_cast<int64_t>(v));
  return found;
}

// A wish such as "STG" or "L:STG".
bool is_wanted(const std::string& wish, const RegionKey& region) {
  return wish == region.second || wish == region.first + ":" + region.second;
}

std::vector<int64_t> targets_in(const Dataset& dataset, const std::vector<std::string>& wishes) {
  const auto regions = members(dataset);
  std::set<int64_t> chosen;
  std::vector<std::string> known;
  for (const auto& [region, targets] : regions)
    if (std::find(known.begin(), known.end(), region.second) == known.end()) known.push_back(region.second);
  Problems problems("dataset.regions names regions in which no target lies", Fault::usage);
  for (const auto& wish : wishes) {
    bool found = false;
    for (const auto& [region, targets] : regions) {
      if (!is_wanted(wish, region)) continue;
      chosen.insert(targets.begin(), targets.end());
      found = true;
    }
    if (!found) problems.add("'{}'{}", wish, suggestion(wish, known));
  }
  problems.raise();
  return {chosen.begin(), chosen.end()};
}

void keep_regions(Dataset& dataset, const std::vector<int64_t>& kept) {
  const auto all = dataset.targets.size();
  keep_targets(dataset, kept);
  dataset.notes.push_back(fmt::format("{} of {} targets lie outside of dataset.regions", all - kept.size(), all));
}

// V: of the voxels among places of CIFTI, along an axis in mm; 0 for vertices.
Tensor voxels_along(const Dataset& dataset, int axis) {
  auto along = at::zeros({std::ssize(dataset.targets)}, at::kDouble);
  int64_t target = 0;
  for (const auto& model : dataset.dense.models) {
    target += std::ssize(model.vertices);
    for (const auto& [x, y, z] : model.voxels) {
      const auto row = dataset.dense.grid.affine[axis].to(at::kDouble);
      const auto voxel = at::tensor({double(x), double(y), double(z), 1.0}, at::kDouble);
      along[target++] = row.dot(voxel);
    }
  }
  return along;
}

// V: where the targets lie along an axis, in mm.
Tensor coordinates(const Dataset& dataset, int axis) {
  if (!dataset.grid.empty()) return centres_of(dataset.grid).select(1, axis);
  auto result = voxels_along(dataset, axis);
  if (std::none_of(dataset.places.begin(), dataset.places.end(), [](const auto& p) { return !p.hemisphere.empty(); }))
    return result;
  if (dataset.surfaces.empty())
    bad_usage("dataset.split needs to know where targets lie: voxels, or vertices with dataset.surfaces");
  std::map<std::string, Tensor> along;
  for (const auto hemisphere : {Hemisphere::left, Hemisphere::right}) {
    const auto points = read_cortex(dataset.surfaces, hemisphere).middle.points;
    if (!points.defined())
      bad_input("dataset.split needs surfaces with white matter and pial surface, or halfway between them");
    along[letter(hemisphere)] = points.select(1, axis);
  }
  for (size_t v = 0; v < dataset.places.size(); ++v) {
    const auto& [side, vertex, region] = dataset.places[v];
    if (side.empty()) continue;
    if (vertex >= along[side].size(0))
      bad_input("the surface of hemisphere {} has {} vertices, target {} is vertex {}", side, along[side].size(0),
                dataset.targets[v], vertex);
    result[static_cast<int64_t>(v)] = along[side][vertex].to(at::kDouble);
  }
  return result;
}

void split_regions(Dataset& dataset, const AtlasOptions& options) {
  const auto all = coordinates(dataset, options.axis);
  for (const auto& [region, targets] : members(dataset)) {
    const auto slices = std::ssize(targets) / options.split;
    if (slices < 2) continue;
    const auto along = all.index_select(0, index_tensor(targets));
    const double low = along.min().item<double>(), high = along.max().item<double>();
    if (!(high > low)) continue;
    for (size_t i = 0; i < targets.size(); ++i) {
      const double share = (along[static_cast<int64_t>(i)].item<double>() - low) / (high - low);
      const auto slice = std::min(static_cast<int64_t>(share * static_cast<double>(slices)), slices - 1);
      dataset.places[static_cast<size_t>(targets[i])].region += fmt::format("_{}", slice + 1);
    }
  }
}

// T x regions: means over the columns that vary and are finite; NaN where there are none.
Tensor region_means(const Tensor& responses, const std::vector<Tensor>& regions) {
  std::vector<Tensor> means;
  for (const auto& columns : regions) {
    const auto own = responses.index_select(1, columns);
    const auto usable = at::isfinite(own).all(0).logical_and(own.ne(own.slice(0, 0, 1)).any(0));
    means.push_back(own.index_select(1, usable.nonzero().squeeze(1)).mean(1));
  }
  return at::stack(means, 1);
}

void average_regions(Dataset& dataset) {
  std::vector<Tensor> columns;
  std::vector<std::string> names;
  size_t inside = 0;
  for (const auto& [region, targets] : members(dataset)) {
    columns.push_back(index_tensor(targets));
    names.push_back(region.first.empty() ? region.second : region.first + "_" + region.second);
    inside += targets.size();
  }
  if (columns.empty()) bad_usage("dataset.average = \"region\": no target lies in a region; dataset.atlas names them");
  if (inside < dataset.targets.size())
    dataset.notes.push_back(
        fmt::format("{} of {} targets lie in no region", dataset.targets.size() - inside, dataset.targets.size()));
  for (auto& recording : dataset.recordings)
    change_recording(dataset, recording,
                     [columns](const Tensor& responses) { return region_means(responses, columns); });
  dataset.targets = names;
  dataset.places.clear();
  dataset.grid = {};
  dataset.dense = {};
  dataset.surfaces = {};
}

}  // namespace

void settle_regions(Dataset& dataset, const AtlasOptions& options) {
  if (!options.files.empty()) label_targets(dataset, options);
  if (!options.regions.empty()) keep_regions(dataset, targets_in(dataset, options.regions));
  if (options.split > 0) split_regions(dataset, options);
  if (options.average == TargetMean::region) average_regions(dataset);
}

}  // namespace arcuate
