#include "brain/nested_mesh.h"

#include <ATen/ATen.h>

#include <array>
#include <vector>

#include "core/error.h"

namespace arcuate {
namespace {

using Corners = std::array<int32_t, 3>;

constexpr int64_t icosahedron_vertices = 12;

// For each new vertex the two old ones whose edge it halves.
class Halved {
 public:
  Halved(int64_t old, int64_t vertices) : old_(old), ends_(static_cast<size_t>(vertices - old), {-1, -1}) {}

  bool is_new(int32_t vertex) const { return vertex >= old_; }
  void add(int32_t fresh, int32_t end) {
    auto& [first, second] = ends_[static_cast<size_t>(fresh - old_)];
    if (first == end || second == end) return;
    if (first >= 0 && second >= 0) broken();
    (first < 0 ? first : second) = end;
  }
  int32_t common(int32_t a, int32_t b) const {
    for (const int32_t end : ends_[static_cast<size_t>(a - old_)])
      for (const int32_t other : ends_[static_cast<size_t>(b - old_)])
        if (end == other && end >= 0) return end;
    broken();
  }
  [[noreturn]] static void broken() {
    bad_input(
        "a mesh of that many vertices can be cut down only if its triangles were made by cutting those of a coarser "
        "one in four, vertices of the coarser one first, as those of fsaverage are; this mesh was not");
  }

 private:
  int64_t old_;
  std::vector<std::array<int32_t, 2>> ends_;
};

std::vector<Corners> corners_of(const Mesh& mesh) {
  const auto triangles = mesh.triangles.contiguous();
  const auto* corner = triangles.data_ptr<int32_t>();
  std::vector<Corners> list(static_cast<size_t>(triangles.size(0)));
  for (auto& [a, b, c] : list) a = *corner++, b = *corner++, c = *corner++;
  return list;
}

}  // namespace

int64_t coarser_vertices(int64_t vertices) {
  if (vertices <= icosahedron_vertices || (vertices - 2) % 4 != 0) return 0;
  const int64_t coarser = (vertices - 2) / 4 + 2;
  return coarser == icosahedron_vertices || coarser_vertices(coarser) > 0 ? coarser : 0;
}

bool is_nested(int64_t vertices, int64_t finer) {
  while (finer > vertices) finer = coarser_vertices(finer);
  return finer == vertices;
}

Mesh coarser_mesh(const Mesh& mesh) {
  const int64_t vertices = mesh.points.size(0), old = coarser_vertices(vertices);
  if (old == 0) Halved::broken();
  const auto all = corners_of(mesh);
  Halved halved(old, vertices);
  for (const auto& triangle : all)
    for (size_t i = 0; i < 3; ++i) {
      const int32_t from = triangle[i], to = triangle[(i + 1) % 3];
      if (halved.is_new(from) && !halved.is_new(to)) halved.add(from, to);
      if (halved.is_new(to) && !halved.is_new(from)) halved.add(to, from);
    }
  std::vector<int32_t> coarse;
  for (const auto& [x, y, z] : all)
    if (halved.is_new(x) && halved.is_new(y) && halved.is_new(z))
      coarse.insert(coarse.end(), {halved.common(z, x), halved.common(x, y), halved.common(y, z)});
  const auto triangles = static_cast<int64_t>(coarse.size() / 3);
  if (4 * triangles != static_cast<int64_t>(all.size())) Halved::broken();
  return {.points = mesh.points.slice(0, 0, old).clone(),
          .triangles = at::from_blob(coarse.data(), {triangles, 3}, at::kInt).clone()};
}

Mesh coarsened(Mesh mesh, int64_t vertices) {
  if (!is_nested(vertices, mesh.points.size(0)))
    bad_input("a mesh of {} vertices cannot be cut down to {}", mesh.points.size(0), vertices);
  while (mesh.points.size(0) > vertices) mesh = coarser_mesh(mesh);
  return mesh;
}

}  // namespace arcuate
