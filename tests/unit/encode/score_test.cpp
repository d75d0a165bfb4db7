#include "encode/score.h"

#include <limits>

#include "fixture.h"

using namespace arcuate;
using arcuate::test::largest_difference;

TEST(Score, pearson_and_r_squared_have_their_closed_forms) {
  const auto y = at::tensor({1.0, 2.0, 3.0, 4.0}).to(at::kDouble).unsqueeze(1),
             p = at::tensor({2.0, 1.0, 4.0, 3.0}).to(at::kDouble).unsqueeze(1);
  EXPECT_NEAR(pearson(y, p).item<double>(), 0.6, 1e-15);
  EXPECT_NEAR(r_squared(y, p).item<double>(), 1 - 4.0 / 5.0, 1e-15);
  EXPECT_NEAR(signed_square(at::tensor({-0.5}).to(at::kDouble)).item<double>(), -0.25, 1e-15);
}

TEST(Score, a_large_mean_does_not_cost_precision) {
  const auto y = at::arange(100, at::kDouble).sin().unsqueeze(1),
             p = (at::arange(100, at::kDouble).sin() + at::arange(100, at::kDouble).cos()).unsqueeze(1);
  EXPECT_NEAR(pearson(y + 1e6, p + 1e6).item<double>(), pearson(y, p).item<double>(), 1e-9);
}

TEST(Score, constant_columns_have_no_correlation) {
  const auto constant = at::full({5, 1}, 0.1, at::kDouble), varying = at::arange(5, at::kDouble).unsqueeze(1);
  EXPECT_TRUE(at::isnan(pearson(constant, varying)).item<bool>());
  EXPECT_TRUE(at::isnan(pearson(varying, constant)).item<bool>());
  EXPECT_TRUE(at::isnan(r_squared(constant, varying)).item<bool>());
}

TEST(Score, flags_are_found_by_their_names) {
  for (const Flag flag : {Flag::ok, Flag::constant, Flag::nan, Flag::infinite, Flag::masked})
    EXPECT_EQ(flag_named(flag_name(flag)), flag);
  EXPECT_EQ(flag_named("good"), std::nullopt);
}

TEST(Score, bad_targets_are_flagged_and_silenced) {
  auto y = at::arange(20, at::kDouble).reshape({5, 4}).clone();
  y.select(1, 1).fill_(3);
  y[2][2] = std::numeric_limits<double>::quiet_NaN();
  y[4][3] = std::numeric_limits<double>::infinity();
  const auto flags = flag_targets(y);
  EXPECT_EQ(flags, (std::vector<Flag>{Flag::ok, Flag::constant, Flag::nan, Flag::infinite}));
  const auto good = without_bad_targets(y, flags);
  EXPECT_TRUE(at::isfinite(good).all().item<bool>());
  EXPECT_EQ(good.slice(1, 1).abs().max().item<double>(), 0);
  EXPECT_EQ(largest_difference(good.select(1, 0), y.select(1, 0)), 0);
}
