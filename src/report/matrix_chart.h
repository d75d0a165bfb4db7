// A square matrix as an SVG element: correlations, distances or confusion counts between the same things, in square
// cells.
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "report/chart_data.h"
#include "report/colour_map.h"

namespace arcuate {

struct MatrixChart {
  std::string title{};
  std::string row_label{}, column_label{};    ///< Where rows and columns differ (true and guessed class).
  std::vector<std::string> names{};           ///< Of rows and columns.
  std::vector<std::vector<double>> values{};  ///< NaN is drawn as a struck cell without colour.
  std::string value_label{};                  ///< At the colour bar, with unit.
  ColourScale scale = ColourScale::diverging;
  double low = NAN, high = NAN;  ///< Ends of the colours; NaN: of the values (diverging: as far on both sides of 0).
  bool cell_text = false;        ///< The number in each cell, where it fits.
  bool simulated = false;        ///< Marked in the drawing itself.
};

/// Errors: failed, when the values are no square of as many rows as names.
std::string render_matrix_chart(const MatrixChart& chart);

/// Rows row, column, value.
ChartData chart_data(const MatrixChart& chart);

}  // namespace arcuate
