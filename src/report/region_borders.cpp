#include "report/region_borders.h"

#include <algorithm>
#include <cstddef>

namespace arcuate {

using Neighbours = std::vector<std::vector<int32_t>>;

// The vertices of the triangles around each vertex; inside a surface each neighbour is there twice, like the vertex.
static Neighbours neighbours_of(size_t vertices, std::span<const Triangle> triangles) {
  Neighbours neighbours(vertices);
  for (size_t vertex = 0; vertex < vertices; ++vertex) neighbours[vertex].assign(2, static_cast<int32_t>(vertex));
  for (const Triangle& triangle : triangles)
    for (const int32_t corner : triangle)
      for (const int32_t other : triangle)
        if (other != corner) neighbours[corner].push_back(other);
  return neighbours;
}

static float membership(std::span<const int32_t> labels, const std::vector<int32_t>& around, int32_t label) {
  const auto count = std::ranges::count_if(around, [&](int32_t vertex) { return labels[vertex] == label; });
  return static_cast<float>(count) / static_cast<float>(around.size());
}

static BorderTriangle border_triangle(std::span<const int32_t> labels, const Triangle& triangle,
                                      const Neighbours& neighbours) {
  BorderTriangle border;
  for (size_t k = 0; k < 3; ++k) border.labels[k] = labels[triangle[k]];
  for (size_t corner = 0; corner < 3; ++corner)
    for (size_t k = 0; k < 3; ++k)
      border.memberships[corner][k] = membership(labels, neighbours[triangle[corner]], border.labels[k]);
  return border;
}

RegionBorders region_borders(std::span<const int32_t> labels, std::span<const Triangle> triangles) {
  const Neighbours neighbours = neighbours_of(labels.size(), triangles);
  RegionBorders borders;
  for (const Triangle& triangle : triangles) {
    const auto [a, b, c] = triangle;
    const bool inside = labels[a] == labels[b] && labels[b] == labels[c];
    borders.label.push_back(labels[a]);
    borders.border.push_back(inside ? -1 : static_cast<int32_t>(borders.triangles.size()));
    if (!inside) borders.triangles.push_back(border_triangle(labels, triangle, neighbours));
  }
  return borders;
}

int32_t region_at(const RegionBorders& borders, int32_t triangle, const std::array<float, 3>& weights) {
  const int32_t index = borders.border[triangle];
  if (index < 0) return borders.label[triangle];
  const BorderTriangle& border = borders.triangles[index];
  std::array<float, 3> sums{};
  for (size_t corner = 0; corner < 3; ++corner)
    for (size_t k = 0; k < 3; ++k) sums[k] += weights[corner] * border.memberships[corner][k];
  return border.labels[static_cast<size_t>(std::ranges::max_element(sums) - sums.begin())];
}

}  // namespace arcuate
