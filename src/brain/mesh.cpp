#include "brain/mesh.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <queue>
#include <utility>

#include "core/error.h"
#include "core/tensor.h"

namespace arcuate {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

bool is_list_of_three(const at::Tensor& tensor, at::ScalarType type) {
  return tensor.defined() && tensor.dim() == 2 && tensor.size(1) == 3 && tensor.scalar_type() == type;
}

void check_shape(Problems& problems, const at::Tensor& tensor, at::ScalarType type, const char* name) {
  if (is_list_of_three(tensor, type) && tensor.size(0) > 0) return;
  const auto found =
      tensor.defined() ? shape_text(tensor) + " " + std::string(toString(tensor.scalar_type())) : "nothing";
  problems.add("{} must be N x 3 numbers of type {} with N > 0, found {}", name, toString(type), found);
}

void check_points(Problems& problems, const at::Tensor& points) {
  const auto bad = points.isfinite().all(1).logical_not().nonzero();
  if (bad.size(0) > 0)
    problems.add("{} points are not finite, the first is vertex {}", bad.size(0), bad[0][0].item<int64_t>());
}

// Corners of triangle t that are not what they should be, told for the first triangle of each kind.
void check_triangles(Problems& problems, const at::Tensor& triangles, int64_t vertices) {
  const auto outside = at::logical_or(triangles < 0, triangles >= vertices).any(1).nonzero();
  if (outside.size(0) > 0) {
    const auto first = outside[0][0].item<int64_t>();
    const auto corners = triangles[first];
    problems.add("{} triangles name vertices that do not exist (there are {}), the first is triangle {}: {} {} {}",
                 outside.size(0), vertices, first, corners[0].item<int>(), corners[1].item<int>(),
                 corners[2].item<int>());
  }
  const auto a = triangles.select(1, 0), b = triangles.select(1, 1), c = triangles.select(1, 2);
  const auto flat = at::logical_or(at::logical_or(a == b, b == c), a == c).nonzero();
  if (flat.size(0) > 0)
    problems.add("{} triangles name a vertex twice, the first is triangle {}", flat.size(0),
                 flat[0][0].item<int64_t>());
}

std::array<at::Tensor, 3> corners(const Mesh& mesh) {
  const auto points = mesh.points.to(at::kDouble);
  const auto indices = mesh.triangles.to(at::kLong);
  const auto corner = [&](int64_t k) { return points.index_select(0, indices.select(1, k)); };
  return {corner(0), corner(1), corner(2)};
}

// The sum over the triangles around each vertex of a value of theirs. values: F x N; returns V x N.
at::Tensor gathered(const Mesh& mesh, const at::Tensor& values) {
  auto sums = at::zeros({mesh.points.size(0), values.size(1)}, at::kDouble);
  const auto indices = mesh.triangles.to(at::kLong);
  for (int64_t k = 0; k < 3; ++k) sums.index_add_(0, indices.select(1, k), values);
  return sums;
}

using Edge = std::pair<int32_t, int32_t>;

// Every edge in both directions, once, in rising order.
std::vector<Edge> edges(const Mesh& mesh) {
  std::vector<Edge> edges;
  const auto triangles = mesh.triangles.contiguous();
  const int32_t* corner = triangles.data_ptr<int32_t>();
  for (int64_t t = 0; t < triangles.size(0); ++t, corner += 3)
    for (int k = 0; k < 3; ++k) {
      edges.emplace_back(corner[k], corner[(k + 1) % 3]);
      edges.emplace_back(corner[(k + 1) % 3], corner[k]);
    }
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

double length(const float* a, const float* b) {
  return std::hypot(double{a[0]} - b[0], double{a[1]} - b[1], double{a[2]} - b[2]);
}

}  // namespace

void check_mesh(const Mesh& mesh, const std::string& what) {
  Problems problems(what + " is not a valid surface");
  check_shape(problems, mesh.points, at::kFloat, "points");
  check_shape(problems, mesh.triangles, at::kInt, "triangles");
  problems.raise();
  check_points(problems, mesh.points);
  check_triangles(problems, mesh.triangles, mesh.points.size(0));
  problems.raise();
}

at::Tensor triangle_normals(const Mesh& mesh) {
  const auto [a, b, c] = corners(mesh);
  return at::cross(b - a, c - a, 1);
}

at::Tensor vertex_areas(const Mesh& mesh) {
  return gathered(mesh, triangle_normals(mesh).norm(2, 1, true) / 6).squeeze(1);
}

at::Tensor vertex_normals(const Mesh& mesh) {
  const auto sums = gathered(mesh, triangle_normals(mesh));
  const auto lengths = sums.norm(2, 1, true);
  return sums / at::where(lengths > 0, lengths, at::ones_like(lengths));
}

std::span<const int32_t> Neighbours::of(int64_t vertex) const {
  const auto v = static_cast<size_t>(vertex);
  return {vertices.data() + begin[v], static_cast<size_t>(begin[v + 1] - begin[v])};
}

Neighbours neighbours(const Mesh& mesh) {
  Neighbours neighbours;
  neighbours.begin.assign(static_cast<size_t>(mesh.points.size(0)) + 1, 0);
  for (const auto& [from, to] : edges(mesh)) {
    ++neighbours.begin[static_cast<size_t>(from) + 1];
    neighbours.vertices.push_back(to);
  }
  for (size_t v = 1; v < neighbours.begin.size(); ++v) neighbours.begin[v] += neighbours.begin[v - 1];
  return neighbours;
}

at::Tensor distances_along_edges(const Mesh& mesh, std::span<const int64_t> seeds) {
  const int64_t vertices = mesh.points.size(0);
  const auto points = mesh.points.contiguous();
  const float* point = points.data_ptr<float>();
  const auto graph = neighbours(mesh);
  auto distances = at::full({vertices}, infinite, at::kDouble);
  double* distance = distances.data_ptr<double>();
  using Reached = std::pair<double, int64_t>;
  std::priority_queue<Reached, std::vector<Reached>, std::greater<>> front;
  for (const int64_t seed : seeds) {
    if (seed < 0 || seed >= vertices) bad_usage("seed {} is no vertex: the mesh has {} vertices", seed, vertices);
    distance[seed] = 0;
    front.emplace(0.0, seed);
  }
  while (!front.empty()) {
    const auto [far, vertex] = front.top();
    front.pop();
    if (far > distance[vertex]) continue;  // reached on a shorter path in the meantime
    for (const int32_t next : graph.of(vertex)) {
      const double there = far + length(point + 3 * vertex, point + 3 * next);
      if (there >= distance[next]) continue;
      distance[next] = there;
      front.emplace(there, next);
    }
  }
  return distances;
}

}  // namespace arcuate
