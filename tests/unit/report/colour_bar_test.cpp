// The colour bar: its ends have the colours of the ends, what is not shown is grey, ends are pointed where values go
// on.
#include "report/colour_bar.h"

#include <gtest/gtest.h>

using namespace arcuate;

static constexpr Box box{100, 20, 200, 12};
static constexpr Rgb white{255, 255, 255};

static Image drawn(const ColourBar& bar) {
  Image image = blank_image(500, 120);
  draw_colour_bar(image, Font(), bar, box, 16);
  return image;
}

TEST(ColourBar, runs_from_the_first_to_the_last_colour) {
  const ColourMap map(ColourScale::sequential);
  const Image image = drawn({{.low = 0, .high = 2}});
  for (int64_t x = 0; x < box.width; ++x)
    EXPECT_EQ(pixel(image, box.x + x, 25), map.at((static_cast<double>(x) + 0.5) / 200)) << x;
  EXPECT_EQ(pixel(image, 99, 25), white);
  EXPECT_EQ(pixel(image, 300, 25), white);
}

TEST(ColourBar, is_grey_where_values_are_not_shown) {
  const Image image = drawn({{.kind = ColourScale::diverging, .low = -1, .high = 1, .threshold = 0.5}});
  const Rgb middle = pixel(image, 200, 25), end = pixel(image, 110, 25);
  EXPECT_TRUE(middle.red == middle.green && middle.green == middle.blue && middle != white);
  EXPECT_GT(end.blue, end.red + 50);
}

TEST(ColourBar, is_pointed_where_values_lie_beyond) {
  const Image image = drawn({{.low = 0, .high = 1, .beyond_high = true}});
  EXPECT_EQ(pixel(image, 99, 25), white);
  EXPECT_NE(pixel(image, 300, 25), white);
  EXPECT_EQ(pixel(image, 309, 20), white) << "near the tip only the middle is drawn";
}

TEST(ColourBar, has_a_tick_at_every_round_number) {
  const Image image = drawn({{.low = 0, .high = 1}});
  std::vector<int64_t> ticks;
  for (int64_t x = 90; x < 310; ++x)
    if (pixel(image, x, box.y + box.height + 2) != white) ticks.push_back(x);
  ASSERT_EQ(ticks.size(), 6u);
  for (size_t i = 0; i < 6; ++i) EXPECT_NEAR(static_cast<double>(ticks[i]), 100 + 40.0 * static_cast<double>(i), 1);
}

TEST(ColourBar, says_unit_note_and_meaning_of_grey) {
  const ColourBar plain{{.low = 0, .high = 1}};
  const ColourBar full{{.low = 0, .high = 1}, "r", "note", "no value"};
  EXPECT_NE(drawn(full).rgb, drawn(plain).rgb);
  EXPECT_GT(colour_bar_height(full, box, 16), colour_bar_height(plain, box, 16) + 30);
  EXPECT_EQ(pixel(drawn(plain), 345, 25), white);
  EXPECT_NE(pixel(drawn(full), 345, 25), white);
}
