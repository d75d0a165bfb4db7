// A persistence diagram as an SVG element: each topological feature as a point at its birth and death, above the
// diagonal; what never dies lies on a line marked with infinity.
#pragma once
#include <string>
#include <vector>

#include "report/persistence_bar.h"

namespace arcuate {

struct PersistenceDiagram {
  std::string title{};
  std::string unit{};  ///< Of births and deaths, for both axes; empty: none.
  std::vector<PersistenceBar> bars{};
  bool simulated = false;  ///< Marked in the drawing itself.
};

/// Errors: failed, as sorted_bars().
std::string render_persistence_diagram(const PersistenceDiagram& chart);

/// Rows dimension, birth, death ("inf": never).
ChartData chart_data(const PersistenceDiagram& chart);

}  // namespace arcuate
