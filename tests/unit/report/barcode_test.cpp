// Barcodes: bars from birth to death, by dimension, arrows where they never end.
#include "report/barcode.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support.h"
#include "unit/report/chart_marks.h"
#include "unit/report/well_formed.h"

using namespace arcuate;
using namespace arcuate::test;

static Barcode three_bars() {
  return {.title = "Bars", .x_label = "distance", .bars = {{1, 0.5, 1}, {0, 0, INFINITY}, {0, 0, 0.25}}};
}

// x and width of each bar.
static std::vector<double> bars_of(const std::string& svg) {
  return numbers_in(svg, "<rect x=\"([0-9.]+)\" y=\"[0-9.]+\" width=\"([0-9.]+)\"[^>]*><title>");
}

TEST(Barcode, draws_bars_from_birth_to_death_by_dimension) {
  const auto svg = render_barcode(three_bars());
  EXPECT_EQ(markup_fault(svg), "");
  const auto bars = bars_of(svg);
  ASSERT_EQ(bars.size(), 6u);
  const double zero = text_place(svg, "0\\.0").at(0), one = text_place(svg, "1\\.0").at(0), unit = one - zero;
  EXPECT_NEAR(bars[0], zero, 0.11);
  EXPECT_NEAR(bars[1], 0.25 * unit, 0.11);
  EXPECT_NEAR(bars[2], zero, 0.11);
  EXPECT_GT(bars[2] + bars[3], one) << "infinite: beyond all that ends";
  EXPECT_NEAR(bars[4], zero + 0.5 * unit, 0.11);
  EXPECT_NEAR(bars[5], 0.5 * unit, 0.11);
  EXPECT_EQ(count(svg, "l8.0 4.5l-8.0 4.5Z"), 1u) << "one arrow";
  EXPECT_LT(text_place(svg, "H₀").at(1), text_place(svg, "H₁").at(1));
  EXPECT_TRUE(contains(svg, {">distance<", "H₁: 0.5 to 1<", "H₀: 0 to infinity<"}));
}

TEST(Barcode, draws_the_longest_bars_and_tells_of_the_rest) {
  Barcode chart = three_bars();
  chart.limit = 1;
  const auto svg = render_barcode(chart);
  EXPECT_EQ(bars_of(svg).size(), 4u);
  EXPECT_TRUE(contains(svg, {"H₀: the 1 longest of 2 bars.", "to infinity"}));
  EXPECT_EQ(chart_data(chart).rows.size(), 2u);
}

TEST(Barcode, names_of_small_groups_stay_apart) {
  Barcode chart{.title = "Many"};
  for (int i = 0; i < 500; ++i) chart.bars.push_back({0, 0, 1.0 + i});
  for (int d = 1; d < 4; ++d) chart.bars.push_back({d, 1, 2});
  const auto svg = render_barcode(chart);
  EXPECT_GE(text_place(svg, "H₂").at(1) - text_place(svg, "H₁").at(1), 17);
  EXPECT_GE(text_place(svg, "H₃").at(1) - text_place(svg, "H₂").at(1), 17);
}

TEST(Barcode, leaves_out_what_has_no_place_and_says_so) {
  Barcode chart = three_bars();
  chart.bars.push_back({0, NAN, 1});
  chart.bars.push_back({0, 0, NAN});
  const auto svg = render_barcode(chart);
  EXPECT_EQ(bars_of(svg).size(), 6u);
  EXPECT_TRUE(contains(svg, {"not drawn: 2."}));
  EXPECT_TRUE(contains(render_barcode({.title = "Nothing"}), {"There is no value to draw."}));
}

TEST(Barcode, refuses_bars_that_die_before_birth) {
  Barcode chart = three_bars();
  chart.bars.push_back({0, 2, 1});
  chart.bars.push_back({-1, 0, 1});
  EXPECT_TRUE(
      contains(message_of([&] { render_barcode(chart); }), {"'Bars'", "bar 4", "birth 2, but has 1", "has -1"}));
}

TEST(Barcode, escapes_names_and_marks_simulated_data) {
  Barcode chart = three_bars();
  EXPECT_EQ(count(render_barcode(chart), "SIMULATED"), 0u);
  chart.title = chart.x_label = hostile;
  chart.simulated = true;
  const auto svg = render_barcode(chart);
  EXPECT_EQ(markup_fault(svg), "");
  EXPECT_EQ(svg.find("<script"), svg.npos);
  EXPECT_EQ(count(svg, "SIMULATED DATA"), 2u);
}

TEST(Barcode, its_table_has_the_bars_from_the_top) {
  const auto data = chart_data(three_bars());
  EXPECT_EQ(data.columns, (std::vector<std::string>{"dimension", "birth", "death", "simulated"}));
  EXPECT_EQ(data.rows, (std::vector<std::vector<std::string>>{
                           {"0", "0", "0.25", "false"}, {"0", "0", "inf", "false"}, {"1", "0.5", "1", "false"}}));
}
