#include "stats/signed_rank.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/error.h"
#include "core/tensor.h"
#include "stats/rank_null.h"

namespace arcuate {
namespace {

constexpr int64_t most_exact = 1000;  // 2^-n is still a normal number, and the table has n (n + 1) / 2 entries

// Probability of every W+ for n differences without ties: each rank is in the sum or not, with equal chances.
std::vector<double> rank_sum_probabilities(int64_t n) {
  std::vector<double> probability(static_cast<size_t>(n * (n + 1) / 2 + 1), 0.0);
  probability[0] = 1;
  for (int64_t rank = 1, reach = 0; rank <= n; ++rank) {
    reach += rank;
    for (int64_t w = reach; w >= 0; --w) {
      auto& here = probability[static_cast<size_t>(w)];
      here = 0.5 * (here + (w >= rank ? probability[static_cast<size_t>(w - rank)] : 0.0));
    }
  }
  return probability;
}

// Mean and variance of W+ given the magnitudes: sum of ranks / 2 and sum of their squares / 4.
double approximate_p(const std::vector<double>& ranks, double observed, const SignedRankOptions& options) {
  double sum = 0, squares = 0;
  for (const double rank : ranks) {
    sum += rank;
    squares += rank * rank;
  }
  return rank_null::normal_p(observed, sum / 2, squares / 4, options.continuity, options.alternative);
}

}  // namespace

SignedRankResult signed_rank(std::span<const double> differences, const SignedRankOptions& options) {
  if (options.exact_up_to < 0 || options.exact_up_to > most_exact)
    bad_usage("exact signed-rank tests go up to {} differences, found {}", most_exact, options.exact_up_to);
  std::vector<double> values, magnitudes;
  int64_t zeros = 0;
  for (const double d : differences) {
    if (std::isnan(d)) continue;
    zeros += d == 0;
    if (d == 0 && options.zeros == Zeros::drop) continue;
    values.push_back(d);
    magnitudes.push_back(std::abs(d));
  }
  const auto ranked = rank_null::rank_values(magnitudes);
  SignedRankResult result{.p = std::numeric_limits<double>::quiet_NaN()};
  std::vector<double> counted;
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] == 0) continue;
    counted.push_back(ranked.ranks[i]);
    if (values[i] > 0) result.rank_sum += ranked.ranks[i];
  }
  result.count = static_cast<int64_t>(counted.size());
  if (counted.empty()) return result;
  result.exact = zeros == 0 && ranked.ties == 0 && result.count <= options.exact_up_to;
  result.p = result.exact
                 ? rank_null::exact_p(rank_sum_probabilities(result.count), result.rank_sum, options.alternative)
                 : approximate_p(counted, result.rank_sum, options);
  return result;
}

at::Tensor signed_rank_p(const at::Tensor& differences, const SignedRankOptions& options) {
  std::vector<double> p;
  for (int64_t v = 0; v < differences.size(1); ++v)
    p.push_back(signed_rank(to_vector(differences.select(1, v)), options).p);
  return to_tensor(p);
}

}  // namespace arcuate
