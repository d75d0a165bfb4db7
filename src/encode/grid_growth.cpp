#include "encode/grid_growth.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"

namespace arcuate {

using at::Tensor;

namespace {

// Numbers that float64 holds with all digits, and that their squares do too.
constexpr double least_penalty = 1e-150, greatest_penalty = 1e150;

struct Grower {
  const GridGrowth& growth;
  int64_t step = 1;

  // Whether the grid has grown.
  bool grow(std::vector<double>& grid, const Tensor& chosen) const {
    const auto counted = growth.counted.defined() ? chosen.index_select(0, growth.counted) : chosen;
    const auto shares = edge_shares(counted, grid);
    const size_t before = grid.size();
    const double below = grid[0] / grid[1], above = grid[before - 1] / grid[before - 2];
    for (int64_t i = 0; i < step && shares.smallest > growth.share && grid.front() * below > least_penalty; ++i)
      grid.insert(grid.begin(), grid.front() * below);
    for (int64_t i = 0; i < step && shares.largest > growth.share && grid.back() * above < greatest_penalty; ++i)
      grid.push_back(grid.back() * above);
    return grid.size() > before;
  }

  // Those of the splits `which` (rows of chosen, in order) that have grown.
  std::vector<size_t> grow(std::vector<RidgeSplit>& splits, const std::vector<size_t>& which,
                           const Tensor& chosen) const {
    std::vector<size_t> grown;
    for (size_t i = 0; i < which.size(); ++i)
      if (grow(splits[which[i]].penalties, chosen[static_cast<int64_t>(i)])) grown.push_back(which[i]);
    return grown;
  }
};

// Without test rows, which only the final fit predicts.
std::vector<RidgeSplit> choosing(const std::vector<RidgeSplit>& splits, const std::vector<size_t>& which) {
  std::vector<RidgeSplit> result;
  for (const size_t k : which) {
    result.push_back(splits[k]);
    result.back().outer.test.clear();
  }
  return result;
}

}  // namespace

EdgeShares edge_shares(const Tensor& chosen, const std::vector<double>& grid) {
  if (chosen.numel() == 0) return {};
  const auto share = [&](double penalty) { return chosen.eq(penalty).to(at::kDouble).mean().item<double>(); };
  return {share(grid.front()), share(grid.back())};
}

RidgeResult ridge_with_growing_grids(const RidgeProblem& problem, std::vector<RidgeSplit>& splits,
                                     const RidgeOptions& options, const GridGrowth& growth, const Compute& compute) {
  auto grid = options.penalties;
  std::sort(grid.begin(), grid.end());
  grid.erase(std::unique(grid.begin(), grid.end()), grid.end());
  if (growth.times > 0 && options.fractional)
    bad_usage("a grid of fractions of the length of the weights does not grow; give them as penalties");
  if (growth.times > 0 && grid.size() < 2)
    bad_usage("a grid grows in the ratio of its penalties, and there is only one; give at least two");
  for (auto& split : splits) split.penalties = grid;
  auto fit = ridge_cross_validated(problem, splits, options, compute);
  if (growth.times == 0) return fit;
  const Grower grower{growth, std::max<int64_t>(1, std::ssize(grid) / 4)};
  std::vector<size_t> open(splits.size());
  std::iota(open.begin(), open.end(), size_t{0});
  open = grower.grow(splits, open, fit.penalties);
  if (open.empty()) return fit;
  auto quick = options;
  quick.keep_predictions = quick.keep_bands = quick.keep_curves = false;
  return within("with grids of penalties that have grown", [&] {
    for (int64_t time = 1; time < growth.times && !open.empty(); ++time)
      open =
          grower.grow(splits, open, ridge_cross_validated(problem, choosing(splits, open), quick, compute).penalties);
    return ridge_cross_validated(problem, splits, options, compute);
  });
}

}  // namespace arcuate
