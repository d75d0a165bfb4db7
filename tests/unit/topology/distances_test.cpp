// Distances of clouds, and distances as text.
#include "topology/distances.h"

#include <gtest/gtest.h>

#include "topology/distance_text.h"
#include "unit/topology/barcodes.h"

using namespace arcuate;
using namespace arcuate::test;

static std::vector<double> cloud(size_t count, uint64_t seed) {
  Random random(seed);
  std::vector<double> values(count);
  for (double& x : values) x = 5 + random.normal();
  return values;
}

TEST(Distances, are_those_of_their_definitions) {
  const std::vector<double> points{1, 2, 2, 0, 3, 4, 1, 0, 1};
  const auto euclidean = distances_of_points(points, 3, {});
  EXPECT_FLOAT_EQ(euclidean(0, 1), std::sqrt(6.0f));
  EXPECT_FLOAT_EQ(euclidean(1, 0), std::sqrt(6.0f));
  const auto cosine = distances_of_points(points, 3, {.metric = Metric::cosine});
  EXPECT_FLOAT_EQ(cosine(0, 1), static_cast<float>(std::sqrt(2 * (1 - 14.0 / 15))));
  const auto correlation = distances_of_points(points, 3, {.metric = Metric::correlation});
  const double r = (0.0 * 0 + (1 / 3.0) * (2 / 3.0) + (1 / 3.0) * (5 / 3.0) + (-2 / 3.0) * (-7 / 3.0)) /
                   std::sqrt((6 / 9.0) * (78 / 9.0));
  EXPECT_FLOAT_EQ(correlation(0, 1), static_cast<float>(std::sqrt(2 * (1 - r))));
  EXPECT_EQ(correlation(2, 2), 0);
}

TEST(Distances, are_as_far_as_ripsers_when_asked) {
  const auto points = cloud(4000, 1);
  const auto exact = distances_of_points(points, 20, {}),
             single = distances_of_points(points, 20, {.like_ripser = true});
  EXPECT_NE(exact.values, single.values);
  for (size_t i = 0; i < exact.values.size(); ++i) EXPECT_NEAR(exact.values[i] / single.values[i], 1, 1e-5);
}

TEST(Distances, have_the_same_bytes_for_any_number_of_threads) {
  const auto points = cloud(3000, 2);
  for (const auto metric : {Metric::euclidean, Metric::cosine, Metric::correlation})
    EXPECT_EQ(distances_of_points(points, 100, {.metric = metric, .threads = 1}).values,
              distances_of_points(points, 100, {.metric = metric, .threads = 3}).values);
}

TEST(Distances, name_every_point_that_has_none) {
  const std::vector<double> points{1, 2, 0, 0, 3, 3, NAN, 1};
  EXPECT_TRUE(contains(message_of([&] { distances_of_points(points, 4, {}); }), {"point 3, coordinate 0 is nan"}));
  const std::vector<double> finite(points.begin(), points.begin() + 6);
  EXPECT_TRUE(contains(message_of([&] { distances_of_points(finite, 3, {.metric = Metric::cosine}); }),
                       {"points that are not zero", "point 1 (counted from 0) is zero"}));
  EXPECT_TRUE(contains(message_of([&] { distances_of_points(finite, 3, {.metric = Metric::correlation}); }),
                       {"not constant", "point 1", "point 2 (counted from 0) is constant"}));
  EXPECT_TRUE(contains(message_of([&] { distances_of_points(finite, 4, {}); }), {"6 numbers for 4 points"}));
}

TEST(Distances, have_a_range_and_a_radius_without_what_is_infinite) {
  const auto distances = parse_lower_distances("2 5 inf", "three");
  EXPECT_EQ(distance_range(distances).smallest, 2);
  EXPECT_EQ(distance_range(distances).largest, 5);
  EXPECT_EQ(enclosing_radius(distances), 5);
  EXPECT_EQ(distance_range({.points = 1}).largest, 0);
}

TEST(DistanceText, has_the_same_matrix_in_every_format) {
  const auto lower = parse_lower_distances("1,\n2,3\n 4 5\t6,", "lower");
  EXPECT_EQ(lower.points, 4);
  EXPECT_EQ(lower.values, (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(parse_upper_distances("1 2 4\n3 5\n6 # the last\n", "upper").values, lower.values);
  EXPECT_EQ(parse_full_distances("0,1,2,4\n1,0,3,5\n2,3,0,6\n4,5,6,0\n", "full").values, lower.values);
  const auto sparse = parse_sparse_distances("1 0 1\n2 0 2\n1 2 3\n3 0 4\n3,1,5\n3,2,6\n", "sparse");
  EXPECT_EQ(sparse.points(), 4);
  EXPECT_EQ(sparse.pairs(), 6);
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 4; ++j) EXPECT_EQ(sparse(i, j), lower(i, j));
  EXPECT_TRUE(std::isinf(parse_sparse_distances("0 1 1\n2 1 1\n", "sparse")(0, 2)));
}

TEST(DistanceText, tells_every_fault_with_its_line) {
  const auto fault = [](auto parse, const char* text) { return message_of([&] { parse(text, "file"); }); };
  EXPECT_TRUE(contains(fault(parse_lower_distances, "1 x\n-2\nnan"),
                       {"file", "line 1: expected a number, found 'x'", "line 2: a distance is at least 0, found -2",
                        "line 3: a distance is at least 0, found nan"}));
  EXPECT_TRUE(contains(fault(parse_lower_distances, "1 2 3 4"), {"4 numbers are no triangle", "such as 3 or 6"}));
  EXPECT_TRUE(contains(fault(parse_upper_distances, ""), {"0 numbers are no triangle"}));
  EXPECT_TRUE(contains(fault(parse_full_distances, "0 1\n2 0\n"), {"points 1 and 0: 2 below the diagonal, 1 above"}));
  EXPECT_TRUE(contains(fault(parse_full_distances, "1 1\n1 0\n"), {"distance of point 0 to itself is 1, not 0"}));
  EXPECT_TRUE(contains(fault(parse_full_distances, "0 1 2\n1 0 2\n"), {"full matrix", "found 2 lines of 3 numbers"}));
  EXPECT_TRUE(
      contains(fault(parse_full_distances, "0\n1 0\n"), {"are triangles", "line 2: 2 numbers where line 1 has 1"}));
  EXPECT_TRUE(contains(fault(parse_points, "# nothing\n"), {"no numbers"}));
  EXPECT_TRUE(contains(fault(parse_points, "1 2\n1\n"), {"line 2: 1 numbers where line 1 has 2"}));
  EXPECT_TRUE(
      contains(fault(parse_sparse_distances, "0 1 1\n1 0 2\n0 0.5 1\n1 1 4\n0 99999999 1\n0 1\n"),
               {"lines 1 and 2 are of the same pair", "line 3: expected two points", "line 4:", "line 5:", "line 6:"}));
  EXPECT_TRUE(contains(fault(parse_sparse_distances, ""), {"no numbers"}));
}
