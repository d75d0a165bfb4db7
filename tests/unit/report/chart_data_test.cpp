// Figures as files: a drawing that stands alone and its table.
#include "report/chart_data.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files.h"
#include "io/table.h"
#include "report/line_chart.h"
#include "support.h"
#include "unit/report/well_formed.h"

using namespace arcuate;
using namespace arcuate::test;

static LineChart chart() {
  return {.title = "a > b", .series = {{.label = "m", .x = {0, 1}, .y = {0.1, 1.0 / 3}}}, .simulated = true};
}

TEST(ChartData, figures_are_a_drawing_on_white_and_a_table) {
  const TemporaryFolder folder;
  write_figure(folder / "layer.3", render_line_chart(chart()), chart_data(chart()));
  const auto svg = read_file(folder / "layer.3.svg");
  EXPECT_EQ(markup_fault(svg), "");
  EXPECT_TRUE(contains(
      svg, {"xmlns=\"http://www.w3.org/2000/svg\"", "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"}));
  EXPECT_EQ(count(svg, "xmlns="), 1u);
  const Table table = read_table(folder / "layer.3.tsv");
  EXPECT_EQ(table.columns, chart_data(chart()).columns);
  EXPECT_EQ(table.rows, chart_data(chart()).rows);
  EXPECT_EQ(table.number(1, table.column("y")), 1.0 / 3) << "full precision";
}

TEST(ChartData, says_in_each_row_whether_data_are_simulated) {
  LineChart drawn = chart();
  EXPECT_EQ(chart_data(drawn).columns.back(), "simulated");
  for (const auto& row : chart_data(drawn).rows) EXPECT_EQ(row.back(), "true");
  drawn.simulated = false;
  for (const auto& row : chart_data(drawn).rows) EXPECT_EQ(row.back(), "false");
}

TEST(ChartData, gives_drawings_their_namespace_if_they_lack_it) {
  const auto svg = standalone_svg("<svg viewBox=\"0 0 1 1\"></svg>\n");
  EXPECT_EQ(markup_fault(svg), "");
  EXPECT_EQ(count(svg, "xmlns="), 1u);
}

TEST(ChartData, refuses_what_is_no_drawing) {
  EXPECT_TRUE(contains(message_of([] { standalone_svg("<p>text</p>"); }), {"needs an SVG element", "<p>text</p>"}));
}
