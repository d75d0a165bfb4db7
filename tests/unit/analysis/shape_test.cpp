// Clouds of volumes, their barcodes and how two barcodes differ.
#include "analysis/shape.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "core/error.h"
#include "core/tensor.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;

namespace {

// cos and sin of n equally spaced phases: T x 2.
at::Tensor circle(int64_t n, int64_t turns = 1) {
  const auto phase =
      at::arange(n, at::kDouble) * (2 * std::numbers::pi * static_cast<double>(turns) / static_cast<double>(n));
  return at::stack({phase.cos() * 7 + 3, phase.sin() * 7 - 1}, 1);
}

const std::vector<RowRange> one_story(int64_t rows) { return {{0, rows}}; }

}  // namespace

TEST(ShapeCloud, is_z_scored_and_divided_by_the_root_of_its_width) {
  const auto columns = at::cat({random_normals(50, 3, 1) * 4 + 9, at::full({50, 1}, 0.1, at::kDouble)}, 1);
  const auto cloud = shape_cloud(columns, one_story(50), {});
  EXPECT_EQ(cloud.sizes(), (std::vector<int64_t>{50, 3}));  // the constant column is no coordinate
  EXPECT_NEAR(cloud.mean(0).abs().max().item<double>(), 0, 1e-12);
  EXPECT_NEAR((cloud.square().mean(0) * 3 - 1).abs().max().item<double>(), 0, 1e-12);
}

TEST(ShapeCloud, copies_are_one_volume_later_each_and_never_of_another_story) {
  const auto series = at::arange(10, at::kDouble).square().unsqueeze(1);
  const auto z = ((series - series.mean()) / series.std(false)).squeeze(1) / std::sqrt(3.0);
  const auto cloud = shape_cloud(series, {{0, 6}, {6, 10}}, {.embedding = 3});
  ASSERT_EQ(cloud.sizes(), (std::vector<int64_t>{6, 3}));
  const int64_t last[] = {2, 3, 4, 5, 8, 9};
  for (int64_t i = 0; i < 6; ++i)
    for (int64_t lag = 0; lag < 3; ++lag)
      EXPECT_NEAR(cloud[i][lag].item<double>(), z[last[i] - lag].item<double>(), 1e-12) << i << " " << lag;
}

TEST(ShapeCloud, is_thinned_to_every_kth_point) {
  const auto columns = random_normals(100, 4, 2);
  const auto all = shape_cloud(columns, one_story(100), {.max_points = 0});
  const auto few = shape_cloud(columns, one_story(100), {.max_points = 40});
  EXPECT_EQ(all.size(0), 100);
  ASSERT_EQ(few.size(0), 34);  // every third
  EXPECT_TRUE(at::equal(few, all.slice(0, 0, 100, 3)));
}

TEST(ShapeCloud, of_vertices_has_the_distances_of_correlations) {
  const auto columns = random_normals(60, 5, 3);
  const auto cloud = shape_cloud(columns, one_story(60), {.points = ShapePoints::vertex});
  ASSERT_EQ(cloud.sizes(), (std::vector<int64_t>{5, 60}));
  const double r = at::corrcoef(columns.t())[0][3].item<double>();
  EXPECT_NEAR((cloud[0] - cloud[3]).norm().item<double>(), std::sqrt(2 * (1 - r)), 1e-12);
}

TEST(ShapeCloud, needs_points_and_a_column_that_changes) {
  const auto still = at::ones({20, 3}, at::kDouble);
  EXPECT_TRUE(contains(message_of([&] { shape_cloud(still, one_story(20), {}); }),
                       {"two points and a coordinate", "20 x 0", "0 columns that change"}));
  EXPECT_TRUE(contains(message_of([&] { shape_cloud(circle(6), one_story(6), {.embedding = 7}); }), {"0 x 2"}));
}

// The Vietoris-Rips complex of 3 m points on a circle of radius 1 has a loop from the side of the polygon to that of
// the inscribed triangle.
TEST(ShapeBarcode, of_a_circle_is_one_loop_of_known_ends) {
  const auto barcode = shape_barcode(shape_cloud(circle(30), one_story(30), {}), {}, 0);
  ASSERT_EQ(barcode.size(), 2u);
  EXPECT_EQ(barcode[0].size(), 29u);  // the bar that never ends is left out
  ASSERT_EQ(barcode[1].size(), 1u);
  EXPECT_NEAR(barcode[1][0].birth, 2 * std::sin(std::numbers::pi / 30), 1e-6);
  EXPECT_NEAR(barcode[1][0].death, std::sqrt(3.0), 1e-6);
}

TEST(ShapeBarcode, a_series_embedded_in_its_own_past_shows_its_cycle) {
  const auto wave = circle(120, 10).slice(1, 0, 1);
  const auto barcode = shape_barcode(shape_cloud(wave, one_story(120), {.embedding = 4}), {}, 0);
  double longest = 0, second = 0;
  for (const auto& bar : barcode[1]) {
    second = std::max(second, std::min(longest, bar.lifetime()));
    longest = std::max(longest, bar.lifetime());
  }
  EXPECT_GT(longest, 0.5);
  EXPECT_LT(second, 0.01);
}

TEST(ShapeBarcode, follows_dimension_modulus_and_metric) {
  const auto cloud = shape_cloud(random_normals(40, 3, 4), one_story(40), {});
  EXPECT_EQ(shape_barcode(cloud, {.dimensions = 2}, 0).size(), 3u);
  const auto longest = [&](const ShapeOptions& options) {
    double sum = 0;
    const auto barcode = shape_barcode(cloud, options, 0);
    for (const auto& bar : barcode[1]) sum += bar.lifetime();
    return sum;
  };
  EXPECT_NE(longest({.metric = Metric::cosine}), longest({}));
  EXPECT_NE(longest({.metric = Metric::correlation}), longest({.metric = Metric::cosine}));
}

// Lines through the origin, as products of coordinates, make a projective plane: its loop is twice itself the boundary
// of a disc, so it lives long over Z/2 and not over Z/3.
TEST(ShapeBarcode, of_a_projective_plane_depends_on_the_modulus) {
  const int64_t count = 120;
  const auto height = (at::arange(count, at::kDouble) + 0.5) / count;
  const auto angle = at::arange(count, at::kDouble) * (std::numbers::pi * (3 - std::sqrt(5.0)));
  const auto x = (1 - height.square()).sqrt() * angle.cos(), y = (1 - height.square()).sqrt() * angle.sin();
  const auto root = std::sqrt(2.0);
  const auto plane = at::stack({x * x, y * y, height * height, root * x * y, root * x * height, root * y * height}, 1);
  const auto longest = [&](int modulus) {
    return diagram_features(shape_barcode(plane, {.modulus = modulus}, 0)[1]).longest;
  };
  EXPECT_GT(longest(2), 1.5 * longest(3));
}

TEST(ShapeBarcode, too_large_is_refused_before_it_is_computed) {
  const auto cloud = shape_cloud(random_normals(100, 3, 5), one_story(100), {});
  EXPECT_TRUE(contains(message_of([&] { shape_barcode(cloud, {}, 1000); }),
                       {"a cloud of 100 points needs", "lower max_points"}));
  // The distances fit, the triangles do not.
  EXPECT_TRUE(contains(message_of([&] { shape_barcode(cloud, {.dimensions = 2}, 30'000); }),
                       {"lower max_points or dimensions"}));
}

TEST(ShapeDifference, knows_its_measures) {
  const std::vector<Diagram> a{{{0, 1}, {0, 2}}, {{1, 5}}}, b{{{0, 1}}, {{1, 3}}};
  const auto of = [&](const char* name, DiagramDistanceOptions options = {}) {
    return shape_difference(shape_feature(name), a, b, options);
  };
  EXPECT_NEAR(of("w0"), 1, 1e-12);  // 2 to the diagonal: 2 / 2
  EXPECT_NEAR(of("w1"), 2, 1e-12);
  EXPECT_NEAR(of("w0", {.degree = 1, .ground = 2}), std::sqrt(2.0), 1e-12);
  EXPECT_NEAR(of("b1"), 2, 1e-12);
  EXPECT_NEAR(of("betti0"), std::sqrt(2.0), 1e-12);  // one bar more on [0, 2)
  EXPECT_NEAR(of("betti1"), std::sqrt(2.0), 1e-12);  // one bar more on [3, 5)
  EXPECT_NEAR(of("total0"), -2, 1e-12);
  EXPECT_NEAR(of("longest1"), -2, 1e-12);
  EXPECT_NEAR(of("points0"), -1, 1e-12);
  EXPECT_NEAR(of("entropy0"), -0.91829583405, 1e-9);  // (1/3, 2/3) in bits, less 0
  EXPECT_EQ(of("landscape1"), landscape_distance(a[1], b[1], 5, 200));
  EXPECT_GT(of("landscape1"), 0);
}

TEST(ShapeDifference, names_are_a_measure_and_a_dimension) {
  EXPECT_EQ(shape_feature("betti2").dimension, 2);
  EXPECT_EQ(shape_feature("b2").measure, ShapeMeasure::bottleneck);
  for (const char* name : {"w", "x1", "w10", "", "1"})
    EXPECT_TRUE(contains(message_of([&] { shape_feature(name); }), {"no feature of diagrams", "w, b, betti"})) << name;
}
