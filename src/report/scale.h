// Axes as they are drawn: a range with its ticks, of numbers, of powers of ten or of names.
#pragma once
#include <string>
#include <vector>

#include "report/axis.h"

namespace arcuate {

/// A number or name at an axis.
struct Tick {
  double value = 0;
  std::string text{};  ///< Empty: a mark without text.
};

struct Scale {
  double low = 0, high = 1;  ///< Ends of the axis; high < low turns it round.
  std::vector<Tick> ticks{};
  double inset = 0;    ///< Units of the drawing kept free at both ends.
  bool grid = false;   ///< Lines across the plot.
  bool marks = false;  ///< The axis as a line, with short marks.
  double fraction(double value) const { return (value - low) / (high - low); }
};

/// Ticks of round numbers.
Scale number_scale(const Axis& axis);

/// Positions are log10 of the values, which are positive; ticks stand at round values and say them ("1", "20", "10⁸").
Scale log_scale(double low, double high);

/// Names from the top down at 0.5, 1.5, …; the axis runs from their number to 0.
Scale name_scale(const std::vector<std::string>& names);

}  // namespace arcuate
