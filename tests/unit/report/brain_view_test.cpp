// Single views of a sphere, where colour, light and outlines are known in closed form.
#include "report/brain_view.h"

#include <gtest/gtest.h>

#include <cmath>

#include "report/canvas.h"
#include "report/region_borders.h"
#include "unit/report/icosphere.h"

using namespace arcuate;
using namespace arcuate::test;

static constexpr double radius = 80;
static constexpr int64_t size = 201;
static const ViewFrame from_left{Viewpoint::left, 1.2, size, size, 1.6};
static const ValueScale millimetres{.low = -radius, .high = radius};

// Normals are those of a true sphere.
static DrawnSurface sphere_with(size_t axis) {
  const Icosphere sphere = icosphere(5, radius);
  DrawnSurface surface{.points = sphere.points, .triangles = sphere.triangles};
  for (const auto& point : sphere.points) {
    surface.normals.push_back({point[0] / radius, point[1] / radius, point[2] / radius});
    surface.values.push_back(static_cast<float>(point[axis]));
  }
  surface.folding.assign(surface.points.size(), 0.0F);
  return surface;
}

static Image view(const DrawnSurface& surface, const ViewFrame& frame = from_left,
                  const ValueScale& scale = millimetres) {
  return render_view(surface, frame, scale, ColourMap(scale.kind));
}

// Light scales a colour, so shares of the channels remain.
static void expect_same_hue(Rgb found, Rgb expected, int64_t where) {
  const double light = (found.red + found.green + found.blue) / double(expected.red + expected.green + expected.blue);
  EXPECT_NEAR(found.red, light * expected.red, 4) << where;
  EXPECT_NEAR(found.green, light * expected.green, 4) << where;
  EXPECT_NEAR(found.blue, light * expected.blue, 4) << where;
  EXPECT_GT(light, 0.6) << where;
  EXPECT_LT(light, 1.02) << where;
}

TEST(BrainView, shows_the_colours_of_the_map_from_both_sides) {
  const ColourMap colours(ColourScale::sequential);
  for (const auto& [viewpoint, sign] : {std::pair{Viewpoint::left, -1.0}, {Viewpoint::right, 1.0}}) {
    const Image image = view(sphere_with(1), {viewpoint, 1.2, size, size, 1.6});
    for (int64_t x = 8; x < size - 8; ++x) {
      const double y_mm = sign * (static_cast<double>(x) + 0.5 - size / 2.0) / 1.2;
      expect_same_hue(pixel(image, x, size / 2), colours.at(0.5 + y_mm / (2 * radius)), x);
    }
  }
}

TEST(BrainView, keeps_the_colour_exactly_where_the_surface_faces_the_viewer) {
  DrawnSurface surface = sphere_with(0);
  surface.values.assign(surface.values.size(), 20.0F);
  const Rgb found = pixel(view(surface), size / 2, size / 2), expected = ColourMap(ColourScale::sequential).at(0.625);
  EXPECT_NEAR(found.red, expected.red, 2);
  EXPECT_NEAR(found.green, expected.green, 2);
  EXPECT_NEAR(found.blue, expected.blue, 2);
}

TEST(BrainView, shows_the_near_side_and_a_disc_of_the_right_size) {
  const Image image = view(sphere_with(0));
  EXPECT_NEAR(pixel(image, size / 2, size / 2).red, ColourMap(ColourScale::sequential).at(0).red, 4) << "x = -80 mm";
  int64_t covered = 0;
  for (int64_t y = 0; y < size; ++y)
    for (int64_t x = 0; x < size; ++x) covered += pixel(image, x, y) != Rgb{255, 255, 255};
  const double disc = M_PI * std::pow(1.2 * radius, 2);
  EXPECT_NEAR(static_cast<double>(covered), disc, 0.02 * disc);
}

TEST(BrainView, is_grey_where_there_is_no_value) {
  DrawnSurface surface = sphere_with(1);
  for (size_t i = 0; i < surface.points.size(); ++i)
    if (surface.points[i][2] > 0) surface.values[i] = NAN;
  for (size_t i = 0; i < surface.points.size(); ++i) surface.folding[i] = surface.points[i][1] > 0 ? 1.0F : 0.0F;
  const Image image = view(surface);
  for (int64_t x = 30; x < size - 30; ++x) {
    const Rgb upper = pixel(image, x, size / 2 - 20), lower = pixel(image, x, size / 2 + 20);
    EXPECT_TRUE(upper.red == upper.green && upper.green == upper.blue) << x;
    EXPECT_GT(std::max({lower.red, lower.green, lower.blue}) - std::min({lower.red, lower.green, lower.blue}), 25) << x;
  }
  EXPECT_GT(pixel(image, size / 2 + 20, size / 2 - 20).red, pixel(image, size / 2 - 20, size / 2 - 20).red + 20)
      << "sulci are darker than gyri";
}

TEST(BrainView, hides_values_below_the_threshold) {
  const ValueScale scale{.low = -radius, .high = radius, .threshold = 10};
  const Image image = view(sphere_with(1), from_left, scale);
  const Rgb posterior = pixel(image, size / 2 + 5, size / 2), anterior = pixel(image, size / 2 - 30, size / 2);
  EXPECT_EQ(posterior.red, posterior.blue);
  EXPECT_GT(anterior.red, anterior.blue + 25);
}

static bool is_outline(Rgb colour) { return colour.red < 60 && colour.green < 60 && colour.blue < 60; }

TEST(BrainView, outlines_regions_where_labels_differ_and_nowhere_else) {
  DrawnSurface surface = sphere_with(1);
  surface.values.assign(surface.values.size(), 60.0F);
  for (const auto& point : surface.points) surface.regions.push_back(point[2] > 0 ? 7 : -1);
  const Image with = view(surface);
  surface.regions.clear();
  const Image without = view(surface);
  for (int64_t x = 25; x < size - 25; ++x) {
    int64_t dark = 0;
    for (int64_t y = 0; y < size; ++y) {
      EXPECT_FALSE(is_outline(pixel(without, x, y)));
      dark += is_outline(pixel(with, x, y));
      EXPECT_TRUE(std::abs(y - size / 2) <= 4 || pixel(with, x, y) == pixel(without, x, y)) << x << " " << y;
    }
    EXPECT_GE(dark, 1) << x;
    EXPECT_LE(dark, 4) << x;
  }
}

TEST(BrainView, draws_flat_maps_from_above_without_light) {
  const DrawnSurface square{.points = {{0, 0, 5}, {100, 0, 0}, {100, 100, 9}, {0, 100, 0}, {900, 900, 0}},
                            .normals = std::vector<Vector3>(5, Vector3{1, 0, 0}),
                            .triangles = {{0, 1, 2}, {0, 2, 3}},
                            .values = {0, 0, 60, 60, 0},
                            .folding = std::vector<float>(5, 0.0F)};
  const Extent extent = extent_of(square, Viewpoint::above);
  EXPECT_EQ(extent.width(), 100) << "a vertex of no triangle does not count";
  const Image image = view(square, {Viewpoint::above, 1, 120, 120, 1.6}, {.low = 0, .high = 60});
  const ColourMap colours(ColourScale::sequential);
  for (int64_t y = 12; y < 108; ++y) {
    const Rgb found = pixel(image, 60, y), expected = colours.at((109.5 - static_cast<double>(y)) / 100);
    EXPECT_NEAR(found.red, expected.red, 3) << y;
    EXPECT_NEAR(found.blue, expected.blue, 3) << y;
  }
}

TEST(RegionBorders, gives_corners_deep_in_a_region_their_label) {
  const Icosphere sphere = icosphere(3, 1);
  std::vector<int32_t> labels;
  for (const auto& point : sphere.points) labels.push_back(point[0] > 0 ? 3 : 5);
  const RegionBorders borders = region_borders(labels, sphere.triangles);
  size_t on_border = 0;
  for (size_t i = 0; i < sphere.triangles.size(); ++i) {
    const auto [a, b, c] = sphere.triangles[i];
    const bool inside = labels[a] == labels[b] && labels[b] == labels[c];
    EXPECT_EQ(borders.border[i] < 0, inside);
    if (inside) {
      EXPECT_EQ(region_at(borders, static_cast<int32_t>(i), {0.2F, 0.3F, 0.5F}), labels[a]);
    }
    on_border += !inside;
  }
  EXPECT_EQ(borders.triangles.size(), on_border);
  EXPECT_GT(on_border, 20u);
}
