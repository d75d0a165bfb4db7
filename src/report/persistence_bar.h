// What barcodes and persistence diagrams draw: topological features with their dimension, birth and death.
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "report/chart_data.h"
#include "report/svg.h"

namespace arcuate {

struct PersistenceBar {
  int dimension = 0;
  double birth = 0;
  double death = INFINITY;  ///< Infinite: never.
};

/// Neither number is NaN and the birth is finite.
bool has_place(const PersistenceBar& bar);

/// Bars with a place, by dimension, then birth, then death. Errors: failed, naming bars that die before they are born
/// or have a negative dimension; `title` says in which drawing.
std::vector<PersistenceBar> sorted_bars(const std::vector<PersistenceBar>& bars, const std::string& title);

/// Of all finite births and deaths.
ValueRange finite_range(const std::vector<PersistenceBar>& bars);

/// "H₁".
std::string homology_name(int dimension);

/// Rows dimension, birth, death ("inf": never).
ChartData persistence_data(const std::vector<PersistenceBar>& bars, bool simulated);

/// "2 bars without birth or death are not drawn.", or "" when there are none.
std::string placeless_note(const std::vector<PersistenceBar>& bars);

}  // namespace arcuate
