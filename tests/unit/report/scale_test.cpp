// Scales: where ticks stand and what they say.
#include "report/scale.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace arcuate;

static std::vector<std::string> texts(const Scale& scale) {
  std::vector<std::string> found;
  for (const Tick& tick : scale.ticks)
    if (!tick.text.empty()) found.push_back(tick.text);
  return found;
}

TEST(Scale, numbers_stand_at_the_ticks_of_their_axis) {
  const Scale scale = number_scale({0, 1, 0.5});
  EXPECT_EQ(texts(scale), (std::vector<std::string>{"0.0", "0.5", "1.0"}));
  EXPECT_DOUBLE_EQ(scale.fraction(0.25), 0.25);
}

TEST(Scale, powers_of_ten_have_names_and_marks_between) {
  const Scale scale = log_scale(1e6, 1e9);
  EXPECT_EQ(texts(scale), (std::vector<std::string>{"10⁶", "10⁷", "10⁸", "10⁹"}));
  EXPECT_EQ(scale.ticks.size(), 28u) << "nine marks a decade and the end";
  EXPECT_NEAR(scale.fraction(std::log10(3e7)), (std::log10(3e7) - 6) / 3, 1e-12);
}

TEST(Scale, less_than_two_decades_also_name_two_and_five) {
  EXPECT_EQ(texts(log_scale(1, 30)), (std::vector<std::string>{"1", "2", "5", "10", "20"}));
  EXPECT_EQ(texts(log_scale(2e7, 3e8)), (std::vector<std::string>{"2×10⁷", "5×10⁷", "10⁸", "2×10⁸"}));
  EXPECT_EQ(texts(log_scale(0.01, 0.2)), (std::vector<std::string>{"0.01", "0.02", "0.05", "0.1", "0.2"}));
}

TEST(Scale, less_than_a_decade_has_round_numbers) {
  const Scale scale = log_scale(100, 200);
  EXPECT_EQ(texts(scale), (std::vector<std::string>{"100", "120", "140", "160", "180", "200"}));
  EXPECT_DOUBLE_EQ(scale.ticks[1].value, std::log10(120));
}

TEST(Scale, many_decades_are_thinned_and_one_value_has_room) {
  EXPECT_LE(texts(log_scale(1e-20, 1e20)).size(), 9u);
  const Scale one = log_scale(50, 50);
  EXPECT_NEAR(one.fraction(std::log10(50)), 0.5, 1e-12);
  EXPECT_GE(texts(one).size(), 2u);
}

TEST(Scale, names_run_from_the_top) {
  const Scale scale = name_scale({"a", "b"});
  EXPECT_EQ(texts(scale), (std::vector<std::string>{"a", "b"}));
  EXPECT_DOUBLE_EQ(scale.fraction(scale.ticks[0].value), 0.75);
}
