// A persistence barcode as an SVG element: a bar from birth to death for each topological feature, by dimension.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "report/persistence_bar.h"

namespace arcuate {

struct Barcode {
  std::string title{};
  std::string x_label{};  ///< What births and deaths are, with unit.
  std::vector<PersistenceBar> bars{};
  size_t limit = 150;      ///< Of each dimension, the longest so many bars are drawn; a note tells of the rest.
  bool simulated = false;  ///< Marked in the drawing itself.
};

/// Infinite bars end in an arrow. Errors: failed, as sorted_bars().
std::string render_barcode(const Barcode& chart);

/// Rows dimension, birth, death of the bars that are drawn, from the top.
ChartData chart_data(const Barcode& chart);

}  // namespace arcuate
