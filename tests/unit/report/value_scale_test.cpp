// The range of colours: percentiles in closed form, thresholds, and ends that make no range.
#include "report/value_scale.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "support.h"

using namespace arcuate;
using namespace arcuate::test;

static std::vector<float> hundred_and_one() {
  std::vector<float> values{NAN};
  for (int i = 0; i <= 100; ++i) values.push_back(static_cast<float>(i));
  return values;
}

TEST(ValueScale, takes_the_second_and_ninety_eighth_percentile) {
  const auto scale = fitted_scale({}, hundred_and_one());
  EXPECT_DOUBLE_EQ(scale.low, 2);
  EXPECT_DOUBLE_EQ(scale.high, 98);
  EXPECT_TRUE(scale.low_from_data && scale.high_from_data && scale.beyond_low && scale.beyond_high);
}

TEST(ValueScale, keeps_ends_that_were_given) {
  const auto scale = fitted_scale({.low = -5, .high = 200}, hundred_and_one());
  EXPECT_EQ(scale.low, -5);
  EXPECT_EQ(scale.high, 200);
  EXPECT_FALSE(scale.low_from_data || scale.high_from_data || scale.beyond_low || scale.beyond_high);
  EXPECT_EQ(fitted_scale({.low = 0}, hundred_and_one()).high, 98);
}

TEST(ValueScale, is_symmetric_when_it_diverges) {
  auto values = hundred_and_one();
  values.push_back(-1);
  const auto scale = fitted_scale({.kind = ColourScale::diverging}, values);
  EXPECT_EQ(scale.low, -scale.high);
  EXPECT_NEAR(scale.high, 97.98, 1e-9);
  EXPECT_EQ(colour_position(scale, 0), 0.5);
  EXPECT_EQ(colour_position(scale, scale.low), 0);
  EXPECT_EQ(fitted_scale({.kind = ColourScale::diverging, .high = 3}, values).low, -3);
  EXPECT_EQ(fitted_scale({.kind = ColourScale::diverging, .low = -4}, values).high, 4);
}

TEST(ValueScale, shows_nothing_below_the_threshold) {
  EXPECT_FALSE(is_shown({.threshold = 0.1}, 0.09));
  EXPECT_FALSE(is_shown({.threshold = 0.1}, -0.5));
  EXPECT_TRUE(is_shown({.threshold = 0.1}, 0.1));
  EXPECT_TRUE(is_shown({.kind = ColourScale::diverging, .threshold = 0.1}, -0.5));
  EXPECT_FALSE(is_shown({}, NAN));
  EXPECT_DOUBLE_EQ(fitted_scale({.threshold = 50}, hundred_and_one()).low, 51) << "a percentile of what is shown";
}

TEST(ValueScale, puts_a_single_value_into_the_middle) {
  for (const float value : {0.0F, 4.0F, -4.0F}) EXPECT_EQ(colour_position(fitted_scale({}, {value}), value), 0.5);
  EXPECT_EQ(fitted_scale({.kind = ColourScale::diverging}, {0.0F}).high, 1);
}

TEST(ValueScale, refuses_what_makes_no_range) {
  EXPECT_TRUE(contains(message_of([] { fitted_scale({}, {NAN, NAN}); }), {"no vertex has a value"}));
  EXPECT_TRUE(contains(message_of([] { fitted_scale({.threshold = 2}, {1}); }), {"threshold 2", "lower"}));
  EXPECT_TRUE(contains(message_of([] { fitted_scale({.low = 2, .high = 1}, {1}); }), {"2 to 1", "below"}));
  EXPECT_TRUE(contains(message_of([] { fitted_scale({.low = 7}, {1, 2}); }), {"7 to"}));
}
