// Whole pictures of two spheres: orientation of the views, what every option changes, what is refused.
#include "report/brain_map.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "core/error.h"
#include "report/canvas.h"
#include "support.h"
#include "unit/report/icosphere.h"

using namespace arcuate;
using namespace arcuate::test;

static constexpr int64_t width = 500;

static BrainMap two_spheres() {
  const Icosphere sphere = icosphere(3, 70);
  BrainMap map{.title = "Spheres", .unit = "y (mm)", .width = width};
  map.left.points = sphere.point_tensor();
  map.left.triangles = sphere.triangle_tensor();
  map.left.values = map.left.points.select(1, 1).clone();
  map.right = map.left;
  return map;
}

static bool is_coloured(Rgb c) { return std::max({c.red, c.green, c.blue}) - std::min({c.red, c.green, c.blue}) > 24; }
static bool is_white(Rgb c) { return c == Rgb{255, 255, 255}; }

// Mean column of the pixels of a panel that satisfy `wanted`, as a share of the panel's width; -1: there are none.
static double mean_place(const Image& image, Box panel, bool (*wanted)(Rgb)) {
  double sum = 0, count = 0;
  for (int64_t y = panel.y; y < panel.y + panel.height; ++y)
    for (int64_t x = panel.x; x < panel.x + panel.width; ++x)
      if (wanted(pixel(image, x, y))) sum += static_cast<double>(x - panel.x) + 0.5, ++count;
  return count > 0 ? sum / count / static_cast<double>(panel.width) : -1;
}

// The views of one half of the picture, from the top: bands of rows with drawing that are taller than any text.
static std::vector<Box> panels(const Image& image, int64_t left, int64_t right) {
  std::vector<Box> bands;
  int64_t start = -1;
  for (int64_t y = 0; y <= image.height; ++y) {
    bool drawn = false;
    for (int64_t x = left; x < right && y < image.height; ++x) drawn = drawn || !is_white(pixel(image, x, y));
    if (drawn && start < 0) start = y;
    if (!drawn && start >= 0) {
      if (y - start > 80) bands.push_back({left, start, right - left, y - start});
      start = -1;
    }
  }
  return bands;
}
// The gutter with its words is left out: the panels lie symmetrically in these columns.
static std::vector<Box> left_panels(const Image& image) { return panels(image, 16, 233); }
static std::vector<Box> right_panels(const Image& image) { return panels(image, width - 233, width - 16); }

TEST(BrainMap, shows_anterior_at_the_outside_laterally_and_at_the_inside_medially) {
  BrainMap map = two_spheres();
  for (BrainMapSide* side : {&map.left, &map.right}) side->values = at::where(side->values > 5, side->values, NAN);
  const Image image = render_brain_map(map);
  const auto left = left_panels(image), right = right_panels(image);
  ASSERT_EQ(left.size(), 2u);
  ASSERT_EQ(right.size(), 2u);
  for (const Box& panel : {left[0], left[1], right[0], right[1]})
    EXPECT_NEAR(mean_place(image, panel, [](Rgb c) { return !is_white(c); }), 0.5, 0.02);
  EXPECT_LT(mean_place(image, left[0], is_coloured), 0.4);
  EXPECT_GT(mean_place(image, left[1], is_coloured), 0.6);
  EXPECT_GT(mean_place(image, right[0], is_coloured), 0.6);
  EXPECT_LT(mean_place(image, right[1], is_coloured), 0.4);
}

TEST(BrainMap, shows_lateral_sides_above_medial_ones) {
  BrainMap map = two_spheres();
  map.left.values = at::where(map.left.points.select(1, 0) < -40, 1.0, NAN);    // lateral of the left hemisphere
  map.right.values = at::where(map.right.points.select(1, 0) < -40, 1.0, NAN);  // medial of the right one
  const Image image = render_brain_map(map);
  EXPECT_GT(mean_place(image, left_panels(image).at(0), is_coloured), 0);
  EXPECT_EQ(mean_place(image, left_panels(image).at(1), is_coloured), -1);
  EXPECT_EQ(mean_place(image, right_panels(image).at(0), is_coloured), -1);
  EXPECT_GT(mean_place(image, right_panels(image).at(1), is_coloured), 0);
}

TEST(BrainMap, shows_superior_above) {
  BrainMap map = two_spheres();
  for (BrainMapSide* side : {&map.left, &map.right})
    side->values = at::where(side->points.select(1, 2) > 5, side->values, NAN);
  const Image image = render_brain_map(map);
  for (Box panel : left_panels(image)) {
    panel.height /= 2;
    EXPECT_GT(mean_place(image, panel, is_coloured), 0);
    panel.y += panel.height + 1;
    EXPECT_EQ(mean_place(image, panel, is_coloured), -1);
  }
}

TEST(BrainMap, has_one_panel_a_hemisphere_when_flat) {
  BrainMap map = two_spheres();
  map.flat = true;
  const Image image = render_brain_map(map);
  EXPECT_EQ(left_panels(image).size(), 1u);
  EXPECT_EQ(right_panels(image).size(), 1u);
}

TEST(BrainMap, gives_the_same_bytes_twice) {
  EXPECT_EQ(encode_png(render_brain_map(two_spheres())), encode_png(render_brain_map(two_spheres())));
}

TEST(BrainMap, changes_with_every_option) {
  const Image plain = render_brain_map(two_spheres());
  const std::vector<std::pair<const char*, std::function<void(BrainMap&)>>> changes{
      {"title", [](BrainMap& map) { map.title = "Other"; }},
      {"unit", [](BrainMap& map) { map.unit = "r"; }},
      {"low", [](BrainMap& map) { map.low = -100; }},
      {"high", [](BrainMap& map) { map.high = 100; }},
      {"scale", [](BrainMap& map) { map.scale = ColourScale::diverging; }},
      {"threshold", [](BrainMap& map) { map.threshold = 10; }},
      {"flat", [](BrainMap& map) { map.flat = true; }},
      {"simulated", [](BrainMap& map) { map.simulated = true; }},
      {"width", [](BrainMap& map) { map.width = 600; }},
      {"values", [](BrainMap& map) { map.right.values = -map.right.values; }},
      {"shading", [](BrainMap& map) { map.left.shading = map.left.points.select(1, 2); }},
      {"regions", [](BrainMap& map) { map.left.regions = map.left.points.select(1, 2).gt(0).to(at::kInt); }}};
  for (const auto& [name, change] : changes) {
    BrainMap map = two_spheres();
    change(map);
    const Image changed = render_brain_map(map);
    EXPECT_EQ(changed.rgb.size(), static_cast<size_t>(3 * changed.width * changed.height)) << name;
    EXPECT_NE(changed.rgb, plain.rgb) << name;
  }
}

TEST(BrainMap, says_simulated_in_the_colour_that_warns) {
  BrainMap map = two_spheres();
  const auto has_warning = [](const Image& image) {
    for (int64_t x = image.width / 2; x < image.width; ++x)
      for (int64_t y = 0; y < 40; ++y)
        if (pixel(image, x, y) == Rgb{0xD5, 0x5E, 0x00}) return true;
    return false;
  };
  map.width = 1000;
  EXPECT_FALSE(has_warning(render_brain_map(map)));
  map.simulated = true;
  EXPECT_TRUE(has_warning(render_brain_map(map)));
  map.title = "";
  EXPECT_TRUE(has_warning(render_brain_map(map)));
}

TEST(BrainMap, wraps_long_titles) {
  BrainMap map = two_spheres();
  const int64_t one_line = render_brain_map(map).height;
  for (int i = 0; i < 12; ++i) map.title += " and more words";
  EXPECT_GT(render_brain_map(map).height, one_line + 15);
}

TEST(BrainMap, stacks_several_maps) {
  const Image one = render_brain_map(two_spheres());
  BrainMap narrow = two_spheres();
  narrow.width = 400;
  const Image other = render_brain_map(narrow);
  const Image both = render_brain_maps({two_spheres(), narrow});
  EXPECT_EQ(both.width, width);
  EXPECT_EQ(both.height, one.height + other.height);
  EXPECT_TRUE(std::equal(one.rgb.begin(), one.rgb.end(), both.rgb.begin()));
  EXPECT_TRUE(contains(message_of([] { render_brain_maps({}); }), {"without any map"}));
}

static std::pair<std::string, Fault> refusal(const std::function<void(BrainMap&)>& spoil) {
  BrainMap map = two_spheres();
  spoil(map);
  try {
    render_brain_map(map);
  } catch (const Error& error) {
    return {error.what(), error.fault()};
  }
  return {"", Fault::failed};
}

TEST(BrainMap, names_every_fault_of_its_surfaces) {
  const auto [message, fault] = refusal([](BrainMap& map) {
    map.left.points = map.left.points.clone();
    map.left.points[4][1] = NAN;
    map.left.values = at::zeros({10});
    map.right.triangles = map.right.triangles.clone();
    map.right.triangles[2][0] = 642;
    map.right.shading = at::zeros({641});
    map.right.regions = at::zeros({3}, at::kInt);
  });
  EXPECT_EQ(fault, Fault::input);
  EXPECT_TRUE(contains(
      message, {"left hemisphere: 1 of 642 vertices", "vertex 4", "10 values for 642 vertices",
                "right hemisphere: 1 of 1280 triangles", "triangle 2", "641 sulcal depths", "3 region labels"}));
}

TEST(BrainMap, refuses_surfaces_that_are_none) {
  const auto missing = refusal([](BrainMap& map) { map.left = {}; });
  EXPECT_TRUE(contains(missing.first, {"left hemisphere: points of V x 3 numbers expected, none found"}));
  const auto bad_shape = refusal([](BrainMap& map) { map.right.triangles = at::zeros({5, 4}, at::kInt); });
  EXPECT_TRUE(contains(bad_shape.first, {"triangles of F x 3", "5 x 4"}));
  const auto fractions = refusal([](BrainMap& map) { map.right.triangles = map.right.triangles.to(at::kFloat); });
  EXPECT_TRUE(contains(fractions.first, {"whole numbers", "Float"}));
  const auto no_values = refusal([](BrainMap& map) { map.right.values = at::Tensor(); });
  EXPECT_TRUE(contains(no_values.first, {"right hemisphere: no values"}));
  const auto point_like = refusal([](BrainMap& map) {
    map.left.points = at::zeros_like(map.left.points);
    map.right.points = map.left.points;
  });
  EXPECT_TRUE(contains(point_like.first, {"no extent"}));
}

TEST(BrainMap, refuses_maps_without_anything_to_show) {
  const auto nothing = refusal([](BrainMap& map) {
    map.left.values = at::full_like(map.left.values, NAN);
    map.right.values = map.left.values;
  });
  EXPECT_TRUE(contains(nothing.first, {"no vertex has a value"}));
  EXPECT_EQ(nothing.second, Fault::input);
  EXPECT_TRUE(contains(refusal([](BrainMap& map) { map.threshold = 1000; }).first, {"threshold 1000"}));
}

TEST(BrainMap, refuses_impossible_options) {
  const auto narrow = refusal([](BrainMap& map) { map.width = 10; });
  EXPECT_TRUE(contains(narrow.first, {"10 pixels wide", "400 to 8000"}));
  EXPECT_EQ(narrow.second, Fault::usage);
  const auto turned = refusal([](BrainMap& map) { map.low = 1, map.high = 0; });
  EXPECT_TRUE(contains(turned.first, {"1 to 0"}));
  EXPECT_EQ(turned.second, Fault::usage);
}
