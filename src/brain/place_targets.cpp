#include "brain/place_targets.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "brain/nested_mesh.h"
#include "brain/voxel_sampling.h"
#include "core/error.h"

namespace arcuate {
namespace {

namespace fs = std::filesystem;

constexpr Hemisphere both[] = {Hemisphere::left, Hemisphere::right};

struct Extent {
  int64_t targets = 0, needed = 0;  // needed: largest vertex + 1
  bool whole() const { return targets == needed; }
};

Extent extent_of(const Dataset& dataset, Hemisphere hemisphere) {
  Extent extent;
  for (const auto& place : dataset.places) {
    if (place.hemisphere != letter(hemisphere)) continue;
    ++extent.targets;
    extent.needed = std::max(extent.needed, place.vertex + 1);
  }
  return extent;
}

void fit_vertices(const fs::path& folder, Cortex& cortex, const Dataset& dataset) {
  for (const auto hemisphere : both) {
    const auto extent = extent_of(dataset, hemisphere);
    const auto stored = stored_vertices(cortex, hemisphere);
    check_vertices_of(dataset, hemisphere, stored, folder.string());
    if (extent.whole() && is_nested(extent.needed, stored) && extent.needed < stored) cortex.vertices = extent.needed;
  }
}

void name_regions(const Cortex& cortex, Dataset& dataset) {
  for (const auto hemisphere : both) {
    const auto names = region_names(read_cortex(cortex, hemisphere));
    for (auto& place : dataset.places)
      if (place.hemisphere == letter(hemisphere) && place.region.empty())
        place.region = names[static_cast<size_t>(place.vertex)];
  }
}

}  // namespace

void check_vertices_of(const Dataset& dataset, Hemisphere hemisphere, int64_t stored, const std::string& source) {
  const auto extent = extent_of(dataset, hemisphere);
  const bool nested = is_nested(extent.needed, stored);
  if (extent.whole() && extent.needed > 0 ? !nested : extent.needed > stored)
    bad_input(
        "'{}' has {} vertices in hemisphere {}, the targets {}; as many are needed, or those of an average of "
        "FreeSurfer that is finer than that of the recordings",
        source, stored, letter(hemisphere), extent.needed);
}

void place_on_surfaces(const fs::path& folder, const DatasetOptions& options, Dataset& dataset) {
  if (dataset.grid.empty() && dataset.places.empty())
    bad_usage("dataset.surfaces: the targets are neither vertices nor voxels, so they lie on no surface");
  auto cortex = find_cortex(folder, options.parcellation);
  if (dataset.grid.empty()) {
    fit_vertices(folder, cortex, dataset);
    name_regions(cortex, dataset);
  } else {
    cortex.voxel_of_point = at::inverse(dataset.grid.affine);
    dataset.places = places_of_voxels(dataset.grid, cortex, options.region_distance);
  }
  for (const auto& file : cortex.files()) dataset.inputs.push_back(file);
  dataset.surfaces = std::move(cortex);
}

}  // namespace arcuate
