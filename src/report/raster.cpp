// Edge functions (Pineda 1988): a pixel is inside a triangle if its three barycentric weights are not negative.
#include "report/raster.h"

#include <algorithm>
#include <cmath>

namespace arcuate {
namespace {

// Rounding must not leave a hole where two triangles meet.
constexpr double outside = -1e-9;

// Twice the signed area of (a, b, point).
double edge(const ScreenPoint& a, const ScreenPoint& b, double x, double y) {
  return (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x);
}

// Indices of the pixels whose centres lie between two positions, cut to [0, size).
struct Range {
  int64_t first = 0, end = 0;
};
Range pixels_between(double low, double high, int64_t size) {
  const double limit = static_cast<double>(size);
  return {static_cast<int64_t>(std::ceil(std::clamp(low - 0.5, 0.0, limit))),
          static_cast<int64_t>(std::floor(std::clamp(high - 0.5, -1.0, limit - 1))) + 1};
}

struct Corners {
  int32_t index = 0;  // of the triangle
  ScreenPoint a{}, b{}, c{};
};

void draw_row(Fragments& fragments, const Corners& corners, double area, int64_t row, Range columns) {
  const auto& [index, a, b, c] = corners;
  const double x = static_cast<double>(columns.first) + 0.5, y = static_cast<double>(row) + 0.5;
  const double step_a = (b.y - c.y) / area, step_b = (c.y - a.y) / area;  // of the weights, a pixel to the right
  double weight_a = edge(b, c, x, y) / area, weight_b = edge(c, a, x, y) / area;
  Fragment* pixel = fragments.pixels.data() + row * fragments.width + columns.first;
  bool entered = false;
  for (int64_t column = columns.first; column < columns.end; ++column, ++pixel) {
    const double weight_c = 1 - weight_a - weight_b;
    const bool inside = std::min({weight_a, weight_b, weight_c}) >= outside;
    if (entered && !inside) return;
    entered = inside;
    const auto depth = static_cast<float>(weight_a * a.depth + weight_b * b.depth + weight_c * c.depth);
    if (inside && depth > pixel->depth)
      *pixel = {index, depth, static_cast<float>(weight_a), static_cast<float>(weight_b)};
    weight_a += step_a, weight_b += step_b;
  }
}

void draw(Fragments& fragments, const Corners& corners) {
  const auto& [index, a, b, c] = corners;
  const double area = edge(a, b, c.x, c.y);
  if (area == 0) return;
  const auto [left, right] = std::minmax({a.x, b.x, c.x});
  const auto [top, bottom] = std::minmax({a.y, b.y, c.y});
  const Range columns = pixels_between(left, right, fragments.width);
  const Range rows = pixels_between(top, bottom, fragments.height);
  for (int64_t row = rows.first; row < rows.end; ++row) draw_row(fragments, corners, area, row, columns);
}

}  // namespace

Fragments rasterise(std::span<const ScreenPoint> points, std::span<const Triangle> triangles, int64_t width,
                    int64_t height) {
  Fragments fragments{width, height, std::vector<Fragment>(static_cast<size_t>(width * height))};
  for (size_t i = 0; i < triangles.size(); ++i) {
    const auto [a, b, c] = triangles[i];
    draw(fragments, {static_cast<int32_t>(i), points[a], points[b], points[c]});
  }
  return fragments;
}

}  // namespace arcuate
