#include "simulate/sphere.h"

#include <ATen/ATen.h>

#include <cmath>
#include <map>
#include <numbers>
#include <vector>

#include "core/error.h"
#include "core/tensor.h"

namespace arcuate {
namespace {

constexpr double radians = std::numbers::pi / 180;

using Point = std::array<double, 3>;
using Corners = std::array<int32_t, 3>;

struct Sphere {
  std::vector<Point> points;
  std::vector<Corners> triangles;
};

Point normalised(const Point& p) {
  const double length = std::hypot(p[0], p[1], p[2]);
  return {p[0] / length, p[1] / length, p[2] / length};
}

Sphere icosahedron() {
  constexpr double g = std::numbers::phi;
  Sphere sphere{{{-1, g, 0},
                 {1, g, 0},
                 {-1, -g, 0},
                 {1, -g, 0},
                 {0, -1, g},
                 {0, 1, g},
                 {0, -1, -g},
                 {0, 1, -g},
                 {g, 0, -1},
                 {g, 0, 1},
                 {-g, 0, -1},
                 {-g, 0, 1}},
                {{0, 11, 5},  {0, 5, 1},  {0, 1, 7},  {0, 7, 10}, {0, 10, 11}, {1, 5, 9}, {5, 11, 4},
                 {11, 10, 2}, {10, 7, 6}, {7, 1, 8},  {3, 9, 4},  {3, 4, 2},   {3, 2, 6}, {3, 6, 8},
                 {3, 8, 9},   {4, 9, 5},  {2, 4, 11}, {6, 2, 10}, {8, 6, 7},   {9, 8, 1}}};
  for (auto& point : sphere.points) point = normalised(point);
  return sphere;
}

// The vertices in the middle of edges, each made once.
class Middles {
 public:
  explicit Middles(std::vector<Point>& points) : points_(points) {}

  int32_t of(int32_t a, int32_t b) {
    const auto [place, fresh] = known_.try_emplace(std::minmax(a, b), static_cast<int32_t>(points_.size()));
    if (fresh) {
      const auto &p = points_[static_cast<size_t>(a)], &q = points_[static_cast<size_t>(b)];
      points_.push_back(normalised({p[0] + q[0], p[1] + q[1], p[2] + q[2]}));
    }
    return place->second;
  }

 private:
  std::vector<Point>& points_;
  std::map<std::pair<int32_t, int32_t>, int32_t> known_;
};

void cut_in_four(Sphere& sphere) {
  std::vector<Corners> finer;
  finer.reserve(4 * sphere.triangles.size());
  Middles middles(sphere.points);
  for (const auto& [a, b, c] : sphere.triangles) {
    const int32_t ab = middles.of(a, b), bc = middles.of(b, c), ca = middles.of(c, a);
    finer.insert(finer.end(), {{a, ab, ca}, {b, bc, ab}, {c, ca, bc}, {ab, bc, ca}});
  }
  sphere.triangles = std::move(finer);
}

at::Tensor direction(const Place& place) {
  const double east = place.longitude * radians, up = place.latitude * radians;
  return to_tensor(std::array{-std::cos(up) * std::cos(east), std::cos(up) * std::sin(east), std::sin(up)});
}

}  // namespace

Mesh icosphere(int64_t vertices) {
  Sphere sphere = icosahedron();
  while (static_cast<int64_t>(sphere.points.size()) < vertices && sphere.points.size() < 40962) cut_in_four(sphere);
  if (static_cast<int64_t>(sphere.points.size()) != vertices)
    bad_usage("a sphere of {} vertices cannot be made; known: 12, 42, 162, 642, 2562, 10242, 40962", vertices);
  const auto triangles = static_cast<int64_t>(sphere.triangles.size());
  return {.points = at::from_blob(sphere.points.data(), {vertices, 3}, at::kDouble).clone(),
          .triangles = at::from_blob(sphere.triangles.data(), {triangles, 3}, at::kInt).clone()};
}

at::Tensor degrees_to(const at::Tensor& directions, const Arc& arc) {
  const auto from = direction(arc.from), to = direction(arc.to);
  const auto angle = [&](const at::Tensor& place) { return directions.mv(place).clamp(-1, 1).acos(); };
  const auto to_ends = at::minimum(angle(from), angle(to)) / radians;
  const auto axis = at::cross(from, to, 0);
  const double size = axis.norm().item<double>();
  if (size < 1e-9) return to_ends;
  const auto pole = axis / size;
  const auto beside =
      at::logical_and(directions.mv(at::cross(pole, from, 0)) >= 0, directions.mv(at::cross(to, pole, 0)) >= 0);
  return at::where(beside, directions.mv(pole).clamp(-1, 1).asin().abs() / radians, to_ends);
}

}  // namespace arcuate
