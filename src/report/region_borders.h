// Which region a place on a surface belongs to, with borders that run smoothly through the triangles between vertices.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "report/raster.h"

namespace arcuate {

/// A triangle whose corners have different labels. Inside it the label with the largest membership wins, a label's
/// membership at a corner being its share among the corner and the corner's neighbours.
struct BorderTriangle {
  std::array<int32_t, 3> labels{};
  std::array<std::array<float, 3>, 3> memberships{};  ///< [corner][label]
};

struct RegionBorders {
  std::vector<int32_t> label{};   ///< Of each triangle that is not on a border.
  std::vector<int32_t> border{};  ///< Index into `triangles`; -1: not on a border.
  std::vector<BorderTriangle> triangles{};
};

RegionBorders region_borders(std::span<const int32_t> labels, std::span<const Triangle> triangles);

/// The label at a place of a triangle, given by the weights of its corners.
int32_t region_at(const RegionBorders& borders, int32_t triangle, const std::array<float, 3>& weights);

}  // namespace arcuate
