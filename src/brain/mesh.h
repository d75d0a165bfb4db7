// Triangle meshes and what can be measured on them. Shapes: V vertices, F triangles.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace arcuate {

struct Mesh {
  at::Tensor points{};     ///< V x 3, float32, mm; RAS: x to the right, y forward, z up.
  at::Tensor triangles{};  ///< F x 3, int32, counter-clockwise seen from outside.
};

/// Shapes, types, finite points, corners that exist and differ. Errors: input, all problems of the mesh at once; `what`
/// says which mesh it is.
void check_mesh(const Mesh& mesh, const std::string& what);

/// V, float64: a third of the area of every triangle around a vertex, in mm^2.
at::Tensor vertex_areas(const Mesh& mesh);

/// F x 3, float64: perpendicular to each triangle, twice its area long.
at::Tensor triangle_normals(const Mesh& mesh);

/// V x 3, float64, length 1: the mean of the triangles around a vertex, weighted by area; 0 where there are none.
at::Tensor vertex_normals(const Mesh& mesh);

/// The vertices that share an edge with vertex v, in rising order: vertices[begin[v]] … vertices[begin[v + 1] - 1].
struct Neighbours {
  std::vector<int64_t> begin{};
  std::vector<int32_t> vertices{};
  std::span<const int32_t> of(int64_t vertex) const;
};
Neighbours neighbours(const Mesh& mesh);

/// V, float64: length in mm of the shortest path along edges from the nearest seed (Dijkstra 1959); infinite where no
/// path leads. Such paths are a little longer than geodesics. Errors: usage, for seeds that are no vertices.
at::Tensor distances_along_edges(const Mesh& mesh, std::span<const int64_t> seeds);

}  // namespace arcuate
