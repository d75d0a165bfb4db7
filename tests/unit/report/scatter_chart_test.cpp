// Scatter charts: points and lines where the numbers say, every option seen.
#include "report/scatter_chart.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/text.h"
#include "support.h"
#include "unit/report/chart_marks.h"
#include "unit/report/well_formed.h"

using namespace arcuate;
using namespace arcuate::test;

static ScatterChart five_points() {
  return {.title = "Sizes",
          .x_label = "size",
          .y_label = "r",
          .series = {{.label = "a", .x = {0, 1, 2, 3, 4}, .y = {2, 1, 4, 4, 4}}}};
}

// Middles of the round markers in the plot.
static std::vector<double> circles(const std::string& svg) {
  return numbers_in(svg, "d=\"M([0-9.]+) ([0-9.]+)a[^>]*><title>");
}

TEST(ScatterChart, draws_points_where_the_axes_say) {
  const auto svg = render_scatter_chart(five_points());
  EXPECT_EQ(markup_fault(svg), "");
  const auto points = circles(svg);
  ASSERT_EQ(points.size(), 10u);
  const auto ticks =
      numbers_in(svg, "<text x=\"([0-9.]+)\" y=\"[0-9.]+\" text-anchor=\"middle\"[^>]*>[0-4](?:\\.0)?</text>");
  ASSERT_EQ(ticks.size(), 5u);
  for (size_t i = 0; i < 5; ++i) EXPECT_NEAR(points[2 * i] + 3.7, ticks[i], 0.15) << i;
  EXPECT_GT(points[1], points[5]) << "larger values stand higher";
}

TEST(ScatterChart, draws_the_line_with_its_band_and_r) {
  ScatterChart chart = five_points();
  EXPECT_EQ(count(render_scatter_chart(chart), "fill-opacity=\"0.13\""), 0u);
  chart.fit = ScatterFit::all;
  const auto svg = render_scatter_chart(chart);
  EXPECT_EQ(markup_fault(svg), "");
  EXPECT_EQ(count(svg, "fill-opacity=\"0.13\""), 1u);
  EXPECT_TRUE(contains(svg, {">all: r = 0.78, n = 5<", "95 % confidence"}));
  const auto line = numbers_in(
      svg, "<path d=\"M([0-9.]+) ([0-9.]+)L([0-9.]+) ([0-9.]+)\" stroke=\"currentColor\" stroke-width=\"2\"");
  ASSERT_EQ(line.size(), 4u);
  const auto points = circles(svg);  // the values 2 and 4 at x = 0 and x = 4; the line is at 1.6 and 4.4
  const double unit = (points[1] - points[9]) / 2;
  EXPECT_NEAR(line[1], points[1] + 0.4 * unit, 0.2);
  EXPECT_NEAR(line[3], points[9] - 0.4 * unit, 0.2);
}

TEST(ScatterChart, draws_a_line_for_each_series_where_asked) {
  ScatterChart chart = five_points();
  chart.series.push_back({.label = "b", .x = {0, 1, 2}, .y = {3, 2, 1}, .colour = 5});
  chart.series.push_back({.label = "c", .x = {0, 1}, .y = {3, 2}});
  chart.fit = ScatterFit::each;
  const auto svg = render_scatter_chart(chart);
  EXPECT_EQ(count(svg, "fill-opacity=\"0.13\""), 2u);
  EXPECT_TRUE(
      contains(svg, {">b: r = -1.00, n = 3<", "fill=\"#D55E00\" fill-opacity=\"0.13\"", "No line for &#39;c&#39;"}));
}

TEST(ScatterChart, draws_y_equals_x_with_both_axes_alike) {
  ScatterChart chart = five_points();
  EXPECT_EQ(count(render_scatter_chart(chart), "y = x"), 0u);
  chart.identity = true;
  const auto svg = render_scatter_chart(chart);
  EXPECT_TRUE(contains(svg, {">y = x<"}));
  const auto points = circles(svg);  // (1, 1) lies on it, and a step of x is as long as one of y
  EXPECT_NEAR(points[8] - points[2], 3 * (points[3] - points[1]), 0.4);
}

TEST(ScatterChart, a_logarithmic_axis_spaces_factors_evenly) {
  ScatterChart chart = five_points();
  chart.series[0].x = {1e6, 1e7, 1e8, 0, -1};
  chart.fit = ScatterFit::all;
  chart.log_x = true;
  const auto svg = render_scatter_chart(chart);
  const auto points = circles(svg);
  ASSERT_EQ(points.size(), 6u);
  EXPECT_NEAR(points[4] - points[2], points[2] - points[0], 0.15);
  EXPECT_TRUE(contains(svg, {">10⁷<", "log₁₀", "cannot show: 2."}));
  chart.identity = true;
  EXPECT_EQ(markup_fault(render_scatter_chart(chart)), "");
}

TEST(ScatterChart, leaves_missing_points_out) {
  ScatterChart chart = five_points();
  chart.series[0].y[2] = NAN;
  chart.series.push_back({.label = "b", .x = {NAN, INFINITY}, .y = {1, 2}});
  const auto svg = render_scatter_chart(chart);
  EXPECT_EQ(count(svg, "<title>"), 4u);
  EXPECT_TRUE(contains(svg, {"not drawn: b."}));
  EXPECT_FALSE(std::regex_search(svg, std::regex("[\" MLH-](nan|inf)[\" L]")));
  EXPECT_TRUE(contains(render_scatter_chart({.title = "Nothing", .fit = ScatterFit::all, .identity = true}),
                       {"There is no value to draw."}));
}

TEST(ScatterChart, escapes_names_and_marks_simulated_data) {
  const ScatterChart chart{.title = hostile,
                           .x_label = hostile,
                           .y_label = hostile,
                           .series = {{.label = hostile, .x = {1, 2, 3}, .y = {1, 2, 4}, .names = {hostile, "b", "c"}}},
                           .fit = ScatterFit::each,
                           .simulated = true};
  const auto svg = render_scatter_chart(chart);
  EXPECT_EQ(markup_fault(svg), "");
  EXPECT_EQ(svg.find("<script"), svg.npos);
  EXPECT_EQ(count(svg, "SIMULATED DATA"), 2u);
}

TEST(ScatterChart, refuses_unequal_lengths_and_names_them_all) {
  ScatterChart chart = five_points();
  chart.series[0].y.pop_back();
  chart.series[0].names = {"one"};
  EXPECT_TRUE(
      contains(message_of([&] { render_scatter_chart(chart); }), {"'Sizes'", "5 x and 4 y", "5 x and 1 names"}));
}

TEST(ScatterChart, its_table_has_points_line_and_r) {
  ScatterChart chart = five_points();
  chart.series[0].names = {"p", "q", "r", "s", "t"};
  chart.fit = ScatterFit::all;
  const auto data = chart_data(chart);
  ASSERT_EQ(data.rows.size(), 5u + 41u + 1u);
  EXPECT_EQ(data.rows[1], (std::vector<std::string>{"a", "point", "q", "1", "1", "n/a", "n/a", "false"}));
  EXPECT_EQ(data.rows[5][1], "fit");
  EXPECT_NEAR(*to_double(data.rows[5][4]), 1.6, 1e-12);
  EXPECT_NEAR(*to_double(data.rows[45][4]), 4.4, 1e-12);
  EXPECT_EQ(data.rows[46][1], "r");
  EXPECT_NEAR(*to_double(data.rows[46][4]), 7 / std::sqrt(80.0), 1e-12);
}
