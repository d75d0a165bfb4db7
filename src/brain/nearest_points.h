// The nearest of many points, within a distance: vertices next to voxels.
#pragma once
#include <ATen/core/Tensor.h>

namespace arcuate {

struct NearestPoints {
  at::Tensor index{};     ///< Q, int64: of the nearest point (the first of several as near); -1: none is near enough.
  at::Tensor distance{};  ///< Q, float64; infinite where none is near enough.
};

/// points: P x 3; queries: Q x 3; a point is near enough at `within` or less. Points are sorted into cubes of that
/// edge, so that only those of 27 cubes are compared. Errors: usage, unless `within` is above 0 and finite.
NearestPoints nearest_points(const at::Tensor& points, const at::Tensor& queries, double within);

}  // namespace arcuate
