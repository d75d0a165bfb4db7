// Labels: kept apart, in order, as near as can be; lines broken where they may be.
#include "report/label.h"

#include <gtest/gtest.h>

using namespace arcuate;

TEST(Label, stays_where_it_wants_when_nothing_is_near) {
  EXPECT_EQ(spread_labels({50, 10, 90}, {10, 10, 10}, 0, 100), (std::vector<double>{50, 10, 90}));
}

TEST(Label, pushes_two_at_one_place_apart_by_equal_shares) {
  EXPECT_EQ(spread_labels({50, 50}, {10, 20}, 0, 100), (std::vector<double>{42.5, 57.5}));
}

TEST(Label, stays_within_the_bounds_when_it_fits) {
  EXPECT_EQ(spread_labels({0, 1}, {10, 10}, 0, 100), (std::vector<double>{5, 15}));
  EXPECT_EQ(spread_labels({99, 100}, {10, 10}, 0, 100), (std::vector<double>{85, 95}));
}

TEST(Label, runs_over_at_the_bottom_when_there_is_no_room) {
  EXPECT_EQ(spread_labels({0, 0, 0}, {10, 10, 10}, 0, 20), (std::vector<double>{5, 15, 25}));
}

TEST(Label, never_overlaps_and_keeps_the_order_of_wishes) {
  for (int round = 0; round < 200; ++round) {
    std::vector<double> wanted, heights;
    for (int i = 0; i < 12; ++i) {
      wanted.push_back((round * 37 + i * i * 53 + i * 11) % 200);
      heights.push_back(5 + (round + 3 * i) % 9);
    }
    const auto centres = spread_labels(wanted, heights, 0, 200);
    for (size_t i = 0; i < 12; ++i)
      for (size_t j = 0; j < 12; ++j)
        if (wanted[i] < wanted[j]) {
          EXPECT_GE(centres[j] - centres[i], (heights[i] + heights[j]) / 2 - 1e-9);
        }
  }
}

TEST(Label, is_wider_the_more_it_says) {
  EXPECT_EQ(text_width("", 13), 0);
  EXPECT_LT(text_width("ill", 13), text_width("MWM", 13));
  EXPECT_LT(text_width("é", 13), 13) << "two bytes, one letter";
  EXPECT_DOUBLE_EQ(text_width("abc", 26), 2 * text_width("abc", 13));
}

TEST(Label, breaks_lines_without_losing_letters_or_passing_the_width) {
  const std::string text = "family/model-with-a-long-name (untrained, 5 seeds) ééééééééééééééééééééé";
  const auto lines = wrap_text(text, 13, 100);
  std::string joined, letters = text;
  for (const auto& line : lines) {
    EXPECT_LE(text_width(line, 13), 100) << line;
    EXPECT_NE(static_cast<unsigned char>(line.front()) & 0xC0, 0x80) << "starts within a letter: " << line;
    joined += line;
  }
  std::erase(joined, ' ');
  std::erase(letters, ' ');
  EXPECT_EQ(joined, letters);
  EXPECT_EQ(lines.front(), "family/model-");
}

TEST(Label, of_short_text_is_one_line_and_of_no_text_none) {
  EXPECT_EQ(wrap_text("a b", 13, 100), std::vector<std::string>{"a b"});
  EXPECT_TRUE(wrap_text("", 13, 100).empty());
}
