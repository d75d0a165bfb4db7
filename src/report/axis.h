// Axes with round ticks: which range is drawn, where the ticks stand, and how their numbers are written.
#pragma once
#include <string>
#include <vector>

namespace arcuate {

struct Axis {
  double low = 0, high = 1;  ///< Ends of the drawn range.
  double step = 1;           ///< Distance of two ticks: 1, 2 or 5 times a power of ten.
};

/// An axis of values: widened to whole steps, and down (or up) to 0 if 0 is no farther away than the data are wide.
Axis value_axis(double low, double high, int intervals);

/// An axis of positions: exactly the range given; `whole` keeps ticks on whole numbers (layers).
Axis position_axis(double low, double high, int intervals, bool whole);

std::vector<double> axis_ticks(const Axis& axis);

/// The number at a tick, with as many decimals as the step needs ("0.05", "−2", "1.5×10⁹").
std::string tick_text(const Axis& axis, double tick);

/// "10⁸".
std::string power_of_ten(int power);

}  // namespace arcuate
