// A sphere of triangles: an icosahedron whose edges were halved several times; `subdivisions` 5 has 10,242 vertices.
#pragma once
#include <ATen/ATen.h>

#include <array>
#include <cmath>
#include <map>
#include <vector>

namespace arcuate::test {

struct Icosphere {
  std::vector<std::array<double, 3>> points{};
  std::vector<std::array<int32_t, 3>> triangles{};
  at::Tensor point_tensor() const {
    return at::from_blob(const_cast<std::array<double, 3>*>(points.data()), {static_cast<int64_t>(points.size()), 3},
                         at::kDouble)
        .clone();
  }
  at::Tensor triangle_tensor() const {
    return at::from_blob(const_cast<std::array<int32_t, 3>*>(triangles.data()),
                         {static_cast<int64_t>(triangles.size()), 3}, at::kInt)
        .clone();
  }
};

inline int32_t add_on_sphere(Icosphere& sphere, std::array<double, 3> point, double radius) {
  const double length = std::hypot(point[0], point[1], point[2]);
  for (double& x : point) x *= radius / length;
  sphere.points.push_back(point);
  return static_cast<int32_t>(sphere.points.size()) - 1;
}

inline void halve_edges(Icosphere& sphere, double radius) {
  std::map<std::pair<int32_t, int32_t>, int32_t> middles;
  const auto middle = [&](int32_t a, int32_t b) {
    const auto key = std::minmax(a, b);
    if (!middles.contains(key)) {
      std::array<double, 3> sum{};
      for (size_t i = 0; i < 3; ++i) sum[i] = sphere.points[a][i] + sphere.points[b][i];
      middles[key] = add_on_sphere(sphere, sum, radius);
    }
    return middles[key];
  };
  std::vector<std::array<int32_t, 3>> smaller;
  for (const auto& [a, b, c] : sphere.triangles) {
    const int32_t ab = middle(a, b), bc = middle(b, c), ca = middle(c, a);
    smaller.insert(smaller.end(), {{a, ab, ca}, {b, bc, ab}, {c, ca, bc}, {ab, bc, ca}});
  }
  sphere.triangles = smaller;
}

// Its corners run counterclockwise for who stands outside.
inline std::array<int32_t, 3> seen_from_outside(const Icosphere& sphere, const std::array<int32_t, 3>& triangle) {
  const auto &a = sphere.points[triangle[0]], &b = sphere.points[triangle[1]], &c = sphere.points[triangle[2]];
  const double volume =
      a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
  if (volume > 0) return triangle;
  return {triangle[0], triangle[2], triangle[1]};
}

inline Icosphere icosphere(int subdivisions, double radius) {
  const double g = (1 + std::sqrt(5.0)) / 2;
  Icosphere sphere;
  for (const double a : {-1.0, 1.0})
    for (const double b : {-g, g}) {
      add_on_sphere(sphere, {0, a, b}, radius);
      add_on_sphere(sphere, {a, b, 0}, radius);
      add_on_sphere(sphere, {b, 0, a}, radius);
    }
  const auto edge = 2 * radius / std::hypot(1, g) * 1.01;  // of all pairs the neighbours are the nearest
  const auto near = [&](int32_t i, int32_t j) {
    const auto &p = sphere.points[i], &q = sphere.points[j];
    return std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]) < edge;
  };
  for (int32_t i = 0; i < 12; ++i)
    for (int32_t j = i + 1; j < 12; ++j)
      for (int32_t k = j + 1; k < 12; ++k)
        if (near(i, j) && near(j, k) && near(i, k)) sphere.triangles.push_back(seen_from_outside(sphere, {i, j, k}));
  for (int i = 0; i < subdivisions; ++i) halve_edges(sphere, radius);
  return sphere;
}

}  // namespace arcuate::test
