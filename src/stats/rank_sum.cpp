#include "stats/rank_sum.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/error.h"
#include "stats/rank_null.h"

namespace arcuate {
namespace {

constexpr int64_t most_exact = 25;  // C(50, 25) ways are counted exactly in float64

// Probability of every U without ties. The number of ways to choose a of n + m ranks with a given U is the coefficient
// of the Gaussian binomial: the product over i = 1 … a of (1 - x^(b + i)) / (1 - x^i).
std::vector<double> u_probabilities(int64_t a, int64_t b) {
  const auto size = static_cast<size_t>(a * b + 1);
  std::vector<double> ways(size, 0.0);
  ways[0] = 1;
  for (size_t i = 1; i <= static_cast<size_t>(a); ++i) {
    const size_t jump = static_cast<size_t>(b) + i;
    for (size_t u = size; u-- > jump;) ways[u] -= ways[u - jump];
    for (size_t u = i; u < size; ++u) ways[u] += ways[u - i];
  }
  double total = 0;
  for (const double count : ways) total += count;
  for (double& count : ways) count /= total;
  return ways;
}

std::vector<double> without_nan(std::span<const double> values) {
  std::vector<double> kept;
  std::copy_if(values.begin(), values.end(), std::back_inserter(kept), [](double v) { return !std::isnan(v); });
  return kept;
}

}  // namespace

RankSumResult rank_sum(std::span<const double> first, std::span<const double> second, const RankSumOptions& options) {
  if (options.exact_up_to < 0 || options.exact_up_to > most_exact)
    bad_usage("exact rank-sum tests go up to samples of {}, found {}", most_exact, options.exact_up_to);
  auto pooled = without_nan(first);
  const auto b = without_nan(second);
  RankSumResult result{.count_a = static_cast<int64_t>(pooled.size()),
                       .count_b = static_cast<int64_t>(b.size()),
                       .p = std::numeric_limits<double>::quiet_NaN()};
  pooled.insert(pooled.end(), b.begin(), b.end());
  const auto ranked = rank_null::rank_values(pooled);
  const auto na = static_cast<double>(result.count_a), nb = static_cast<double>(result.count_b), n = na + nb;
  for (size_t i = 0; i < static_cast<size_t>(result.count_a); ++i) result.u += ranked.ranks[i];
  result.u -= na * (na + 1) / 2;
  const double variance = na * nb / 12 * (n + 1 - ranked.ties / (n * (n - 1)));
  if (na == 0 || nb == 0 || !(variance > 0)) return result;
  result.exact = ranked.ties == 0 && std::max(result.count_a, result.count_b) <= options.exact_up_to;
  result.p = result.exact
                 ? rank_null::exact_p(u_probabilities(result.count_a, result.count_b), result.u, options.alternative)
                 : rank_null::normal_p(result.u, na * nb / 2, variance, options.continuity, options.alternative);
  return result;
}

}  // namespace arcuate
