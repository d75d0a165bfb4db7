// Text in pictures: widths of the face, where ink falls, and what happens at edges and with odd letters.
#include "report/font.h"

#include <gtest/gtest.h>

#include "report/canvas.h"

using namespace arcuate;

static Image drawn(std::string_view text, double x, double y, const TextStyle& style = {.size = 40}) {
  Image image = blank_image(300, 80);
  Font().draw(image, text, x, y, style);
  return image;
}

// Bounds of all pixels that are not white; first > last: none.
struct Ink {
  int64_t left = 1000, right = -1, top = 1000, bottom = -1;
};
static Ink ink_of(const Image& image) {
  Ink ink;
  for (int64_t y = 0; y < image.height; ++y)
    for (int64_t x = 0; x < image.width; ++x)
      if (pixel(image, x, y) != Rgb{255, 255, 255})
        ink = {std::min(ink.left, x), std::max(ink.right, x), std::min(ink.top, y), std::max(ink.bottom, y)};
  return ink;
}

TEST(Font, knows_the_widths_of_its_face) {
  const Font font;
  EXPECT_NEAR(font.width(" ", 100), 100 * 651 / 2048.0, 0.02);
  EXPECT_NEAR(font.width("m", 100), 100 * 1995 / 2048.0, 0.02);
  EXPECT_EQ(font.width("", 100), 0);
  EXPECT_NEAR(font.width("brain score", 60), 2 * font.width("brain score", 30), 0.3);
  EXPECT_LT(font.width("AV", 100), font.width("A", 100) + font.width("V", 100) - 2) << "kerning";
}

TEST(Font, draws_on_the_base_line_where_it_is_told) {
  const Ink ink = ink_of(drawn("H", 20, 50));
  EXPECT_NEAR(static_cast<double>(ink.bottom), 49, 1);
  EXPECT_NEAR(static_cast<double>(ink.bottom - ink.top + 1), 40 * 1493 / 2048.0, 1.1) << "capitals are 1493 units high";
  EXPECT_NEAR(static_cast<double>(ink.left), 20 + 40 * 201 / 2048.0, 1);
}

TEST(Font, aligns_left_right_and_in_the_middle) {
  const double width = Font().width("Hill", 40);
  const auto left = drawn("Hill", 150, 50, {.size = 40, .align = Align::left});
  const auto middle = drawn("Hill", 150 + width / 2, 50, {.size = 40, .align = Align::centre});
  const auto right = drawn("Hill", 150 + width, 50, {.size = 40, .align = Align::right});
  EXPECT_NEAR(static_cast<double>(ink_of(left).left), static_cast<double>(ink_of(middle).left), 1);
  EXPECT_NEAR(static_cast<double>(ink_of(left).right), static_cast<double>(ink_of(right).right), 1);
}

TEST(Font, blends_the_edges_of_letters_in_the_colour_asked_for) {
  const Image image = drawn("O", 20, 50, {.size = 40, .colour = {255, 0, 0}});
  int64_t full = 0, partial = 0;
  for (int64_t y = 0; y < image.height; ++y)
    for (int64_t x = 0; x < image.width; ++x) {
      const Rgb found = pixel(image, x, y);
      EXPECT_EQ(found.red, 255);
      EXPECT_EQ(found.green, found.blue);
      full += found.green == 0, partial += found.green > 0 && found.green < 255;
    }
  EXPECT_GT(full, 50);
  EXPECT_GT(partial, 50);
}

TEST(Font, shifts_letters_by_parts_of_a_pixel) {
  EXPECT_NE(drawn("l", 20, 50).rgb, drawn("l", 20.5, 50).rgb);
  EXPECT_NE(drawn("l", 20, 50).rgb, drawn("l", 20, 50.5).rgb);
}

TEST(Font, draws_utf8_and_replaces_what_is_none) {
  EXPECT_NE(drawn("Δ", 20, 50).rgb, drawn("?", 20, 50).rgb);
  EXPECT_NE(drawn("−", 20, 50).rgb, drawn("-", 20, 50).rgb);
  EXPECT_EQ(drawn("a\xFF", 20, 50).rgb, drawn("a?", 20, 50).rgb);
}

TEST(Font, cuts_text_at_the_edges_of_the_picture) {
  EXPECT_EQ(ink_of(drawn("Hello", 290, 50)).right, 299);
  EXPECT_EQ(ink_of(drawn("Hello", -10, 50)).left, 0);
  EXPECT_EQ(ink_of(drawn("Hello", 20, -500)).right, -1);
}

TEST(Font, gives_the_same_pixels_from_every_copy) { EXPECT_EQ(drawn("same", 9, 50).rgb, drawn("same", 9, 50).rgb); }
