// From values to places on a colour map: which range the colours span, and which values are shown at all.
#pragma once
#include <limits>
#include <vector>

#include "report/colour_map.h"

namespace arcuate {

struct ValueScale {
  ColourScale kind = ColourScale::sequential;
  double low = std::numeric_limits<double>::quiet_NaN();        ///< NaN: from the data.
  double high = std::numeric_limits<double>::quiet_NaN();       ///< NaN: from the data.
  double threshold = std::numeric_limits<double>::quiet_NaN();  ///< NaN: every value is shown.
  bool low_from_data = false, high_from_data = false;           ///< Whether a percentile of the data is an end.
  bool beyond_low = false, beyond_high = false;                 ///< Whether values lie beyond the ends.
};

/// Shares of the shown values that lie beyond the ends of a range from the data.
inline constexpr double robust_low = 0.02, robust_high = 0.98;

/// NaN and what is below the threshold are not shown; a diverging scale compares magnitudes.
bool is_shown(const ValueScale& scale, double value);

/// The place in [0, 1] of a colour map; 0 is in the middle of a diverging one.
double colour_position(const ValueScale& scale, double value);

/// The scale with the ends that it lacks set to robust percentiles of the values that it shows (diverging: one
/// percentile of magnitudes, symmetric). Errors: input, when it shows none; usage, when low is not below high.
ValueScale fitted_scale(ValueScale scale, const std::vector<float>& values);

}  // namespace arcuate
