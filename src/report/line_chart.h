// A line chart as an SVG element: series of points with error bands, direct labels, axes with units.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "report/chart_data.h"

namespace arcuate {

struct ChartSeries {
  std::string label{};
  std::vector<double> x{}, y{};
  std::vector<double> low{}, high{};  ///< Band around y; empty: none.
  bool dashed = false;                ///< Controls and untrained twins.
  int colour = -1;                    ///< Index into the palette, for series that belong together; -1: its place.
};

struct LineChart {
  std::string title{};
  std::string x_label{}, y_label{};  ///< With units.
  std::vector<ChartSeries> series{};
  std::vector<std::pair<std::string, double>> levels{};  ///< Named horizontal lines (a control, a ceiling).
  bool simulated = false;                                ///< Marked in the drawing itself.
};

/// Errors: failed, when a series has x and y of different length. NaN points are left out of the line.
std::string render_line_chart(const LineChart& chart);

/// A row for each point (kind "point") and each level (kind "level").
ChartData chart_data(const LineChart& chart);

}  // namespace arcuate
