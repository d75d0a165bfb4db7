#include "encode/ridge_choice.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/error.h"
#include "core/tensor.h"

namespace arcuate::ridge {

using at::Tensor;

namespace {

constexpr int64_t blocks_with_groups = 16;  // in memory at once

int64_t group_count(const Tensor& groups) { return groups.max().item<int64_t>() + 1; }

Tensor sizes_of(const Tensor& groups) { return at::bincount(groups).to(at::kDouble); }

// ... x V -> ... x groups.
Tensor mean_of_groups(const Tensor& scores, const Tensor& groups) {
  auto sums = at::zeros({scores.size(0), group_count(groups)}, at::kDouble);
  return sums.index_add_(1, groups, scores) / sizes_of(groups);
}

// The groups of some targets, each once, and the place of each target's group among them.
struct LocalGroups {
  std::vector<int64_t> groups{}, place{};
};
LocalGroups local_groups(const Tensor& groups) {
  LocalGroups local;
  std::map<int64_t, int64_t> known;
  const auto* values = groups.data_ptr<int64_t>();
  for (int64_t v = 0; v < groups.size(0); ++v) {
    const auto [at, is_new] = known.try_emplace(values[v], std::ssize(known));
    if (is_new) local.groups.push_back(values[v]);
    local.place.push_back(at->second);
  }
  return local;
}

// C x U scores: highest, then larger penalty, then earlier scales.
int64_t best_of(const at::TensorAccessor<double, 2>& scores, int64_t unit, int64_t penalties) {
  int64_t best = 0;
  for (int64_t c = 1; c < scores.size(0); ++c) {
    const double here = scores[c][unit], there = scores[best][unit];
    if (here > there || (here == there && c % penalties > best % penalties)) best = c;
  }
  return best;
}

}  // namespace

Tensor choice_groups(const RidgeProblem& problem, const RidgeOptions& options) {
  const int64_t targets = problem.responses.targets();
  if (options.penalty_mode == PenaltyMode::per_target) return {};
  if (options.penalty_mode == PenaltyMode::shared) return at::zeros({targets}, at::kLong);
  if (std::ssize(problem.target_groups) != targets)
    bad_usage("a penalty for each group needs the group of each target: {} groups for {} targets",
              problem.target_groups.size(), targets);
  for (const int64_t group : problem.target_groups)
    if (group < 0) bad_usage("groups of targets are numbers from 0, found {}", group);
  return index_tensor(local_groups(index_tensor(problem.target_groups)).place);
}

int64_t score_count(const RidgeSplit& split, const RidgeOptions& options) {
  return options.criterion == PenaltyCriterion::folds ? std::ssize(split.inner) : 1;
}

void BlockScores::add(int64_t fold, int64_t first, const Tensor& found) {
  const auto scores = found.cpu();
  const int64_t end = first + scores.size(0);
  sums_.slice(0, first, end).add_(scores);
  if (squares_.defined()) squares_.slice(0, first, end).addcmul_(scores, scores);
  if (shared_.defined()) shared_[fold].slice(0, first, end).index_add_(1, place_, scores);
}

void BlockScores::add_doubt(int64_t first, const Tensor& doubt) {
  doubts_.slice(0, first, first + doubt.size(0)).add_(doubt);
}

InnerScores InnerScores::of(int64_t first, int64_t count) const {
  const auto own = [&](const Tensor& all) {
    return all.defined() ? all.slice(0, first, first + count).contiguous() : Tensor();
  };
  return {.mean = own(mean), .error = own(error), .doubt = own(doubt)};
}

FoldScoreSums::FoldScoreSums(const std::vector<RowRange>& blocks, int64_t candidates, int64_t folds,
                             const Tensor& groups, ChoiceRule rule, bool exact)
    : folds_(folds), groups_(groups), sums_(at::zeros({candidates, blocks.back().end}, at::kDouble)), ranges_(blocks) {
  const bool errors = rule == ChoiceRule::one_standard_error;
  if (errors && !groups.defined()) squares_ = at::zeros_like(sums_);
  if (errors && groups.defined()) shared_ = at::zeros({folds, candidates, group_count(groups)}, at::kDouble);
  if (!exact) doubts_ = at::zeros_like(sums_);
  for (const auto& range : blocks) {
    BlockScores block;
    if (!exact) block.doubts_ = doubts_.slice(1, range.begin, range.end);
    block.sums_ = sums_.slice(1, range.begin, range.end);
    if (squares_.defined()) block.squares_ = squares_.slice(1, range.begin, range.end);
    blocks_.push_back(std::move(block));
  }
}

std::vector<RowRange> FoldScoreSums::batches() const {
  const auto blocks = std::ssize(blocks_);
  const int64_t step = shared_.defined() ? blocks_with_groups : blocks;
  std::vector<RowRange> batches;
  for (int64_t begin = 0; begin < blocks; begin += step) batches.push_back({begin, std::min(begin + step, blocks)});
  return batches;
}

void FoldScoreSums::open(const RowRange& batch) {
  for (int64_t b = batch.begin; b < batch.end && shared_.defined(); ++b) {
    const auto& range = ranges_[static_cast<size_t>(b)];
    const auto local = local_groups(groups_.slice(0, range.begin, range.end));
    block(b).groups_ = index_tensor(local.groups);
    block(b).place_ = index_tensor(local.place);
    block(b).shared_ = at::zeros({folds_, sums_.size(0), std::ssize(local.groups)}, at::kDouble);
  }
}

// In the order of blocks, whichever thread filled them.
void FoldScoreSums::close(const RowRange& batch) {
  for (int64_t b = batch.begin; b < batch.end && shared_.defined(); ++b) {
    shared_.index_add_(2, block(b).groups_, block(b).shared_);
    block(b).shared_ = Tensor();
  }
}

InnerScores FoldScoreSums::finish() {
  InnerScores scores{.mean = {}, .error = error(), .doubt = {}};
  if (doubts_.defined()) scores.doubt = doubts_.div_(static_cast<double>(folds_));
  scores.mean = sums_.div_(static_cast<double>(folds_));
  return scores;
}

// From squares: what rounding leaves of no variance may be below 0.
Tensor FoldScoreSums::error() const {
  const auto folds = static_cast<double>(folds_);
  if (squares_.defined()) return ((squares_ - sums_.square() / folds) / (folds - 1)).clamp_min_(0).div_(folds).sqrt_();
  if (!shared_.defined()) return {};
  return (shared_ / sizes_of(groups_)).std(0, /*unbiased=*/true) / std::sqrt(folds);
}

Tensor compared_scores(const Tensor& mean, const Tensor& groups) {
  return groups.defined() ? mean_of_groups(mean, groups).index_select(1, groups) : mean;
}

int64_t largest_within(const at::TensorAccessor<double, 2>& scores, int64_t unit, int64_t best, double error,
                       int64_t penalties) {
  int64_t last = best;
  for (int64_t c = best; c < (best / penalties + 1) * penalties; ++c)
    if (scores[c][unit] >= scores[best][unit] - error) last = c;
  return last;
}

Tensor best_candidates(const InnerScores& scores, const Tensor& groups, int64_t penalties) {
  const auto units = groups.defined() ? mean_of_groups(scores.mean, groups) : scores.mean;
  const auto view = units.accessor<double, 2>();
  auto best = at::zeros({units.size(1)}, at::kLong);
  for (int64_t u = 0; u < units.size(1); ++u) {
    int64_t choice = best_of(view, u, penalties);
    if (scores.error.defined())
      choice = largest_within(view, u, choice, scores.error[choice][u].item<double>(), penalties);
    best.data_ptr<int64_t>()[u] = choice;
  }
  return groups.defined() ? best.index_select(0, groups) : best;
}

Tensor close_calls(const InnerScores& scores) {
  const auto [best, place] = scores.mean.max(0, /*keepdim=*/true);
  const auto reach = scores.doubt + scores.doubt.gather(0, place);
  // The best one reaches itself.
  return (best - scores.mean).lt(reach).sum(0).gt(1);
}

}  // namespace arcuate::ridge
