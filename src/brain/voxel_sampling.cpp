#include "brain/voxel_sampling.h"

#include <ATen/ATen.h>

#include "brain/nearest_points.h"
#include "core/error.h"

namespace arcuate {
namespace {

at::Tensor transformed(const at::Tensor& matrix, const at::Tensor& points) {
  const auto rotation = matrix.slice(0, 0, 3).slice(1, 0, 3), shift = matrix.slice(0, 0, 3).select(1, 3);
  return at::matmul(points.to(at::kDouble), rotation.t()) + shift;
}

// x, y, z: number of the voxel that is a target; -1: none.
at::Tensor numbers_in_volume(const VoxelGrid& grid) {
  auto volume = at::full({grid.shape[0], grid.shape[1], grid.shape[2]}, -1, at::kLong);
  const auto axis = [&](int64_t k) { return grid.voxels.select(1, k); };
  volume.index_put_({axis(0), axis(1), axis(2)}, at::arange(grid.count(), at::kLong));
  return volume;
}

at::Tensor points_at(const CortexSide& side, double depth) {
  if (!(depth >= 0 && depth <= 1)) bad_usage("a depth of the cortex is 0 (white) to 1 (pial), not {}", depth);
  if (side.white.points.defined() && side.pial.points.defined())
    return side.white.points.to(at::kDouble) * (1 - depth) + side.pial.points.to(at::kDouble) * depth;
  if (!side.middle.points.defined() || depth != 0.5)
    bad_input(
        "values at a depth of {} of the cortex need its white and pial surfaces; only one halfway (0.5) can stand for "
        "both",
        depth);
  return side.middle.points;
}

}  // namespace

at::Tensor voxels_at(const at::Tensor& points, const at::Tensor& voxel_of_point, const VoxelGrid& grid) {
  const auto nearest = (transformed(voxel_of_point, points) + 0.5).floor();
  const auto size = at::tensor({grid.shape[0], grid.shape[1], grid.shape[2]}, at::kLong);
  const auto inside = at::isfinite(nearest).logical_and(nearest >= 0).logical_and(nearest < size).all(1);
  const auto place = at::where(inside.unsqueeze(1), nearest, at::zeros_like(nearest)).to(at::kLong);
  const auto numbers = numbers_in_volume(grid).index({place.select(1, 0), place.select(1, 1), place.select(1, 2)});
  return at::where(inside, numbers, at::full_like(numbers, -1));
}

at::Tensor voxels_at_depths(const CortexSide& side, std::span<const double> depths, const at::Tensor& voxel_of_point,
                            const VoxelGrid& grid) {
  if (depths.empty()) bad_usage("at least one depth of the cortex is needed");
  std::vector<at::Tensor> rows;
  for (const double depth : depths) rows.push_back(voxels_at(points_at(side, depth), voxel_of_point, grid));
  return at::stack(rows);
}

std::vector<TargetPlace> places_of_voxels(const VoxelGrid& grid, const Cortex& cortex, double within) {
  const auto centres = transformed(at::inverse(cortex.voxel_of_point), grid.voxels);
  std::vector<TargetPlace> places(static_cast<size_t>(grid.count()), {.vertex = -1});
  auto nearest = at::full({grid.count()}, std::numeric_limits<double>::infinity(), at::kDouble);
  for (const auto hemisphere : {Hemisphere::left, Hemisphere::right}) {
    const auto side = read_cortex(cortex, hemisphere);
    const auto found = nearest_points(points_at(side, 0.5), centres, within);
    const auto names = region_names(side);
    for (size_t v = 0; v < places.size(); ++v) {
      const auto distance = found.distance.data_ptr<double>()[v];
      if (!(distance < nearest.data_ptr<double>()[v])) continue;
      const auto vertex = found.index.data_ptr<int64_t>()[v];
      nearest.data_ptr<double>()[v] = distance;
      places[v] = {.hemisphere = letter(hemisphere), .vertex = vertex, .region = names[static_cast<size_t>(vertex)]};
    }
  }
  return places;
}

}  // namespace arcuate
