// A box chart as an SVG element: groups of values as boxes beside their names, one below the other, so that long names
// stay readable. A box reaches from the lower to the upper quartile, with the median inside.
#pragma once
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "report/chart_data.h"

namespace arcuate {

struct BoxGroup {
  std::string label{};
  std::vector<double> values{};  ///< NaN are left out.
  int colour = -1;               ///< Index into the palette; -1: its place.
};

struct BoxChart {
  std::string title{};
  std::string value_label{};  ///< With unit.
  std::vector<BoxGroup> groups{};
  std::vector<std::pair<std::string, double>> levels{};  ///< Named lines across (chance, a ceiling).
  size_t point_limit = 60;                               ///< Groups of no more values show each; larger ones, outliers.
  bool simulated = false;                                ///< Marked in the drawing itself.
};

/// Quartiles as in R's type 7 (linear between order statistics); whiskers reach to the outermost values no farther from
/// the box than 1.5 times its length.
struct BoxSummary {
  size_t count = 0;
  double low = 0, lower_quartile = 0, median = 0, upper_quartile = 0, high = 0;
  std::vector<double> outliers{};  ///< Beyond the whiskers, in rising order.
};

/// Of the finite values; all NaN when there are none.
BoxSummary summarise_box(const std::vector<double>& values);

std::string render_box_chart(const BoxChart& chart);

/// Rows name, kind, value: the five numbers and "count" of each group, then its values; then the levels.
ChartData chart_data(const BoxChart& chart);

}  // namespace arcuate
