#include "stats/sign_flip.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/error.h"
#include "core/parallel.h"
#include "core/tensor.h"
#include "stats/sign_patterns.h"

namespace arcuate {

using at::Tensor;

UnitRows units_of(const Tensor& rows) {
  const auto exact = rows.to(at::kDouble).contiguous();
  return {.count = exact.size(0), .columns = exact.size(1), .read = [exact](int64_t unit) { return exact[unit]; }};
}

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double tie = 1e-12;          // what was summed in another order may differ so much, relative to the largest
constexpr int64_t units_at_once = 16;  // read together, so that each draw's sums pass through the cache once for all
constexpr int64_t columns_a_tile = 4096;  // 32 kB of sums

// What does not change from draw to draw, V each. With n observations x and their sum s,
//   u = s / sqrt(n sum x^2) lies in [-1, 1],   t = u sqrt((n - 1) / (1 - u^2)).
struct Columns {
  RunningMoments moments{};
  Tensor sum{}, root{};  // s; sqrt(n sum x^2), NaN where there is no test
  int64_t count() const { return sum.size(0); }
};

Columns read_columns(const UnitRows& units, int64_t least) {
  Columns columns{.moments = no_moments(units.columns), .sum = at::zeros({units.columns}, at::kDouble)};
  auto squares = at::zeros({units.columns}, at::kDouble);
  for (int64_t u = 0; u < units.count; ++u) {
    const auto values = units.read(u).to(at::kDouble);
    observe(columns.moments, values);
    const auto filled = at::nan_to_num(values, 0.0);
    columns.sum += filled;
    squares += filled.square();
  }
  const auto root = (columns.moments.count * squares).sqrt();
  columns.root = at::where(are_testable(columns.moments, least), root, at::full_like(root, nan)).contiguous();
  return columns;
}

// Sums of signed units for some draws: draws x V.
void add_units(const UnitRows& units, int64_t first, const std::vector<double>& signs, int threads, Tensor& sums) {
  const int64_t draws = sums.size(0), columns = sums.size(1), some = std::min(units_at_once, units.count - first);
  std::vector<Tensor> values;
  for (int64_t u = 0; u < some; ++u)
    values.push_back(at::nan_to_num(units.read(first + u).to(at::kDouble), 0.0).contiguous());
  parallel_for(draws, threads, [&](int64_t d) {
    for (int64_t begin = 0; begin < columns; begin += columns_a_tile) {
      const int64_t end = std::min(columns, begin + columns_a_tile);
      auto* sum = sums.data_ptr<double>() + d * columns;
      for (int64_t u = 0; u < some; ++u) {
        const double sign = signs[static_cast<size_t>(d * units.count + first + u)];
        const auto* x = values[static_cast<size_t>(u)].data_ptr<double>();
        for (int64_t v = begin; v < end; ++v) sum[v] += sign * x[v];
      }
    }
  });
}

Tensor signed_sums(const UnitRows& units, SignPatterns& source, int64_t draws, int threads) {
  const auto signs = source.next(draws);
  auto sums = at::zeros({draws, units.columns}, at::kDouble);
  for (int64_t first = 0; first < units.count; first += units_at_once) add_units(units, first, signs, threads, sums);
  return sums;
}

// Adds to `beaten` (V) how many draws lie at least as far out as the observed sum.
void count_beaten(const Columns& columns, const Tensor& sums, const SignFlipOptions& options, Tensor& beaten) {
  const int64_t tiles = (columns.count() + columns_a_tile - 1) / columns_a_tile;
  const auto *observed = columns.sum.data_ptr<double>(), *root = columns.root.data_ptr<double>();
  parallel_for(tiles, options.threads, [&](int64_t tile) {
    const int64_t begin = tile * columns_a_tile, end = std::min(columns.count(), begin + columns_a_tile);
    auto* count = beaten.data_ptr<double>();
    for (int64_t d = 0; d < sums.size(0); ++d) {
      const auto* sum = sums.data_ptr<double>() + d * columns.count();
      for (int64_t v = begin; v < end; ++v)
        count[v] += oriented(sum[v], options.alternative) >= oriented(observed[v], options.alternative) - tie * root[v];
    }
  });
}

// t from sums: V, NaN where there is no test.
Tensor t_of(const Columns& columns, const Tensor& sum) {
  auto t = at::empty_like(columns.root);
  const auto *s = sum.data_ptr<double>(), *root = columns.root.data_ptr<double>(),
             *n = columns.moments.count.data_ptr<double>();
  for (int64_t v = 0; v < t.size(0); ++v) {
    const double u = s[v] / root[v];
    t.data_ptr<double>()[v] = u * std::sqrt((n[v] - 1) / std::max(0.0, (1 - u) * (1 + u)));
  }
  return t;
}

Tensor statistic_of(const Columns& columns, const Tensor& sum, const SignFlipOptions& options) {
  const auto t = t_of(columns, sum);
  return options.enhance ? options.enhance(t) : t;
}

double largest_of(const Tensor& statistic, Alternative alternative) {
  double largest = -std::numeric_limits<double>::infinity();
  const auto exact = statistic.contiguous();
  for (int64_t v = 0; v < exact.size(0); ++v) {
    const double value = oriented(exact.data_ptr<double>()[v], alternative);
    if (value > largest) largest = value;  // never for NaN
  }
  return largest;
}

}  // namespace

SignFlipResult sign_flip_test(const UnitRows& units, const SignFlipOptions& options) {
  if (options.draws < 1) bad_usage("a permutation test needs at least 1 draw, found {}", options.draws);
  const auto columns = read_columns(units, options.least);
  SignPatterns source(units.count, options.draws, options.seed);
  auto beaten = at::zeros({units.columns}, at::kDouble);
  std::vector<double> largest;
  const int64_t row_bytes = std::max<int64_t>(1, units.columns) * static_cast<int64_t>(sizeof(double));
  const int64_t at_once = std::max<int64_t>(std::max(1, options.threads), options.memory / row_bytes);
  for (int64_t left = source.draws(); left > 0;) {
    const int64_t some = std::min(left, at_once);
    const auto sums = signed_sums(units, source, some, options.threads);
    count_beaten(columns, sums, options, beaten);
    std::vector<double> own(static_cast<size_t>(some));
    parallel_for(some, options.threads, [&](int64_t d) {
      own[static_cast<size_t>(d)] = largest_of(statistic_of(columns, sums[d], options), options.alternative);
    });
    largest.insert(largest.end(), own.begin(), own.end());
    left -= some;
  }
  SignFlipResult result{.t = t_of(columns, columns.sum), .moments = columns.moments};
  if (options.enhance) result.enhanced = options.enhance(result.t);
  const auto p = (beaten + 1) / static_cast<double>(source.draws() + 1);
  result.p = at::where(at::isnan(result.t), result.t, p);
  result.corrected = family_wise_p(options.enhance ? result.enhanced : result.t, largest, options.alternative);
  result.largest = to_tensor(largest);
  result.exhaustive = source.exhaustive();
  return result;
}

double smallest_sign_flip_p(int64_t units, int64_t draws, Alternative alternative) {
  const SignPatterns patterns(units, draws, 0);
  const double as_far = patterns.exhaustive() && alternative == Alternative::two_sided ? 2 : 1;
  return as_far / static_cast<double>(patterns.draws() + 1);
}

}  // namespace arcuate
