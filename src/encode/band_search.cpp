#include "encode/band_search.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/random.h"
#include "core/tensor.h"
#include "encode/ridge_split.h"
#include "encode/split_search.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr double first_factor = 4;  // of refinement

// Gamma distribution of this shape and scale 1, as its logarithm: small shapes give numbers below the smallest double.
// Marsaglia & Tsang 2000; a shape below 1 is that of shape + 1 times uniform^(1 / shape).
double log_gamma_draw(double shape, Random& random) {
  if (shape < 1) {
    const double uniform = std::max(random.uniform(), 0x1.0p-53);
    return log_gamma_draw(shape + 1, random) + std::log(uniform) / shape;
  }
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = random.normal(), v = 1 + c * x;
    if (v <= 0) continue;
    const double cube = v * v * v, uniform = std::max(random.uniform(), 0x1.0p-53);
    if (std::log(uniform) < 0.5 * x * x + d - d * cube + d * std::log(cube)) return std::log(d * cube);
  }
}

std::vector<double> dirichlet(int64_t bands, double concentration, Random& random) {
  std::vector<double> logs;
  for (int64_t b = 0; b < bands; ++b) logs.push_back(log_gamma_draw(concentration, random));
  const double largest = *std::max_element(logs.begin(), logs.end());
  double sum = 0;
  for (double& value : logs) sum += value = std::exp(value - largest);
  for (double& value : logs) value /= sum;
  return logs;
}

void record(const ridge::SplitSearch& split, int64_t listed, const std::vector<double>& penalties, int64_t k,
            BandSearchResult& result) {
  std::vector<Tensor> tried;
  for (const auto& row : split.tried()) tried.push_back(to_tensor(row));
  const auto rows = index_tensor(split.scales());
  result.scales.select(0, k).copy_(at::stack(tried).index_select(0, rows).t());
  result.fit.scales.select(0, k).copy_(at::where(rows.lt(listed), rows, at::full_like(rows, -1)));
  result.fit.penalties.select(0, k).copy_(to_tensor(penalties).index_select(0, index_tensor(split.penalties())));
  result.fit.inner_scores.select(0, k).copy_(to_tensor(split.scores()));
}

}  // namespace

void check_scales(const std::vector<std::vector<double>>& scales, size_t bands) {
  if (scales.empty()) bad_usage("a search over band scales needs at least one row of scales");
  for (const auto& row : scales) {
    if (row.size() != bands) bad_usage("{} band scales for {} feature bands", row.size(), bands);
    double sum = 0;
    for (const double scale : row) {
      if (!(scale >= 0) || std::isinf(scale)) bad_usage("band scales cannot be negative, found {}", scale);
      sum += scale;
    }
    if (!(sum > 0)) bad_usage("a row of band scales leaves out every band");
  }
}

std::vector<std::vector<double>> draw_scales(int64_t bands, const BandDraws& draws) {
  if (draws.samples < 1) bad_usage("at least one sample of band scales is needed, found {}", draws.samples);
  if (draws.concentrations.empty()) bad_usage("band scales are drawn with at least one concentration");
  for (const double concentration : draws.concentrations)
    if (!(concentration > 0) || std::isinf(concentration))
      bad_usage("concentrations of band scales must be positive numbers, found {}", concentration);
  std::vector<std::vector<double>> rows{
      std::vector<double>(static_cast<size_t>(bands), 1.0 / static_cast<double>(bands))};
  Random random(derive_seed(draws.seed, "band scales"));
  for (int64_t i = 1; i < draws.samples; ++i)
    rows.push_back(
        dirichlet(bands, draws.concentrations[static_cast<size_t>(i - 1) % draws.concentrations.size()], random));
  return rows;
}

BandSearchResult search_bands(const RidgeProblem& problem, const BandSearch& search,
                              const std::vector<RidgeSplit>& splits, const RidgeOptions& given,
                              const Compute& compute) {
  const auto options = ridge::checked(problem, splits, given);
  check_scales(search.scales, problem.bands.size());
  if (search.refinements < 0) bad_usage("rounds of refinement cannot be negative, found {}", search.refinements);
  const int64_t folds = std::ssize(splits), targets = problem.responses.targets(), count = std::ssize(search.scales);
  BandSearchResult result;
  result.fit.penalties = at::zeros({folds, targets}, at::kDouble);
  result.fit.scales = at::zeros({folds, targets}, at::kLong);
  result.fit.inner_scores = at::zeros({folds, targets}, at::kDouble);
  result.scales = at::zeros({folds, std::ssize(problem.bands), targets}, at::kDouble);
  result.fit.grid = ridge::all_penalties(options);
  if (given.keep_predictions)
    result.fit.predictions =
        at::full({problem.responses.rows(), targets}, std::numeric_limits<double>::quiet_NaN(), at::kDouble);
  PairSums sums;
  int64_t done = 0;
  for (int64_t k = 0; k < folds; ++k) {
    const auto& outer = splits[static_cast<size_t>(k)];
    const auto& own = options[static_cast<size_t>(k)];
    ridge::SplitSearch split(problem, outer, own, compute);
    split.try_all(search.scales, [&](int64_t rows) {
      done += rows;
      if (compute.progress) compute.progress(done, count * folds);
    });
    double factor = first_factor;
    for (int64_t round = 0; round < search.refinements; ++round, factor = std::sqrt(factor)) split.refine(factor);
    record(split, count, own.penalties, k, result);
    const auto refitted = split.refit();
    if (given.keep_predictions)
      result.fit.predictions.index_copy_(0, index_tensor(outer.outer.test), refitted.predictions);
    sums = k == 0 ? refitted.sums : sums + refitted.sums;
    result.parts = k == 0 ? refitted.parts : result.parts + refitted.parts;
  }
  result.fit.r = at::nan_to_num(pearson(sums));
  result.fit.r2 = r_squared(sums);
  return result;
}

}  // namespace arcuate
