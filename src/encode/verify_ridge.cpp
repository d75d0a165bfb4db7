#include "encode/verify_ridge.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/parallel.h"
#include "core/random.h"
#include "core/tensor.h"
#include "encode/plain_ridge.h"
#include "encode/score.h"

namespace arcuate {

using at::Tensor;

namespace {

struct SplitCheck {
  PairSums sums;
  int64_t other = 0;
  double score = 0;
};

// Places of penalties in an ascending grid.
Tensor places_of(const Tensor& penalties, std::vector<double> grid) {
  std::sort(grid.begin(), grid.end());
  std::vector<int64_t> places;
  for (const double penalty : to_vector(penalties))
    places.push_back(std::lower_bound(grid.begin(), grid.end(), penalty) - grid.begin());
  return index_tensor(places);
}

// chosen: V penalties.
SplitCheck check_split(const RidgeProblem& problem, const RidgeSplit& split, const RidgeOptions& options,
                       const Tensor& chosen) {
  const RidgeModel model{.scales = {std::vector<double>(problem.bands.size(), 1.0)}};
  const auto own = places_of(chosen, split.penalties.empty() ? options.penalties : split.penalties);
  const auto truth = problem.responses.whole().index_select(0, index_tensor(split.outer.test)).to(at::kDouble);
  SplitCheck check{.sums = pair_sums(truth, plain_predictions(problem, model, split, options, own))};
  if (options.penalty_mode != PenaltyMode::per_target) return check;
  const auto plain = plain_ridge(problem, model, split, options);
  const auto score = [&](const Tensor& choice) { return plain.curve.gather(0, choice.unsqueeze(0)).squeeze(0); };
  const auto best = score(plain.choice), gap = ((best - score(own)) / best.abs().clamp_min(1e-300)).abs();
  check.other = plain.choice.ne(own).sum().item<int64_t>();
  check.score = at::where(plain.choice.ne(own), gap, at::zeros_like(gap)).max().item<double>();
  return check;
}

}  // namespace

std::vector<int64_t> draw_targets(const std::vector<int64_t>& from, int64_t count, uint64_t seed) {
  std::vector<int64_t> drawn;
  for (const int64_t place : Random(derive_seed(seed, "verify")).permutation(std::ssize(from)))
    if (std::ssize(drawn) < count) drawn.push_back(from[static_cast<size_t>(place)]);
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

RidgeVerification verify_ridge(const RidgeProblem& problem, const std::vector<RidgeSplit>& splits,
                               const RidgeOptions& options, const RidgeResult& fit, const std::vector<int64_t>& targets,
                               const Compute& compute) {
  RidgeVerification result{.targets = targets};
  if (targets.empty()) return result;
  const auto columns = index_tensor(targets);
  const RidgeProblem part{.bands = problem.bands,
                          .delays = problem.delays,
                          .stories = problem.stories,
                          .responses = problem.responses.columns(columns)};
  const auto chosen = fit.penalties.index_select(1, columns);
  std::vector<SplitCheck> checks(splits.size());
  parallel_for(std::ssize(splits), compute.threads, [&](int64_t k) {
    checks[static_cast<size_t>(k)] = check_split(part, splits[static_cast<size_t>(k)], options, chosen[k]);
  });
  auto sums = checks.front().sums;
  for (size_t k = 0; k < checks.size(); ++k) {
    if (k > 0) sums = sums + checks[k].sums;
    result.other_choices += checks[k].other;
    result.score_difference = std::max(result.score_difference, checks[k].score);
  }
  if (options.penalty_mode == PenaltyMode::per_target) result.choices = std::ssize(targets) * std::ssize(splits);
  result.r_difference = (at::nan_to_num(pearson(sums)) - fit.r.index_select(0, columns)).abs().max().item<double>();
  return result;
}

}  // namespace arcuate
