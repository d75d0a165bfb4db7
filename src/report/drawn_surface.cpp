#include "report/drawn_surface.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/tensor.h"

namespace arcuate {
namespace {

// Folding without a measure of it: all is gyrus, so that the colours of values are those of the map.
constexpr float even = 0;

template <class T>
std::vector<T> copied(const at::Tensor& tensor, at::ScalarType type) {
  const auto flat = tensor.to(at::kCPU, type).contiguous();
  const T* data = flat.data_ptr<T>();
  return {data, data + flat.numel()};
}

bool is_matrix_of_three(const at::Tensor& tensor) {
  return tensor.defined() && tensor.dim() == 2 && tensor.size(0) > 0 && tensor.size(1) == 3;
}

void check_points(const at::Tensor& points, const std::string& name, Problems& problems) {
  const auto bad = points.isfinite().all(1).logical_not();
  if (!bad.any().item<bool>()) return;
  problems.add("{}: {} of {} vertices have coordinates that are no finite numbers (the first is vertex {}, from 0)",
               name, bad.sum().item<int64_t>(), points.size(0), bad.nonzero()[0][0].item<int64_t>());
}

void check_triangles(const BrainMapSide& side, const std::string& name, Problems& problems) {
  if (at::isFloatingType(side.triangles.scalar_type())) {
    problems.add("{}: triangles must be whole numbers, {} found", name, at::toString(side.triangles.scalar_type()));
    return;
  }
  const int64_t count = side.points.size(0);
  const auto bad = at::logical_or(side.triangles.lt(0), side.triangles.ge(count)).any(1);
  if (!bad.any().item<bool>()) return;
  problems.add(
      "{}: {} of {} triangles name vertices that are not among the {} of the surface (the first is triangle {}, "
      "from 0)",
      name, bad.sum().item<int64_t>(), side.triangles.size(0), count, bad.nonzero()[0][0].item<int64_t>());
}

void check_length(const at::Tensor& tensor, int64_t count, const char* what, const std::string& name,
                  Problems& problems) {
  if (tensor.dim() == 1 && tensor.size(0) == count) return;
  problems.add("{}: {} {} for {} vertices; one a vertex expected: are they of this surface?", name, shape_text(tensor),
               what, count);
}

// Shapes first: the other checks rely on them.
void check(const BrainMapSide& side, const std::string& name, Problems& problems) {
  if (!is_matrix_of_three(side.points))
    return problems.add("{}: points of V x 3 numbers expected, {} found", name,
                        side.points.defined() ? shape_text(side.points) : "none");
  if (!is_matrix_of_three(side.triangles))
    return problems.add("{}: triangles of F x 3 vertices expected, {} found", name,
                        side.triangles.defined() ? shape_text(side.triangles) : "none");
  check_points(side.points, name, problems);
  check_triangles(side, name, problems);
  if (!side.values.defined())
    problems.add("{}: no values; one a vertex expected, NaN where there is none", name);
  else
    check_length(side.values, side.points.size(0), "values", name, problems);
  if (side.shading.defined()) check_length(side.shading, side.points.size(0), "sulcal depths", name, problems);
  if (side.regions.defined()) check_length(side.regions, side.points.size(0), "region labels", name, problems);
}

std::vector<Vector3> rows_of(const at::Tensor& points) {
  const auto numbers = copied<double>(points, at::kDouble);
  std::vector<Vector3> rows;
  for (size_t i = 0; i < numbers.size(); i += 3) rows.push_back({numbers[i], numbers[i + 1], numbers[i + 2]});
  return rows;
}

std::vector<Triangle> triangles_of(const at::Tensor& triangles) {
  const auto numbers = copied<int32_t>(triangles, at::kInt);
  std::vector<Triangle> rows;
  for (size_t i = 0; i < numbers.size(); i += 3) rows.push_back({numbers[i], numbers[i + 1], numbers[i + 2]});
  return rows;
}

Vector3 difference(const Vector3& a, const Vector3& b) { return {a[0] - b[0], a[1] - b[1], a[2] - b[2]}; }

Vector3 cross(const Vector3& a, const Vector3& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

std::vector<Vector3> normals_of(const std::vector<Vector3>& points, const std::vector<Triangle>& triangles) {
  std::vector<Vector3> normals(points.size(), Vector3{});
  for (const auto& [a, b, c] : triangles) {
    const Vector3 normal = cross(difference(points[b], points[a]), difference(points[c], points[a]));
    for (const int32_t corner : {a, b, c})
      for (size_t i = 0; i < 3; ++i) normals[corner][i] += normal[i];
  }
  for (Vector3& normal : normals) {
    const double length = std::sqrt(dot(normal, normal));
    for (double& x : normal) x = length > 0 ? x / length : 0;
  }
  return normals;
}

// Depths between their 5th and 95th percentiles as a smooth step from 0 to 1: a clear but soft edge of gyri and sulci.
std::vector<float> folding_of(const at::Tensor& shading, size_t count) {
  if (!shading.defined()) return std::vector<float>(count, even);
  auto depths = copied<float>(shading, at::kFloat);
  auto sorted = depths;
  std::erase_if(sorted, [](float depth) { return !std::isfinite(depth); });
  std::ranges::sort(sorted);
  if (sorted.empty() || sorted.front() == sorted.back()) return std::vector<float>(count, even);
  const auto at_share = [&](double share) {
    return sorted[static_cast<size_t>(share * static_cast<double>(sorted.size() - 1))];
  };
  const float low = at_share(0.05), span = std::max(at_share(0.95) - low, 1e-12F);
  for (float& depth : depths) {
    const float t = std::isfinite(depth) ? std::clamp((depth - low) / span, 0.0F, 1.0F) : even;
    depth = t * t * (3 - 2 * t);
  }
  return depths;
}

}  // namespace

double dot(const Vector3& a, const Vector3& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

DrawnSurface checked_surface(const BrainMapSide& side, const std::string& name, Problems& problems) {
  check(side, name, problems);
  if (!problems.empty()) return {};
  DrawnSurface surface{.points = rows_of(side.points), .triangles = triangles_of(side.triangles)};
  surface.normals = normals_of(surface.points, surface.triangles);
  surface.values = copied<float>(side.values, at::kFloat);
  surface.folding = folding_of(side.shading, surface.points.size());
  if (side.regions.defined()) surface.regions = copied<int32_t>(side.regions, at::kInt);
  return surface;
}

}  // namespace arcuate
