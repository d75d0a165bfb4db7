// Matrices: square cells, the same names on both sides, and what a heat map promises.
#include "report/matrix_chart.h"

#include <gtest/gtest.h>

#include "support.h"
#include "unit/report/chart_marks.h"
#include "unit/report/well_formed.h"

using namespace arcuate;
using namespace arcuate::test;

static MatrixChart correlations() {
  return {.title = "Models", .names = {"a", "b"}, .values = {{1, -0.5}, {-0.5, 1}}, .value_label = "r"};
}

TEST(MatrixChart, has_square_cells_and_names_on_both_sides) {
  const auto svg = render_matrix_chart(correlations());
  EXPECT_EQ(markup_fault(svg), "");
  const auto size = numbers_in(svg, "<rect [^>]*width=\"([0-9.]+)\" height=\"([0-9.]+)\"[^>]*><title>");
  ASSERT_EQ(size.size(), 8u);
  for (const double side : size) EXPECT_EQ(side, size[0]);
  EXPECT_EQ(count(svg, ">a</text>"), 2u);
  EXPECT_EQ(count(svg, ">b</text>"), 2u);
}

TEST(MatrixChart, every_option_changes_the_drawing) {
  const auto plain = render_matrix_chart(correlations());
  const auto changed = [&](auto change) {
    MatrixChart chart = correlations();
    change(chart);
    const auto svg = render_matrix_chart(chart);
    EXPECT_EQ(markup_fault(svg), "");
    return svg != plain;
  };
  EXPECT_TRUE(changed([](MatrixChart& c) { c.row_label = "true"; }));
  EXPECT_TRUE(changed([](MatrixChart& c) { c.column_label = "guessed"; }));
  EXPECT_TRUE(changed([](MatrixChart& c) { c.value_label = "count"; }));
  EXPECT_TRUE(changed([](MatrixChart& c) { c.scale = ColourScale::sequential; }));
  EXPECT_TRUE(changed([](MatrixChart& c) { c.low = -2; }));
  EXPECT_TRUE(changed([](MatrixChart& c) { c.high = 2; }));
  EXPECT_TRUE(changed([](MatrixChart& c) { c.cell_text = true; }));
  EXPECT_TRUE(changed([](MatrixChart& c) { c.simulated = true; }));
}

TEST(MatrixChart, writes_counts_without_decimals) {
  MatrixChart chart = correlations();
  chart.values = {{12, 3}, {0, 7}};
  chart.cell_text = true;
  EXPECT_TRUE(contains(render_matrix_chart(chart), {">12</text>", ">3</text>"}));
}

TEST(MatrixChart, refuses_what_is_not_square) {
  MatrixChart chart = correlations();
  chart.values = {{1, 2, 3}, {1, 2, 3}};
  EXPECT_TRUE(contains(message_of([&] { render_matrix_chart(chart); }), {"'Models'", "2 columns, but has 3"}));
}

TEST(MatrixChart, its_table_has_every_cell) {
  const auto data = chart_data(correlations());
  ASSERT_EQ(data.rows.size(), 4u);
  EXPECT_EQ(data.rows[1], (std::vector<std::string>{"a", "b", "-0.5", "false"}));
}
