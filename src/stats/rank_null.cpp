#include "stats/rank_null.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/tensor.h"
#include "stats/rank.h"

namespace arcuate::rank_null {

Ranked rank_values(std::span<const double> values) {
  Ranked result{.ranks = to_vector(arcuate::ranks(to_tensor(values)))};
  auto sorted = result.ranks;
  std::sort(sorted.begin(), sorted.end());
  for (size_t first = 0; first < sorted.size();) {
    size_t last = first;
    while (last < sorted.size() && sorted[last] == sorted[first]) ++last;
    const auto tied = static_cast<double>(last - first);
    result.ties += tied * (tied * tied - 1);
    first = last;
  }
  return result;
}

double exact_p(std::span<const double> probabilities, double observed, Alternative alternative) {
  const auto at = static_cast<size_t>(observed);
  double below = 0, above = 0;  // both with the observed value
  for (size_t i = 0; i <= at; ++i) below += probabilities[i];
  for (size_t i = probabilities.size(); i > at; --i) above += probabilities[i - 1];
  if (alternative == Alternative::greater) return std::min(1.0, above);
  if (alternative == Alternative::less) return std::min(1.0, below);
  return std::min(1.0, 2 * std::min(below, above));
}

double normal_p(double observed, double mean, double variance, bool continuity, Alternative alternative) {
  const double shift = continuity ? 0.5 : 0.0, deviation = std::sqrt(variance);
  const auto above = [](double z) { return 0.5 * std::erfc(z / std::numbers::sqrt2); };
  if (alternative == Alternative::greater) return above((observed - mean - shift) / deviation);
  if (alternative == Alternative::less) return above(-(observed - mean + shift) / deviation);
  return std::min(1.0, 2 * above((std::abs(observed - mean) - shift) / deviation));
}

}  // namespace arcuate::rank_null
