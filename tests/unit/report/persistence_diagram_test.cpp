// Persistence diagrams: points above a diagonal, both axes alike, infinity on its line.
#include "report/persistence_diagram.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support.h"
#include "unit/report/chart_marks.h"
#include "unit/report/well_formed.h"

using namespace arcuate;
using namespace arcuate::test;

static PersistenceDiagram three_points() {
  return {.title = "Diagram", .bars = {{0, 0, 1}, {0, 0.5, 0.5}, {0, 0, INFINITY}}};
}

// Left ends and middles of the round markers.
static std::vector<double> circles(const std::string& svg) {
  return numbers_in(svg, "d=\"M([0-9.]+) ([0-9.]+)a[^>]*><title>");
}

TEST(PersistenceDiagram, draws_points_at_birth_and_death) {
  const auto svg = render_persistence_diagram(three_points());
  EXPECT_EQ(markup_fault(svg), "");
  const auto points = circles(svg);
  ASSERT_EQ(points.size(), 6u);
  const auto diagonal = numbers_in(svg,
                                   "<path d=\"M([0-9.]+) ([0-9.]+)L([0-9.]+) ([0-9.]+)\" stroke=\"currentColor\" "
                                   "stroke-opacity=\"0.6\"/>\n<path d=\"M[0-9.]+ [0-9.]+L[0-9.]+ [0-9.]+\"[^>]*1.5 3");
  ASSERT_EQ(diagonal.size(), 4u);
  EXPECT_NEAR(diagonal[2] - diagonal[0], diagonal[1] - diagonal[3], 0.15) << "both axes alike";
  // The point (0.5, 0.5) lies on the diagonal; (0, 1) twice as far to the left of it as up.
  const double x = points[4] + 3.7, y = points[5];
  EXPECT_NEAR(x - diagonal[0], diagonal[1] - y, 0.3);
  EXPECT_NEAR(points[0] + 3.7, diagonal[0], 0.15);
  EXPECT_NEAR(diagonal[1] - points[1], 2 * (diagonal[1] - y), 0.3);
}

TEST(PersistenceDiagram, puts_what_never_dies_on_the_line_of_infinity) {
  PersistenceDiagram chart = three_points();
  auto svg = render_persistence_diagram(chart);
  const auto line = numbers_in(svg, "L[0-9.]+ ([0-9.]+)\"[^>]*1.5 3");
  ASSERT_EQ(line.size(), 1u);
  EXPECT_NEAR(circles(svg)[3], line[0], 0.05);
  EXPECT_LT(line[0], circles(svg)[1]) << "above all deaths";
  EXPECT_TRUE(contains(svg, {">∞<"}));
  chart.bars.pop_back();
  svg = render_persistence_diagram(chart);
  EXPECT_EQ(count(svg, "1.5 3"), 0u);
  EXPECT_FALSE(contains(svg, {"∞"}));
}

TEST(PersistenceDiagram, tells_dimensions_apart_and_counts_them) {
  PersistenceDiagram chart = three_points();
  chart.bars.push_back({1, 0.2, 0.4});
  EXPECT_TRUE(contains(render_persistence_diagram(chart), {">H₀ (n = 3)<", ">H₁ (n = 1)<", "fill=\"#E69F00\""}));
}

TEST(PersistenceDiagram, names_the_unit_on_both_axes) {
  PersistenceDiagram chart = three_points();
  EXPECT_TRUE(contains(render_persistence_diagram(chart), {">birth<", ">death<"}));
  chart.unit = hostile;
  chart.title = hostile;
  const auto svg = render_persistence_diagram(chart);
  EXPECT_TRUE(contains(svg, {">birth (&lt;script", ">death (&lt;script"}));
  EXPECT_EQ(markup_fault(svg), "");
}

TEST(PersistenceDiagram, says_what_is_missing_and_marks_simulated_data) {
  PersistenceDiagram chart = three_points();
  EXPECT_EQ(count(render_persistence_diagram(chart), "SIMULATED"), 0u);
  chart.bars.push_back({0, NAN, 1});
  chart.simulated = true;
  const auto svg = render_persistence_diagram(chart);
  EXPECT_TRUE(contains(svg, {"not drawn: 1."}));
  EXPECT_EQ(count(svg, "SIMULATED DATA"), 2u);
  EXPECT_TRUE(contains(render_persistence_diagram({.title = "Nothing"}), {"There is no value to draw."}));
  EXPECT_EQ(markup_fault(render_persistence_diagram({.bars = {{0, 0, INFINITY}}})), "") << "nothing finite but births";
}

TEST(PersistenceDiagram, its_table_has_every_point) {
  PersistenceDiagram chart = three_points();
  chart.simulated = true;
  EXPECT_EQ(chart_data(chart).rows,
            (std::vector<std::vector<std::string>>{
                {"0", "0", "1", "true"}, {"0", "0", "inf", "true"}, {"0", "0.5", "0.5", "true"}}));
}
