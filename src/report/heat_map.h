// A heat map as an SVG element: rows x columns of numbers as colours, with the names of both and a colour bar.
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "report/chart_data.h"
#include "report/colour_map.h"

namespace arcuate {

struct HeatMap {
  std::string title{};
  std::string row_label{}, column_label{};     ///< What the names are ("subject", "layer").
  std::vector<std::string> rows{}, columns{};  ///< Names, one a row and one a column of the values.
  std::vector<std::vector<double>> values{};   ///< By rows; NaN is drawn as a struck cell without colour.
  std::string value_label{};                   ///< At the colour bar, with unit.
  ColourScale scale = ColourScale::sequential;
  double low = NAN, high = NAN;  ///< Ends of the colours; NaN: of the values (diverging: as far on both sides of 0).
  bool cell_text = false;        ///< The number in each cell, where it fits.
  bool square = false;           ///< Cells as high as wide.
  bool simulated = false;        ///< Marked in the drawing itself.
};

/// Errors: failed, when names and values differ in number or low is not below high.
std::string render_heat_map(const HeatMap& map);

/// Rows row, column, value.
ChartData chart_data(const HeatMap& map);

}  // namespace arcuate
