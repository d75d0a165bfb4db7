// A z-buffer: which triangle is seen at each pixel of a parallel projection, and where in it.
#pragma once
#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace arcuate {

using Triangle = std::array<int32_t, 3>;

struct ScreenPoint {
  double x = 0, y = 0;  ///< Pixels from the upper left corner; the centre of the first pixel is (0.5, 0.5).
  double depth = 0;     ///< Larger is nearer.
};

struct Fragment {
  int32_t triangle = -1;  ///< None: -1.
  float depth = std::numeric_limits<float>::lowest();
  float first = 0, second = 0;  ///< Weights of the triangle's first two corners; the third has the rest.
  std::array<float, 3> weights() const { return {first, second, 1 - first - second}; }
};

struct Fragments {
  int64_t width = 0, height = 0;
  std::vector<Fragment> pixels{};  ///< Rows from the top.
};

/// Both faces of a triangle are drawn; of two at one depth the earlier is seen. Indices must be within `points`.
Fragments rasterise(std::span<const ScreenPoint> points, std::span<const Triangle> triangles, int64_t width,
                    int64_t height);

}  // namespace arcuate
