#include "study/surface_maps.h"

#include <ATen/ATen.h>

#include <limits>

#include "brain/voxel_sampling.h"
#include "core/error.h"

namespace arcuate {
namespace {

constexpr double halfway[] = {0.5};

at::Tensor targets_at_vertices(const Dataset& dataset, Hemisphere hemisphere, int64_t vertices) {
  auto targets = at::full({1, vertices}, -1, at::kLong);
  for (size_t i = 0; i < dataset.places.size(); ++i) {
    const auto& place = dataset.places[i];
    if (place.hemisphere != letter(hemisphere)) continue;
    if (place.vertex >= vertices)
      bad_input("target {} lies on vertex {} of hemisphere {}, whose surface has {} vertices", dataset.targets[i],
                place.vertex, place.hemisphere, vertices);
    targets.data_ptr<int64_t>()[place.vertex] = static_cast<int64_t>(i);
  }
  return targets;
}

}  // namespace

bool has_surfaces(const Dataset& dataset) {
  if (dataset.surfaces.empty()) return false;
  return dataset.grid.empty() ? !dataset.places.empty() : dataset.surfaces.voxel_of_point.defined();
}

SurfaceMaps::SurfaceMaps(const Dataset& dataset, std::span<const double> depths) : simulated_(dataset.simulated) {
  const auto& cortex = dataset.surfaces;
  for (const auto hemisphere : {Hemisphere::left, Hemisphere::right}) {
    auto& side = hemisphere == Hemisphere::left ? left_ : right_;
    side.surfaces = read_cortex(cortex, hemisphere);
    side.targets = dataset.grid.empty() ? targets_at_vertices(dataset, hemisphere, side.surfaces.vertices())
                                        : voxels_at_depths(side.surfaces, depths.empty() ? halfway : depths,
                                                           cortex.voxel_of_point, dataset.grid);
  }
}

at::Tensor SurfaceMaps::on(Hemisphere hemisphere, const at::Tensor& values) const {
  const auto& targets = of(hemisphere).targets;
  const auto taken = values.to(at::kDouble).index({targets.clamp_min(0)});
  const auto nan = at::full({}, std::numeric_limits<double>::quiet_NaN(), at::kDouble);
  return at::nanmean(at::where(targets >= 0, taken, nan), 0).to(at::kFloat);
}

BrainMap SurfaceMaps::picture(const at::Tensor& values) const {
  const auto side = [&](Hemisphere hemisphere) {
    const auto& surfaces = of(hemisphere).surfaces;
    return BrainMapSide{.points = surfaces.inflated.points,
                        .triangles = surfaces.inflated.triangles,
                        .values = on(hemisphere, values),
                        .shading = surfaces.sulcal_depth,
                        .regions = surfaces.regions.keys};
  };
  return {.left = side(Hemisphere::left), .right = side(Hemisphere::right), .simulated = simulated_};
}

}  // namespace arcuate
