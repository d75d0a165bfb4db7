// Axes: steps of 1, 2 or 5 times a power of ten, and numbers written alike along one axis.
#include "report/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace arcuate {

// How much of a step may be lost to rounding before a tick is taken for another one.
static constexpr double slack = 1e-9;

static double nice_step(double span, int intervals) {
  const double raw = span / intervals;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= raw * (1 - slack)) return factor * power;
  return 10 * power;
}

// Values closer than this cannot be told apart on an axis without more digits than a reader wants.
static bool is_flat(double low, double high) { return high - low <= 1e-9 * std::max(std::abs(low), std::abs(high)); }

static Axis with_zero_when_near(double low, double high) {
  if (is_flat(low, high) && low == 0) return {-1, 1, 1};
  const double span = is_flat(low, high) ? std::abs(low) : high - low;
  if (low > 0 && low <= span) low = 0;
  if (high < 0 && -high <= span) high = 0;
  return {low, high, 1};
}

Axis value_axis(double low, double high, int intervals) {
  Axis axis = with_zero_when_near(low, high);
  axis.step = nice_step(axis.high - axis.low, intervals);
  axis.low = axis.step * std::floor(axis.low / axis.step + slack);
  axis.high = axis.step * std::ceil(axis.high / axis.step - slack);
  return axis;
}

Axis position_axis(double low, double high, int intervals, bool whole) {
  if (is_flat(low, high)) {
    const double margin = whole || low == 0 ? 0.5 : std::abs(low) / 2;
    low -= margin, high += margin;
  }
  const double step = nice_step(high - low, intervals);
  return {low, high, whole ? std::max(step, 1.0) : step};
}

std::vector<double> axis_ticks(const Axis& axis) {
  const double first = std::ceil(axis.low / axis.step - slack);
  const double count = std::floor(axis.high / axis.step + slack) - first;
  std::vector<double> ticks;
  for (int i = 0; i <= count && i < 1000; ++i) ticks.push_back((first + i) * axis.step);
  return ticks;
}

static int exponent_of(double value) { return static_cast<int>(std::floor(std::log10(std::abs(value)) + slack)); }

std::string power_of_ten(int power) {
  constexpr std::array<std::string_view, 10> digits{"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = "10";
  for (const char digit : std::to_string(power)) text += digit == '-' ? "⁻" : digits[static_cast<size_t>(digit - '0')];
  return text;
}

static std::string with_minus_sign(const std::string& text) {
  return text.starts_with('-') ? "−" + text.substr(1) : text;
}

std::string tick_text(const Axis& axis, double tick) {
  const double largest = std::max(std::abs(axis.low), std::abs(axis.high));
  const int decimals = -exponent_of(axis.step);
  if (largest < 1e6 && decimals <= 4) return with_minus_sign(fmt::format("{:.{}f}", tick, std::max(decimals, 0)));
  if (tick == 0) return "0";
  const int power = exponent_of(largest);
  const std::string factor = fmt::format("{:.{}f}", tick / std::pow(10.0, power), std::max(decimals + power, 0));
  return with_minus_sign(factor) + "×" + power_of_ten(power);
}

}  // namespace arcuate
