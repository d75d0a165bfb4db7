#include "stats/sign_patterns.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/tensor.h"

namespace arcuate {

constexpr int64_t most_enumerated = 40;  // units; nobody asks for more than 2^40 draws

SignPatterns::SignPatterns(int64_t units, int64_t draws, uint64_t seed)
    : units_(units), draws_(draws), random_(derive_seed(seed, "sign flips")) {
  if (units > most_enumerated) return;
  const int64_t others = (int64_t{1} << units) - 1;
  exhaustive_ = others <= draws;
  if (exhaustive_) draws_ = others;
}

std::vector<double> SignPatterns::next(int64_t draws) {
  std::vector<double> signs;
  signs.reserve(static_cast<size_t>(draws * units_));
  for (int64_t d = 0; d < draws; ++d) {
    ++pattern_;
    for (int64_t u = 0; u < units_; ++u) {
      const bool flipped = exhaustive_ ? (pattern_ >> u & 1) == 1 : random_.next() >> 63 == 1;
      signs.push_back(flipped ? -1.0 : 1.0);
    }
  }
  return signs;
}

double oriented(double value, Alternative alternative) {
  if (alternative == Alternative::two_sided) return std::abs(value);
  return alternative == Alternative::less ? -value : value;
}

at::Tensor family_wise_p(const at::Tensor& statistic, std::vector<double> largest, Alternative alternative) {
  constexpr double tie = 1e-10;  // relative: what was summed in another order is equal
  std::sort(largest.begin(), largest.end());
  auto p = to_vector(statistic);
  for (double& value : p) {
    if (std::isnan(value)) continue;
    const double out = oriented(value, alternative);
    const auto beaten = largest.end() - std::lower_bound(largest.begin(), largest.end(), out - tie * std::abs(out));
    value = static_cast<double>(beaten + 1) / static_cast<double>(largest.size() + 1);
  }
  return to_tensor(p);
}

}  // namespace arcuate
