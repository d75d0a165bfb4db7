// Signed-rank and rank-sum tests against scipy, and against counting by hand.
#include <ATen/ATen.h>

#include <cmath>

#include "core/tensor.h"
#include "fixture.h"
#include "io/json.h"
#include "stats/rank_sum.h"
#include "stats/signed_rank.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
const std::pair<const char*, Alternative> alternatives[] = {
    {"two-sided", Alternative::two_sided}, {"greater", Alternative::greater}, {"less", Alternative::less}};

std::vector<double> numbers(const Json& values) { return values.get<std::vector<double>>(); }

double p_of(std::vector<double> differences, SignedRankOptions options = {}) {
  return signed_rank(differences, options).p;
}

}  // namespace

TEST(SignedRank, agrees_with_scipy) {
  const auto cases = read_json(test::source_path("reference/rank_tests/rank_tests.json"))["signed_rank"];
  ASSERT_EQ(cases.size(), 22u);
  for (const auto& expected : cases) {
    const bool exact = expected["method"] == "exact";
    SignedRankOptions options{.zeros = expected["zeros"] == "pratt" ? Zeros::pratt : Zeros::drop,
                              .exact_up_to = exact ? 50 : 0,
                              .continuity = expected["continuity"].get<bool>()};
    for (const auto& [name, alternative] : alternatives) {
      options.alternative = alternative;
      const auto found = signed_rank(numbers(expected["differences"]), options);
      EXPECT_EQ(found.exact, exact);
      EXPECT_EQ(found.rank_sum, expected["rank_sum"].get<double>());
      EXPECT_NEAR(found.p / expected["p"][name].get<double>(), 1, 1e-10) << expected << name;
    }
  }
}

TEST(SignedRank, three_differences_have_eight_sign_patterns) {
  // Ranks 1, 3, 2 with signs + + -: W+ = 4. Of the sums 0 1 2 3 3 4 5 6 three are at least 4.
  const auto found = signed_rank(std::vector<double>{0.5, 7, -1}, {.alternative = Alternative::greater});
  EXPECT_EQ(found.rank_sum, 4);
  EXPECT_EQ(found.count, 3);
  EXPECT_DOUBLE_EQ(found.p, 3.0 / 8);
  EXPECT_DOUBLE_EQ(p_of({0.5, 7, 1}), 2.0 / 8);
}

TEST(SignedRank, is_exact_only_without_ties_and_zeros_and_up_to_the_limit) {
  const auto exact = [](std::vector<double> d, int64_t limit) { return signed_rank(d, {.exact_up_to = limit}).exact; };
  EXPECT_TRUE(exact({1, 2, 3}, 3));
  EXPECT_FALSE(exact({1, 2, 3}, 2));
  EXPECT_FALSE(exact({1, -1, 3}, 50));
  EXPECT_FALSE(exact({1, 0, 3}, 50));
}

TEST(SignedRank, every_option_changes_p) {
  const std::vector<double> d{1, 2, 3.5, -0.5, 4, 6, 0, 0, -1.5, 7};
  EXPECT_NE(p_of(d), p_of(d, {.alternative = Alternative::greater}));
  EXPECT_NE(p_of(d), p_of(d, {.zeros = Zeros::pratt}));
  EXPECT_NE(p_of(d), p_of(d, {.continuity = false}));
  EXPECT_NE(p_of({1, 2, 3, -4}), p_of({1, 2, 3, -4}, {.exact_up_to = 0}));
}

TEST(SignedRank, nan_is_no_observation_and_zeros_alone_are_no_test) {
  EXPECT_EQ(p_of({1, missing, 2, 3, -0.5}), p_of({1, 2, 3, -0.5}));
  EXPECT_TRUE(std::isnan(p_of({0, 0})));
  EXPECT_TRUE(std::isnan(p_of({0, 0}, {.zeros = Zeros::pratt})));
  EXPECT_TRUE(std::isnan(p_of({})));
}

TEST(SignedRank, columns_are_tested_one_by_one) {
  const auto d = random_normals(9, 3, 4);
  const auto p = to_vector(signed_rank_p(d));
  ASSERT_EQ(p.size(), 3u);
  for (int64_t v = 0; v < 3; ++v) EXPECT_EQ(p[static_cast<size_t>(v)], p_of(to_vector(d.select(1, v))));
}

TEST(SignedRank, refuses_an_impossible_limit) {
  EXPECT_TRUE(contains(message_of([] { p_of({1}, {.exact_up_to = 2000}); }), {"up to 1000", "found 2000"}));
}

TEST(RankSum, agrees_with_scipy) {
  const auto cases = read_json(test::source_path("reference/rank_tests/rank_tests.json"))["rank_sum"];
  ASSERT_EQ(cases.size(), 12u);
  for (const auto& expected : cases) {
    const bool exact = expected["method"] == "exact";
    RankSumOptions options{.exact_up_to = exact ? 25 : 0, .continuity = expected["continuity"].get<bool>()};
    for (const auto& [name, alternative] : alternatives) {
      options.alternative = alternative;
      const auto found = rank_sum(numbers(expected["a"]), numbers(expected["b"]), options);
      EXPECT_EQ(found.exact, exact);
      EXPECT_EQ(found.u, expected["u"].get<double>());
      EXPECT_NEAR(found.p / expected["p"][name].get<double>(), 1, 1e-10) << expected << name;
    }
  }
}

TEST(RankSum, two_and_two_values_have_six_orders) {
  const std::vector<double> low{1, 2}, high{3, 4};
  EXPECT_DOUBLE_EQ(rank_sum(high, low).p, 2.0 / 6);
  EXPECT_DOUBLE_EQ(rank_sum(high, low, {.alternative = Alternative::greater}).p, 1.0 / 6);
  EXPECT_DOUBLE_EQ(rank_sum(high, low, {.alternative = Alternative::less}).p, 1);
  EXPECT_EQ(rank_sum(high, low).u, 4);
}

TEST(RankSum, every_option_changes_p_and_nan_is_no_observation) {
  const std::vector<double> a{1, 4, 6, 7.5, 9}, b{2, 3, missing, 5}, b_without{2, 3, 5};
  const double p = rank_sum(a, b).p;
  EXPECT_EQ(p, rank_sum(a, b_without).p);
  EXPECT_NE(p, rank_sum(a, b, {.alternative = Alternative::greater}).p);
  EXPECT_NE(p, rank_sum(a, b, {.exact_up_to = 0}).p);
  EXPECT_NE(rank_sum(a, b, {.exact_up_to = 0}).p, rank_sum(a, b, {.exact_up_to = 0, .continuity = false}).p);
  EXPECT_TRUE(std::isnan(rank_sum(a, std::vector<double>{}).p));
  EXPECT_TRUE(std::isnan(rank_sum(std::vector<double>{2, 2}, std::vector<double>{2}).p));
  EXPECT_TRUE(contains(message_of([&] { rank_sum(a, b, {.exact_up_to = 26}); }), {"up to samples of 25", "26"}));
}
