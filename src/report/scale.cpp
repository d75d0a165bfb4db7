// Ticks of the kinds of axes.
#include "report/scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace arcuate {
namespace {

constexpr double slack = 1e-9;       // of a decade, lost to rounding
constexpr int labelled_decades = 8;  // more would touch one another

std::string log_text(int digit, int power) {
  if (power >= -3 && power < 5) return fmt::format("{:.{}f}", digit * std::pow(10.0, power), std::max(-power, 0));
  return digit == 1 ? power_of_ten(power) : fmt::format("{}×{}", digit, power_of_ten(power));
}

// Within one decade no more than three powers' marks would stand: round numbers instead.
Scale narrow_log_scale(double low, double high) {
  const Axis axis = position_axis(low, high, 5, false);
  Scale scale{.low = std::log10(low), .high = std::log10(high)};
  for (const double tick : axis_ticks(axis)) scale.ticks.push_back({std::log10(tick), tick_text(axis, tick)});
  return scale;
}

}  // namespace

Scale number_scale(const Axis& axis) {
  Scale scale{.low = axis.low, .high = axis.high};
  for (const double tick : axis_ticks(axis)) scale.ticks.push_back({tick, tick_text(axis, tick)});
  return scale;
}

Scale log_scale(double low, double high) {
  if (high / low < 1 + slack) low /= 3, high *= 3;
  if (high / low < 10) return narrow_log_scale(low, high);
  Scale scale{.low = std::log10(low), .high = std::log10(high)};
  const double decades = scale.high - scale.low;
  const int every = static_cast<int>(std::ceil(decades / labelled_decades));
  for (int power = static_cast<int>(std::floor(scale.low)); power <= scale.high + slack; ++power) {
    for (int digit = 1; digit < 10; ++digit) {
      const double at = power + std::log10(digit);
      if (at < scale.low - slack || at > scale.high + slack) continue;
      const bool round = digit == 1 || (decades < 2 && (digit == 2 || digit == 5));
      scale.ticks.push_back({at, round && power % every == 0 ? log_text(digit, power) : ""});
    }
  }
  return scale;
}

Scale name_scale(const std::vector<std::string>& names) {
  Scale scale{.low = static_cast<double>(names.size()), .high = 0};
  for (size_t i = 0; i < names.size(); ++i) scale.ticks.push_back({static_cast<double>(i) + 0.5, names[i]});
  return scale;
}

}  // namespace arcuate
