// Box charts: quartiles by hand, marks where the numbers say, every option seen.
#include "report/box_chart.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/text.h"
#include "support.h"
#include "unit/report/chart_marks.h"
#include "unit/report/well_formed.h"

using namespace arcuate;
using namespace arcuate::test;

static BoxChart one_group() {
  return {.title = "Scores", .value_label = "r", .groups = {{.label = "a", .values = {1, 2, 3, 4, 5, 6, 7, 8, 9, 30}}}};
}

TEST(BoxChart, summarises_by_type_seven_quartiles) {
  const auto box = summarise_box({9, 1, 2, NAN, 3, 4, 30, 5, 6, 7, 8});
  EXPECT_EQ(box.count, 10u);
  EXPECT_DOUBLE_EQ(box.lower_quartile, 3.25);
  EXPECT_DOUBLE_EQ(box.median, 5.5);
  EXPECT_DOUBLE_EQ(box.upper_quartile, 7.75);
  EXPECT_DOUBLE_EQ(box.low, 1);
  EXPECT_DOUBLE_EQ(box.high, 9) << "7.75 + 1.5 x 4.5 = 14.5";
  EXPECT_EQ(box.outliers, std::vector<double>{30});
}

TEST(BoxChart, summarises_tiny_and_empty_groups) {
  EXPECT_DOUBLE_EQ(summarise_box({3}).median, 3);
  EXPECT_TRUE(summarise_box({3}).outliers.empty());
  EXPECT_TRUE(std::isnan(summarise_box({NAN}).median));
  const auto skewed = summarise_box({-1000, 1, 1, 1});
  EXPECT_LE(skewed.low, skewed.lower_quartile) << "a whisker never points into its box";
  EXPECT_EQ(skewed.outliers, std::vector<double>{-1000});
}

TEST(BoxChart, draws_the_box_where_the_quartiles_are) {
  const auto svg = render_box_chart(one_group());
  EXPECT_EQ(markup_fault(svg), "");
  const double zero = text_place(svg, "0").at(0), ten = text_place(svg, "10").at(0);
  const auto box = numbers_in(svg, "<rect x=\"([0-9.]+)\" y=\"[0-9.]+\" width=\"([0-9.]+)\"");
  ASSERT_EQ(box.size(), 2u);
  EXPECT_NEAR(on_axis(box[0], 0, zero, 10, ten), 3.25, 0.02);
  EXPECT_NEAR(on_axis(box[0] + box[1], 0, zero, 10, ten), 7.75, 0.02);
  const auto points = numbers_in(svg, "<circle cx=\"([0-9.]+)\"");
  ASSERT_EQ(points.size(), 10u);
  EXPECT_NEAR(on_axis(points[9], 0, zero, 10, ten), 30, 0.03);
}

TEST(BoxChart, shows_outliers_only_beyond_the_point_limit) {
  BoxChart chart = one_group();
  chart.point_limit = 9;
  EXPECT_EQ(count(render_box_chart(chart), "<circle"), 1u);
}

TEST(BoxChart, spreads_points_the_same_way_each_time) {
  const auto svg = render_box_chart(one_group());
  EXPECT_EQ(svg, render_box_chart(one_group()));
  const auto heights = numbers_in(svg, "<circle cx=\"[0-9.]+\" cy=\"([0-9.]+)\"");
  EXPECT_NE(heights.at(0), heights.at(1));
}

TEST(BoxChart, draws_levels_and_chosen_colours) {
  BoxChart chart = one_group();
  EXPECT_EQ(count(render_box_chart(chart), "1.5 3"), 0u);
  chart.levels = {{"chance", 10}};
  chart.groups[0].colour = 4;
  const auto svg = render_box_chart(chart);
  EXPECT_TRUE(contains(svg, {">chance<", "fill=\"#0072B2\""}));
  EXPECT_EQ(count(svg, "1.5 3"), 2u);
  const auto level = numbers_in(svg, "<path d=\"M([0-9.]+) [0-9.]+L[0-9.]+ [0-9.]+\"[^>]*1.5 3");
  EXPECT_NEAR(level.at(0), text_place(svg, "10").at(0), 0.05);
}

TEST(BoxChart, tells_what_has_no_values) {
  BoxChart chart = one_group();
  chart.groups.push_back({.label = "b", .values = {NAN}});
  chart.levels = {{"ceiling", NAN}};
  EXPECT_TRUE(contains(render_box_chart(chart), {"not drawn: b, ceiling."}));
  EXPECT_TRUE(contains(render_box_chart({.title = "Nothing"}), {"There is no value to draw."}));
}

TEST(BoxChart, escapes_names_and_marks_simulated_data) {
  const BoxChart chart{.title = hostile,
                       .value_label = hostile,
                       .groups = {{.label = hostile, .values = {1, 2}}},
                       .levels = {{hostile, 1}},
                       .simulated = true};
  const auto svg = render_box_chart(chart);
  EXPECT_EQ(markup_fault(svg), "");
  EXPECT_EQ(svg.find("<script"), svg.npos);
  EXPECT_EQ(count(svg, "SIMULATED DATA"), 2u);
  EXPECT_EQ(count(render_box_chart(one_group()), "SIMULATED"), 0u);
}

TEST(BoxChart, its_table_has_what_is_drawn) {
  BoxChart chart = one_group();
  chart.groups[0].values[0] = NAN;
  chart.levels = {{"chance", 0.1}};
  const auto data = chart_data(chart);
  EXPECT_EQ(data.columns, (std::vector<std::string>{"name", "kind", "value", "simulated"}));
  ASSERT_EQ(data.rows.size(), 6u + 10u + 1u);
  EXPECT_EQ(data.rows[0], (std::vector<std::string>{"a", "count", "9", "false"}));
  EXPECT_EQ(data.rows[3], (std::vector<std::string>{"a", "median", "6", "false"}));
  EXPECT_EQ(data.rows[6], (std::vector<std::string>{"a", "value", "n/a", "false"}));
  EXPECT_EQ(data.rows.back(), (std::vector<std::string>{"chance", "level", "0.1", "false"}));
}
