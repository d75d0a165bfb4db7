// Axes: round steps, when 0 belongs to the range, how ticks are written.
#include "report/axis.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/text.h"

using namespace arcuate;

static std::string texts(const Axis& axis) {
  std::vector<std::string> all;
  for (const double tick : axis_ticks(axis)) all.push_back(tick_text(axis, tick));
  return join(all, " ");
}

TEST(Axis, steps_are_one_two_or_five_times_a_power_of_ten) {
  for (int i = 0; i < 70; ++i) {
    const double span = 1e-7 * std::pow(1.7, i);
    const double step = value_axis(-span / 3, span, 6).step;
    const double factor = step / std::pow(10.0, std::floor(std::log10(step) + 1e-9));
    EXPECT_TRUE(std::abs(factor - 1) < 1e-9 || std::abs(factor - 2) < 1e-9 || std::abs(factor - 5) < 1e-9) << step;
  }
}

TEST(Axis, covers_the_values_with_whole_steps) {
  for (int i = 0; i < 70; ++i) {
    const double span = 1e-7 * std::pow(1.7, i);
    const Axis axis = value_axis(-span / 3, span, 6);
    EXPECT_LE(axis.low, -span / 3 + 1e-6 * span);
    EXPECT_GE(axis.high, span - 1e-6 * span);
    const auto ticks = axis_ticks(axis);
    EXPECT_GE(ticks.size(), 3u);
    EXPECT_LE(ticks.size(), 9u);
    EXPECT_NEAR(ticks.front(), axis.low, 1e-9 * span);
    EXPECT_NEAR(ticks.back(), axis.high, 1e-9 * span);
  }
}

TEST(Axis, of_values_reaches_zero_only_when_near) {
  EXPECT_EQ(texts(value_axis(0.03, 0.11, 6)), "0.00 0.02 0.04 0.06 0.08 0.10 0.12");
  EXPECT_EQ(texts(value_axis(-0.11, -0.03, 6)), "−0.12 −0.10 −0.08 −0.06 −0.04 −0.02 0.00");
  EXPECT_EQ(texts(value_axis(-0.3, 1.7, 2)), "−1 0 1 2");
  EXPECT_EQ(value_axis(0.9, 1.0, 5).low, 0.9);
}

TEST(Axis, of_one_value_has_room_around_it) {
  for (const double value : {0.0, 0.1, -3.0, 1e7}) {
    const Axis axis = value_axis(value, value, 6);
    EXPECT_LE(axis.low, value);
    EXPECT_GE(axis.high, value);
    EXPECT_LT(axis.low, axis.high);
    const Axis position = position_axis(value, value, 6, false);
    EXPECT_LT(position.low, value);
    EXPECT_GT(position.high, value);
  }
}

TEST(Axis, of_positions_keeps_the_range_and_whole_ticks) {
  EXPECT_EQ(texts(position_axis(0, 3, 10, true)), "0 1 2 3");
  EXPECT_EQ(texts(position_axis(0, 3, 10, false)), "0.0 0.5 1.0 1.5 2.0 2.5 3.0");
  EXPECT_EQ(texts(position_axis(5, 5, 10, true)), "5");
  EXPECT_EQ(position_axis(1, 29, 10, true).high, 29);
}

TEST(Axis, writes_very_large_and_very_small_ticks_with_a_power) {
  EXPECT_EQ(texts(position_axis(0, 2e9, 4, true)), "0 0.5×10⁹ 1.0×10⁹ 1.5×10⁹ 2.0×10⁹");
  EXPECT_EQ(texts(value_axis(-1e-5, 1e-5, 2)), "−1×10⁻⁵ 0 1×10⁻⁵");
  EXPECT_EQ(texts(position_axis(0, 20000, 2, true)), "0 10000 20000");
}
