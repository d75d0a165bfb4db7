// A scatter chart as an SVG element: points of named series, the least-squares line with its 95 % band, and y = x.
#pragma once
#include <string>
#include <vector>

#include "report/chart_data.h"

namespace arcuate {

struct ScatterSeries {
  std::string label{};
  std::vector<double> x{}, y{};      ///< Points with NaN are left out.
  std::vector<std::string> names{};  ///< Of the points, for the table and the pointer; empty: none.
  int colour = -1;                   ///< Index into the palette; -1: its place.
};

enum class ScatterFit {
  none,
  all,   ///< One line through the points of all series.
  each,  ///< A line for each series, in its colour.
};

struct ScatterChart {
  std::string title{};
  std::string x_label{}, y_label{};  ///< With units.
  std::vector<ScatterSeries> series{};
  ScatterFit fit = ScatterFit::none;  ///< With its band and r, both of log10 x when log_x.
  bool identity = false;              ///< The line y = x, both axes alike and the plot square (unless log_x).
  bool log_x = false;                 ///< Points whose x is not positive are left out, and a note says so.
  bool simulated = false;             ///< Marked in the drawing itself.
};

/// Errors: failed, when a series has x, y or names of different length.
std::string render_scatter_chart(const ScatterChart& chart);

/// Rows of kind "point"; for each line those of kind "fit" along it, and r as the y of kind "r".
ChartData chart_data(const ScatterChart& chart);

}  // namespace arcuate
