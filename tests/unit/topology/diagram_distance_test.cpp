// Distances between diagrams against published values, an assignment of all bars with all diagonals, and GUDHI.
#include "topology/diagram_distance.h"

#include <gtest/gtest.h>

#include <numeric>

#include "topology/assignment.h"
#include "unit/topology/barcodes.h"

using namespace arcuate;
using namespace arcuate::test;

static double number(const std::string& text) { return text == "inf" ? INFINITY : std::stod(text); }

TEST(Wasserstein, has_the_values_of_gudhis_tests) {
  const Diagram d1{{2.7, 3.7}, {9.6, 14}, {34.2, 34.974}}, d2{{2.8, 4.45}, {9.5, 14.1}}, d3{{0, 2}, {4, 6}},
      d4{{0, 3}, {4, 8}};
  EXPECT_NEAR(wasserstein_distance(d1, d2, 1, 2), 1.4453593023967701, 1e-12);
  EXPECT_NEAR(wasserstein_distance(d1, d2, 1.74, 2.35), 0.9772734057168739, 1e-12);
  EXPECT_NEAR(wasserstein_distance(d1, {}, 1.7863, 2.35), 3.141592214572228, 1e-12);
  EXPECT_NEAR(wasserstein_distance(d3, d4, 1, 1), 3, 1e-12);
  EXPECT_NEAR(wasserstein_distance(d3, d4, 2, INFINITY), std::sqrt(5), 1e-12);
  EXPECT_NEAR(wasserstein_distance(d4, {}, 2, 1), 5, 1e-12);
  EXPECT_NEAR(wasserstein_distance(d4, {}, 2, INFINITY), 2.5, 1e-12);
  EXPECT_NEAR(wasserstein_distance(d4, {}, 2, 2), 3.5355339059327378, 1e-12);
  EXPECT_NEAR(wasserstein_distance({{0, 10}, {0, 10}}, {{0, 10}}, 1, 2), 5 * std::sqrt(2), 1e-12);
}

TEST(Wasserstein, matches_endless_bars_among_themselves) {
  const Diagram a{{0, 3}, {4, INFINITY}}, b{{7, 8}, {4, 6}, {3, INFINITY}};
  EXPECT_NEAR(wasserstein_distance(a, b, 1, INFINITY), 4, 1e-12);
  EXPECT_NEAR(
      wasserstein_distance({{-INFINITY, 1}, {-INFINITY, INFINITY}}, {{-INFINITY, 3}, {-INFINITY, INFINITY}}, 2, 1), 2,
      1e-12);
  EXPECT_TRUE(std::isinf(wasserstein_distance(a, {{0, 3}}, 2, 2)));
  EXPECT_TRUE(std::isinf(wasserstein_distance({{-INFINITY, 1}}, {{1, INFINITY}}, 2, 2)));
  EXPECT_TRUE(std::isinf(bottleneck_distance(a, {{0, 3}})));
  EXPECT_EQ(bottleneck_distance({{0, INFINITY}, {5, INFINITY}}, {{6, INFINITY}, {1, INFINITY}}), 1);
}

TEST(Wasserstein, agrees_with_an_assignment_of_all_bars_and_diagonals) {
  for (const auto& c : reference("distances.json")) {
    const auto a = bars_of(c["a"]), b = bars_of(c["b"]);
    for (const auto& [name, value] : c["wasserstein"].items()) {
      const auto space = name.find(' ');
      const double q = std::stod(name.substr(0, space)), p = number(name.substr(space + 1));
      const double ours = wasserstein_distance(a, b, q, p), expected = value.get<double>();
      EXPECT_NEAR(ours, expected, 1e-12 * std::max(1.0, expected)) << c["kind"] << ", q p = " << name;
      EXPECT_NEAR(wasserstein_distance(b, a, q, p), ours, 1e-12 * std::max(1.0, expected));
    }
  }
}

// A line of bars with one birth is aligned; moved apart by nothing, the general matching has to find the same.
TEST(Wasserstein, aligns_bars_of_one_birth_as_a_matching_would) {
  Random random(3);
  for (int round = 0; round < 30; ++round) {
    Diagram a, b;
    for (uint64_t i = 0; i < 1 + random.below(12); ++i) a.push_back({0, 0.01 + random.uniform()});
    for (uint64_t i = 0; i < 1 + random.below(12); ++i) b.push_back({0, 0.01 + random.uniform()});
    auto far_a = a, far_b = b;  // One more bar in both, equal and of another birth, costs nothing.
    far_a.push_back({100, 900});
    far_b.push_back({100, 900});
    for (const double q : {1.0, 2.0, 3.0})
      EXPECT_NEAR(wasserstein_distance(a, b, q, 2), wasserstein_distance(far_a, far_b, q, 2), 1e-9);
  }
}

// A wrong scale loses the small differences or overflows (reported of another program at these orders).
TEST(Wasserstein, stands_huge_and_tiny_coordinates) {
  const Diagram a{{1e8, 1e8 + 3}}, b{{1e8 + 1, 1e8 + 3}};
  EXPECT_NEAR(wasserstein_distance(a, b, 2, INFINITY), 1, 1e-9);
  EXPECT_NEAR(wasserstein_distance({{0, 1e200}}, {}, 4, INFINITY) / 1e200, 0.5, 1e-12);
  EXPECT_NEAR(wasserstein_distance({{0, 1e-200}}, {}, 4, INFINITY) / 1e-200, 0.5, 1e-12);
}

TEST(Wasserstein, of_a_diagram_to_itself_is_exactly_zero) {
  for (const auto& c : reference("distances.json")) {
    EXPECT_EQ(wasserstein_distance(bars_of(c["a"]), bars_of(c["a"]), 1.5, 2), 0);
    EXPECT_EQ(bottleneck_distance(bars_of(c["b"]), bars_of(c["b"])), 0);
  }
}

TEST(Bottleneck, agrees_with_gudhi_and_is_symmetric) {
  for (const auto& c : reference("distances.json")) {
    const auto a = bars_of(c["a"]), b = bars_of(c["b"]);
    EXPECT_NEAR(bottleneck_distance(a, b), c["bottleneck"].get<double>(), 1e-12) << c["kind"];
    EXPECT_EQ(bottleneck_distance(a, b), bottleneck_distance(b, a));
  }
}

TEST(Bottleneck, has_the_values_of_persims_tests) {
  EXPECT_EQ(bottleneck_distance({{6, 9}, {6, 8}}, {{4, 10}, {9, 10}}), 2);
  EXPECT_EQ(bottleneck_distance({{0, 10}}, {{5, 5}}), 5);
  EXPECT_EQ(bottleneck_distance({{0, 1}, {0, 1}}, {{0, 1}}), 0.5);
  EXPECT_NEAR(bottleneck_distance({}, {{.99, 1}}), .005, 1e-15);
  EXPECT_EQ(bottleneck_distance({}, {}), 0);
}

// All ways of matching at most four bars with at most four.
static double tried_bottleneck(const Diagram& a, const Diagram& b, double p) {
  std::vector<size_t> places(a.size() + b.size());  // Bar i of a goes to bar places[i] of b, or to the diagonal beyond.
  std::iota(places.begin(), places.end(), size_t{0});
  double best = INFINITY;
  do {
    double worst = 0;
    std::vector<bool> taken(b.size(), false);
    for (size_t i = 0; i < a.size(); ++i) {
      const bool matched = places[i] < b.size();
      if (matched) taken[places[i]] = true;
      worst = std::max(worst, matched ? ground_distance(a[i], b[places[i]], p) : diagonal_distance(a[i], p));
    }
    for (size_t j = 0; j < b.size(); ++j) worst = taken[j] ? worst : std::max(worst, diagonal_distance(b[j], p));
    best = std::min(best, worst);
  } while (std::next_permutation(places.begin(), places.end()));
  return best;
}

TEST(Bottleneck, is_the_best_of_all_matchings_in_every_norm) {
  Random random(6);
  for (int round = 0; round < 60; ++round) {
    Diagram a, b;
    const auto bar = [&] { return Bar{random.uniform() * 4, 4 + random.uniform() * 4}; };
    for (uint64_t i = random.below(4); i > 0; --i) a.push_back(bar());
    for (uint64_t i = random.below(5); i > 0; --i) b.push_back(bar());
    for (const double p : {1.0, 2.0, 3.0, static_cast<double>(INFINITY)})
      EXPECT_EQ(bottleneck_distance(a, b, p), tried_bottleneck(a, b, p));
  }
}

TEST(DiagramDistance, takes_degree_and_norm_from_its_options) {
  const Diagram a{{0, 3}, {1, 5}}, b{{0, 4}};
  EXPECT_EQ(diagram_distance(a, b, {.degree = 1, .ground = 2}), wasserstein_distance(a, b, 1, 2));
  EXPECT_EQ(diagram_distance(a, b), wasserstein_distance(a, b, 2, INFINITY));
  EXPECT_EQ(diagram_distance(a, b, {.degree = INFINITY, .ground = 1}), bottleneck_distance(a, b, 1));
  EXPECT_NE(diagram_distance(a, b, {.degree = 1}), diagram_distance(a, b, {.degree = 3}));
  EXPECT_NE(diagram_distance(a, b, {.ground = 1}), diagram_distance(a, b, {.ground = 2}));
  EXPECT_TRUE(
      contains(message_of([&] { diagram_distance(a, b, {.degree = 0.5}); }), {"degree q", "at least 1, found 0.5"}));
  EXPECT_TRUE(contains(message_of([&] { diagram_distance(a, b, {.ground = NAN}); }), {"ground norm p", "found nan"}));
}

// W_q falls with q down to the bottleneck, and is a metric.
TEST(DiagramDistance, falls_to_the_bottleneck_and_keeps_the_triangle) {
  const auto cases = reference("distances.json");
  const auto a = bars_of(cases[3]["a"]), b = bars_of(cases[3]["b"]), c = bars_of(cases[4]["a"]);
  double last = INFINITY;
  for (const double q : {1.0, 2.0, 4.0, 16.0}) {
    const double distance = wasserstein_distance(a, b, q, INFINITY);
    EXPECT_LT(distance, last);
    EXPECT_GE(distance, bottleneck_distance(a, b));
    last = distance;
    EXPECT_LE(distance, wasserstein_distance(a, c, q, INFINITY) + wasserstein_distance(c, b, q, INFINITY) + 1e-12);
  }
  EXPECT_NEAR(wasserstein_distance(a, b, 200, INFINITY), bottleneck_distance(a, b), 0.05);
}

TEST(Assignment, matches_rows_with_columns_or_leaves_them_alone) {
  const SparseCosts costs{.columns = 2, .pairs = {{0, -3}, {1, -1}, {0, -4}, {0, -2}}, .ends = {2, 3, 4}};
  EXPECT_EQ(cheapest_matching(costs), (std::vector<int32_t>{1, 0, -1}));
  EXPECT_FALSE(can_match_all_rows(costs));
  EXPECT_TRUE(can_match_all_rows({.columns = 2, .pairs = {{0, 0}, {1, 0}, {0, 0}}, .ends = {2, 3}}));
  EXPECT_TRUE(can_match_all_rows({}));
}
