#include "stats/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/random.h"

namespace arcuate {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

ConfidenceInterval no_interval() { return {nan, nan}; }

std::vector<std::vector<int64_t>> bootstrap_counts(int64_t units, std::string_view kind,
                                                   const BootstrapOptions& options) {
  Random random(derive_seed(options.seed, kind));
  std::vector<std::vector<int64_t>> draws(static_cast<size_t>(options.draws));
  for (auto& counts : draws) {
    counts.assign(static_cast<size_t>(units), 0);
    for (int64_t i = 0; i < units; ++i) ++counts[random.below(static_cast<uint64_t>(units))];
  }
  return draws;
}

static double quantile_of_sorted(const std::vector<double>& sorted, double p) {
  if (sorted.empty()) return nan;
  const double rank = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(rank), above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (rank - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

static std::vector<double> sorted_numbers(std::vector<double> values) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  std::sort(values.begin(), values.end());
  return values;
}

double quantile(std::vector<double> values, double p) {
  return quantile_of_sorted(sorted_numbers(std::move(values)), p);
}

ConfidenceInterval percentile_interval(const std::vector<double>& values, double level) {
  const auto sorted = sorted_numbers(values);
  return {quantile_of_sorted(sorted, (1 - level) / 2), quantile_of_sorted(sorted, (1 + level) / 2)};
}

}  // namespace arcuate
