// Heat maps: a cell for each number in its colour, missing ones struck, names that never collide.
#include "report/heat_map.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <regex>

#include "support.h"
#include "unit/report/chart_marks.h"
#include "unit/report/well_formed.h"

using namespace arcuate;
using namespace arcuate::test;

static HeatMap small() {
  return {.title = "Scores",
          .row_label = "subject",
          .column_label = "layer",
          .rows = {"s1", "s2"},
          .columns = {"0", "1", "2"},
          .values = {{0, 0.5, 1}, {1, NAN, 0.25}},
          .value_label = "r"};
}

// The colour of the cell whose note is `note`.
static std::string colour_of(const std::string& svg, const std::string& note) {
  std::smatch match;
  const std::regex cell("fill=\"(#[0-9a-f]{6})\"><title>" + note + "</title>");
  return std::regex_search(svg, match, cell) ? match[1].str() : "none";
}

TEST(HeatMap, colours_cells_by_their_values) {
  const auto svg = render_heat_map(small());
  EXPECT_EQ(markup_fault(svg), "");
  const ColourMap map(ColourScale::sequential);
  EXPECT_EQ(colour_of(svg, "s1, 0: 0"), map.css(0));
  EXPECT_EQ(colour_of(svg, "s1, 1: 0.5"), map.css(0.5));
  EXPECT_EQ(colour_of(svg, "s2, 0: 1"), map.css(1));
  EXPECT_EQ(colour_of(svg, "s2, 2: 0.25"), map.css(0.25));
  EXPECT_TRUE(contains(svg, {">Scores<", ">subject<", ">layer<", ">s1<", ">s2<", ">2<", ">r<"}));
}

TEST(HeatMap, puts_cells_in_rows_and_columns) {
  const auto cells = numbers_in(render_heat_map(small()), "<rect x=\"([0-9.]+)\" y=\"([0-9.]+)\" [^>]*><title>");
  ASSERT_EQ(cells.size(), 10u) << "five values";
  EXPECT_DOUBLE_EQ(cells[1], cells[3]) << "one row";
  EXPECT_DOUBLE_EQ(cells[0], cells[6]) << "one column";
  EXPECT_NEAR(cells[2] - cells[0], cells[4] - cells[2], 0.15);
  EXPECT_GT(cells[7], cells[1]);
}

TEST(HeatMap, strikes_missing_values_and_says_so) {
  HeatMap map = small();
  EXPECT_TRUE(contains(render_heat_map(map), {">no value<"}));
  map.values[1][1] = 0.1;
  EXPECT_FALSE(contains(render_heat_map(map), {"no value"}));
}

TEST(HeatMap, diverging_colours_have_zero_in_the_middle) {
  HeatMap map = small();
  map.scale = ColourScale::diverging;
  const ColourMap colours(ColourScale::diverging);
  EXPECT_EQ(colour_of(render_heat_map(map), "s1, 0: 0"), colours.css(0.5));
  EXPECT_EQ(colour_of(render_heat_map(map), "s2, 0: 1"), colours.css(1));
}

TEST(HeatMap, ends_of_the_colours_can_be_chosen) {
  HeatMap map = small();
  map.low = -1, map.high = 0.5;
  const ColourMap colours(ColourScale::sequential);
  const auto svg = render_heat_map(map);
  EXPECT_EQ(colour_of(svg, "s1, 0: 0"), colours.css(2.0 / 3));
  EXPECT_EQ(colour_of(svg, "s2, 0: 1"), colours.css(1)) << "beyond the end: its colour";
}

TEST(HeatMap, writes_numbers_that_fit_into_their_cells) {
  HeatMap map = small();
  EXPECT_FALSE(contains(render_heat_map(map), {">0.25</text>"}));
  map.cell_text = true;
  EXPECT_TRUE(contains(render_heat_map(map), {">0.25</text>", ">0.50</text>", ">1.00</text>"}));
  map.columns.clear(), map.values = {{}, {}};
  for (int i = 0; i < 60; ++i) {
    map.columns.push_back(std::to_string(i));
    map.values[0].push_back(i + 0.123), map.values[1].push_back(i);
  }
  EXPECT_TRUE(contains(render_heat_map(map), {"too small for their numbers"}));
}

TEST(HeatMap, square_cells_are_as_high_as_wide) {
  HeatMap map = small();
  const auto size = [](const HeatMap& m) {
    return numbers_in(render_heat_map(m), "<rect [^>]*width=\"([0-9.]+)\" height=\"([0-9.]+)\"[^>]*><title>");
  };
  EXPECT_NE(size(map)[0], size(map)[1]);
  map.square = true;
  EXPECT_EQ(size(map)[0], size(map)[1]);
}

TEST(HeatMap, names_are_thinned_or_turned_before_they_touch) {
  HeatMap map{.title = "Many", .rows = {"only"}, .values = {{}}};
  for (int i = 0; i < 100; ++i) map.columns.push_back(std::to_string(i)), map.values[0].push_back(i);
  auto svg = render_heat_map(map);
  EXPECT_TRUE(contains(svg, {"Every 5th column is named.", ">95</text>"}));
  EXPECT_EQ(count(svg, "rotate(-45"), 0u);
  for (auto& name : map.columns) name = "column number " + name;
  svg = render_heat_map(map);
  EXPECT_GT(count(svg, "rotate(-45"), 10u);
  EXPECT_EQ(markup_fault(svg), "");
}

TEST(HeatMap, joins_equal_neighbours_of_large_maps) {
  HeatMap map{.title = "Large"};
  for (int i = 0; i < 100; ++i) map.rows.push_back("r"), map.columns.push_back("c");
  map.values.assign(100, std::vector<double>(100, 1.0));
  map.values[0][0] = 0;
  EXPECT_LT(count(render_heat_map(map), "<rect"), 200u);
}

TEST(HeatMap, without_any_value_says_so) {
  EXPECT_TRUE(contains(render_heat_map({.title = "Nothing"}), {"There is no value to draw."}));
  EXPECT_TRUE(contains(render_heat_map({.rows = {"a"}, .columns = {"b"}, .values = {{NAN}}}), {"no value to draw."}));
  EXPECT_EQ(markup_fault(render_heat_map({.rows = {"a"}, .columns = {"b"}, .values = {{3}}})), "") << "one value";
}

TEST(HeatMap, escapes_names_and_marks_simulated_data) {
  const HeatMap map{.title = hostile,
                    .row_label = hostile,
                    .column_label = hostile,
                    .rows = {hostile},
                    .columns = {hostile},
                    .values = {{1}},
                    .value_label = hostile,
                    .simulated = true};
  const auto svg = render_heat_map(map);
  EXPECT_EQ(markup_fault(svg), "");
  EXPECT_EQ(svg.find("<script"), svg.npos);
  EXPECT_EQ(count(svg, "SIMULATED DATA"), 2u);
  EXPECT_EQ(count(render_heat_map(small()), "SIMULATED"), 0u);
}

TEST(HeatMap, refuses_wrong_sizes_and_names_them_all) {
  HeatMap map = small();
  map.values[1].pop_back();
  map.rows.push_back("s3");
  map.low = 2, map.high = 1;
  EXPECT_TRUE(contains(message_of([&] { render_heat_map(map); }),
                       {"'Scores'", "3 names and 2 rows", "row 2", "3 columns, but has 2", "low must be below high"}));
}

TEST(HeatMap, its_table_has_every_cell) {
  const auto data = chart_data(small());
  EXPECT_EQ(data.columns, (std::vector<std::string>{"row", "column", "value", "simulated"}));
  ASSERT_EQ(data.rows.size(), 6u);
  EXPECT_EQ(data.rows[4], (std::vector<std::string>{"s2", "1", "n/a", "false"}));
  EXPECT_EQ(data.rows[5], (std::vector<std::string>{"s2", "2", "0.25", "false"}));
}
