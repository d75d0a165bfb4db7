#include "report/value_scale.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/error.h"
#include "core/text.h"

namespace arcuate {

bool is_shown(const ValueScale& scale, double value) {
  if (!std::isfinite(value)) return false;
  if (std::isnan(scale.threshold)) return true;
  return (scale.kind == ColourScale::diverging ? std::abs(value) : value) >= scale.threshold;
}

double colour_position(const ValueScale& scale, double value) {
  if (scale.kind == ColourScale::diverging)
    return 0.5 + 0.5 * value / std::max(std::abs(scale.low), std::abs(scale.high));
  return (value - scale.low) / (scale.high - scale.low);
}

// Linear between neighbours; `sorted` is not empty.
static double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

static void set_sequential_ends(ValueScale& scale, const std::vector<double>& sorted) {
  const bool both = std::isnan(scale.low) && std::isnan(scale.high);
  if (std::isnan(scale.low)) scale.low = quantile(sorted, robust_low);
  if (std::isnan(scale.high)) scale.high = quantile(sorted, robust_high);
  if (!both || scale.low < scale.high) return;
  const double margin = scale.low == 0 ? 0.5 : std::abs(scale.low) / 2;  // one value everywhere: it takes the middle
  scale.low -= margin, scale.high += margin;
}

static void set_diverging_ends(ValueScale& scale, const std::vector<double>& sorted) {
  std::vector<double> magnitudes;
  for (const double value : sorted) magnitudes.push_back(std::abs(value));
  std::ranges::sort(magnitudes);
  double limit = quantile(magnitudes, robust_high);
  if (!std::isnan(scale.low)) limit = -scale.low;
  if (!std::isnan(scale.high)) limit = scale.high;
  if (limit == 0) limit = 1;
  if (std::isnan(scale.low)) scale.low = -limit;
  if (std::isnan(scale.high)) scale.high = limit;
}

ValueScale fitted_scale(ValueScale scale, const std::vector<float>& values) {
  std::vector<double> shown;
  for (const float value : values)
    if (is_shown(scale, value)) shown.push_back(value);
  if (shown.empty() && std::isnan(scale.threshold)) bad_input("no vertex has a value, so there is nothing to show");
  if (shown.empty())
    bad_input("no vertex has a value that reaches the threshold {}, so there is nothing to show; lower the threshold",
              shortest(scale.threshold));
  std::ranges::sort(shown);
  scale.low_from_data = std::isnan(scale.low);
  scale.high_from_data = std::isnan(scale.high);
  if (scale.kind == ColourScale::sequential)
    set_sequential_ends(scale, shown);
  else
    set_diverging_ends(scale, shown);
  if (!(scale.low < scale.high) || !std::isfinite(scale.low) || !std::isfinite(scale.high))
    bad_usage("the colours span {} to {}: two numbers, the first below the second, were expected", shortest(scale.low),
              shortest(scale.high));
  scale.beyond_low = shown.front() < scale.low;
  scale.beyond_high = shown.back() > scale.high;
  return scale;
}

}  // namespace arcuate
