// The z-buffer: nearest wins whatever the order, no holes between neighbours, weights in closed form.
#include "report/raster.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace arcuate;

static const Fragment& pixel(const Fragments& fragments, int64_t x, int64_t y) {
  return fragments.pixels.at(static_cast<size_t>(y * fragments.width + x));
}

TEST(Raster, covers_a_square_of_two_triangles_without_holes) {
  const std::vector<ScreenPoint> points{{2, 3}, {17, 3}, {17, 13}, {2, 13}};
  const auto fragments = rasterise(points, std::vector<Triangle>{{0, 1, 2}, {0, 2, 3}}, 20, 16);
  for (int64_t y = 0; y < 16; ++y)
    for (int64_t x = 0; x < 20; ++x)
      EXPECT_EQ(pixel(fragments, x, y).triangle >= 0, x >= 2 && x < 17 && y >= 3 && y < 13) << x << " " << y;
}

TEST(Raster, leaves_no_hole_in_a_fan_of_slivers) {
  std::vector<ScreenPoint> points{{50.3, 49.7}};
  std::vector<Triangle> triangles;
  for (int i = 0; i <= 200; ++i) points.push_back({-1.0 + i * 0.51, 101.0});
  for (int i = 1; i <= 200; ++i) triangles.push_back({0, i, i + 1});
  const auto fragments = rasterise(points, triangles, 100, 100);
  for (int64_t x = 2; x < 98; ++x) EXPECT_GE(pixel(fragments, x, 99).triangle, 0) << x;
}

TEST(Raster, shows_the_nearest_triangle_in_any_order) {
  const std::vector<ScreenPoint> points{{0, 0, 1}, {20, 0, 1}, {0, 20, 1}, {0, 0, 2}, {10, 0, 2}, {0, 10, 2}};
  for (const bool reversed : {false, true}) {
    std::vector<Triangle> triangles{{0, 1, 2}, {3, 4, 5}};
    if (reversed) std::ranges::reverse(triangles);
    const auto fragments = rasterise(points, triangles, 20, 20);
    EXPECT_EQ(pixel(fragments, 1, 1).triangle, reversed ? 0 : 1);
    EXPECT_EQ(pixel(fragments, 12, 2).triangle, reversed ? 1 : 0);
    EXPECT_EQ(pixel(fragments, 19, 19).triangle, -1);
  }
}

TEST(Raster, interpolates_and_ignores_orientation) {
  const std::vector<ScreenPoint> points{{0.5, 0.5, 4}, {8.5, 0.5, 8}, {0.5, 8.5, 0}};
  for (const Triangle& triangle : {Triangle{0, 1, 2}, Triangle{0, 2, 1}}) {
    const auto fragments = rasterise(points, std::vector<Triangle>{triangle}, 9, 9);
    const Fragment& fragment = pixel(fragments, 2, 4);
    EXPECT_FLOAT_EQ(fragment.depth, 4 * 0.25F + 8 * 0.25F);
    EXPECT_FLOAT_EQ(fragment.weights()[0], 0.25F);
    EXPECT_FLOAT_EQ(fragment.weights()[triangle[1] == 1 ? 1 : 2], 0.25F);
    EXPECT_FLOAT_EQ(fragment.weights()[triangle[1] == 1 ? 2 : 1], 0.5F);
  }
}

TEST(Raster, cuts_at_the_edges_and_skips_triangles_without_area) {
  const std::vector<ScreenPoint> points{{-1e9, -1e9}, {1e9, -1e9}, {0, 1e9}, {3, 3}, {4, 4}, {5, 5}};
  EXPECT_EQ(pixel(rasterise(points, std::vector<Triangle>{{0, 1, 2}}, 5, 5), 4, 4).triangle, 0);
  const auto line = rasterise(points, std::vector<Triangle>{{3, 4, 5}}, 9, 9);
  EXPECT_TRUE(std::ranges::all_of(line.pixels, [](const Fragment& f) { return f.triangle == -1; }));
}
