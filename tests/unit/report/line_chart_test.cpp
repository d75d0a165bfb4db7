// Line charts: well-formed whatever they are given, honest about gaps, deterministic.
#include "report/line_chart.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <locale>
#include <regex>

#include "core/error.h"
#include "support.h"
#include "unit/report/well_formed.h"

using namespace arcuate;
using namespace arcuate::test;

static LineChart two_models() {
  return {.title = "Scores",
          .x_label = "layer",
          .y_label = "r",
          .series =
              {{.label = "first", .x = {0, 1, 2}, .y = {0.1, 0.2, 0.15}, .low = {0, 0.1, 0.1}, .high = {0.2, 0.3, 0.2}},
               {.label = "second", .x = {0, 1, 2}, .y = {0.05, 0.1, 0.15}, .dashed = true}},
          .levels = {{"ceiling", 0.4}}};
}

// Where the text stands whose words are `words`.
static double text_y(const std::string& svg, const std::string& words) {
  std::smatch match;
  const std::regex element(fmt::format("<text x=\"[0-9.]+\" y=\"([0-9.]+)\"[^>]*>{}</text>", words));
  return std::regex_search(svg, match, element) ? std::stod(match[1]) : NAN;
}

TEST(LineChart, is_well_formed_and_names_everything) {
  const auto svg = render_line_chart(two_models());
  EXPECT_EQ(markup_fault(svg), "");
  EXPECT_TRUE(contains(svg, {">Scores<", ">layer<", ">r<", ">first<", ">second<", ">ceiling<", "viewBox=\"0 0 660 "}));
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
}

TEST(LineChart, escapes_hostile_names) {
  const std::string hostile = "<script>alert('x')</script> & \"quotes\"";
  const LineChart chart{.title = hostile,
                        .x_label = hostile,
                        .y_label = hostile,
                        .series = {{.label = hostile, .x = {1, 2}, .y = {1, 2}}, {.label = hostile}},
                        .levels = {{hostile, 1.5}}};
  const auto svg = render_line_chart(chart);
  EXPECT_EQ(markup_fault(svg), "");
  EXPECT_EQ(svg.find("<script"), svg.npos);
}

TEST(LineChart, breaks_the_line_at_missing_points) {
  LineChart chart{.series = {{.label = "a", .x = {0, 1, 2, 3, 4, 5, 6}, .y = {1, 2, NAN, 3, NAN, 4, 5}}}};
  auto svg = render_line_chart(chart);
  EXPECT_EQ(count(svg, "stroke-linejoin"), 2u);
  EXPECT_EQ(count(svg, "<title>"), 5u) << "a point alone between gaps still has its marker";
  chart.series[0].y = {1, 2, 2.5, 3, 3.5, 4, 5};
  svg = render_line_chart(chart);
  EXPECT_EQ(count(svg, "stroke-linejoin"), 1u);
  EXPECT_EQ(count(svg, "<title>"), 7u);
}

TEST(LineChart, tells_which_series_and_levels_have_no_values) {
  LineChart chart = two_models();
  EXPECT_FALSE(contains(render_line_chart(chart), {"not drawn"}));
  chart.series[1].y = {NAN, NAN, NAN};
  chart.levels.push_back({"floor", NAN});
  EXPECT_TRUE(contains(render_line_chart(chart), {"not drawn: second, floor."}));
}

TEST(LineChart, without_any_value_says_so) {
  const auto svg = render_line_chart({.title = "Nothing"});
  EXPECT_EQ(markup_fault(svg), "");
  EXPECT_TRUE(contains(svg, {"There is no value to draw."}));
}

TEST(LineChart, never_writes_a_coordinate_that_is_no_number) {
  LineChart chart = two_models();
  chart.series.push_back({.label = "wild", .x = {0, INFINITY, 2}, .y = {1e308, -INFINITY, -1e308}});
  chart.series.push_back({.label = "one", .x = {1}, .y = {0}, .low = {NAN}, .high = {0}});
  chart.series.push_back({.label = "far", .x = {1e12, 1e12 + 1}, .y = {1e250, 1e-250}});
  chart.levels.push_back({"unknown", NAN});
  const auto svg = render_line_chart(chart);
  EXPECT_EQ(markup_fault(svg), "");
  EXPECT_FALSE(std::regex_search(svg, std::regex("[\" MLH-](nan|inf)[\" L]")));
}

TEST(LineChart, draws_bands_dashes_and_levels_only_where_asked) {
  LineChart chart = two_models();
  auto svg = render_line_chart(chart);
  EXPECT_EQ(count(svg, "fill-opacity=\"0.15\""), 1u);
  EXPECT_EQ(count(svg, "stroke-dasharray=\"6 4\""), 2u) << "the line and its sample beside the name";
  EXPECT_EQ(count(svg, "stroke-dasharray=\"1.5 3\""), 2u) << "the level and its way to the name";
  chart.series[0].low = chart.series[0].high = {};
  chart.series[1].dashed = false;
  chart.levels.clear();
  svg = render_line_chart(chart);
  EXPECT_EQ(count(svg, "fill-opacity=\"0.15\""), 0u);
  EXPECT_EQ(count(svg, "stroke-dasharray"), 0u);
}

TEST(LineChart, keeps_labels_of_lines_that_end_together_apart) {
  const auto name = [](int i) { return fmt::format("m{}", i); };
  LineChart chart;
  for (int i = 0; i < 30; ++i) chart.series.push_back({.label = name(i), .x = {0, 1}, .y = {0.01 * i, 0.5 + 1e-6 * i}});
  const auto svg = render_line_chart(chart);
  for (int i = 1; i < 30; ++i) EXPECT_GE(text_y(svg, name(i - 1)) - text_y(svg, name(i)), 16.85) << i;
  std::smatch height;
  ASSERT_TRUE(std::regex_search(svg, height, std::regex("viewBox=\"0 0 [0-9]+ ([0-9]+)\"")));
  EXPECT_LT(text_y(svg, "m0"), std::stod(height[1])) << "the drawing grows with its labels";
}

TEST(LineChart, breaks_long_labels_into_lines) {
  LineChart chart = two_models();
  chart.series[0].label = "a-family/a-model-with-a-long-name (untrained, 5 seeds)";
  EXPECT_TRUE(contains(render_line_chart(chart), {">a-family/a-model-with-a-long-<", ">name (untrained, 5 seeds)<"}));
}

TEST(LineChart, marks_simulated_data_in_the_drawing) {
  LineChart chart = two_models();
  EXPECT_EQ(count(render_line_chart(chart), "SIMULATED"), 0u);
  chart.simulated = true;
  EXPECT_EQ(count(render_line_chart(chart), "SIMULATED DATA"), 2u);
  EXPECT_TRUE(contains(render_line_chart(chart), {"aria-label=\"Scores (simulated data)\""}));
}

TEST(LineChart, lets_series_share_a_colour) {
  LineChart chart = two_models();
  EXPECT_EQ(count(render_line_chart(chart), "fill=\"#E69F00\" stroke=\"#E69F00\""), 1u);
  chart.series[1].colour = 0;
  const auto svg = render_line_chart(chart);
  EXPECT_EQ(count(svg, "#E69F00"), 0u);
  EXPECT_EQ(count(svg, "<g fill=\"currentColor\" stroke=\"currentColor\">"), 2u);
}

TEST(LineChart, its_table_has_points_bands_and_levels) {
  LineChart chart = two_models();
  chart.series[1].y[2] = NAN;
  const auto data = chart_data(chart);
  EXPECT_EQ(data.columns, (std::vector<std::string>{"name", "kind", "x", "y", "low", "high", "simulated"}));
  ASSERT_EQ(data.rows.size(), 7u);
  EXPECT_EQ(data.rows[1], (std::vector<std::string>{"first", "point", "1", "0.2", "0.1", "0.3", "false"}));
  EXPECT_EQ(data.rows[5], (std::vector<std::string>{"second", "point", "2", "n/a", "n/a", "n/a", "false"}));
  EXPECT_EQ(data.rows[6], (std::vector<std::string>{"ceiling", "level", "n/a", "0.4", "n/a", "n/a", "false"}));
}

TEST(LineChart, marks_long_series_sparsely) {
  ChartSeries series{.label = "long"};
  for (int i = 0; i < 1000; ++i) series.x.push_back(i), series.y.push_back(std::sin(0.01 * i));
  const size_t markers = count(render_line_chart({.series = {series}}), "<title>");
  EXPECT_GE(markers, 15u);
  EXPECT_LE(markers, 24u);
}

TEST(LineChart, refuses_series_of_unequal_lengths_and_names_them_all) {
  LineChart chart = two_models();
  chart.series[0].low.pop_back();
  chart.series[1].y.pop_back();
  const auto message = message_of([&] { render_line_chart(chart); });
  EXPECT_TRUE(contains(message, {"'Scores'", "'first'", "3 y and 2 low", "'second'", "3 x and 2 y"}));
  try {
    render_line_chart(chart);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::failed);
  }
}

namespace {
struct DecimalComma : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\1"; }
};
}  // namespace

TEST(LineChart, is_the_same_bytes_under_every_locale) {
  const auto plain = render_line_chart(two_models());
  const std::locale before = std::locale::global(std::locale(std::locale::classic(), new DecimalComma));
  const auto foreign = render_line_chart(two_models());
  std::locale::global(before);
  EXPECT_EQ(plain, foreign);
}
