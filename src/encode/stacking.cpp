#include "encode/stacking.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/error.h"
#include "core/tensor.h"
#include "encode/score.h"
#include "encode/simplex.h"

namespace arcuate {

using at::Tensor;

std::vector<StackingSplit> stacking_splits(const std::vector<RidgeSplit>& splits, std::span<const RowRange> stories,
                                           int64_t inner_folds, int64_t gap) {
  std::vector<StackingSplit> stacking;
  for (const auto& split : splits)
    stacking.push_back({.whole = split, .parts = nested_splits(split.inner, stories, inner_folds, gap)});
  return stacking;
}

std::vector<std::function<Tensor()>> models_of(const std::vector<Tensor>& features) {
  std::vector<std::function<Tensor()>> models;
  for (const auto& own : features) models.emplace_back([own] { return own; });
  return models;
}

namespace {

// Targets of which residuals at all training rows are in memory beside the predictions.
constexpr int64_t targets_of_products = 128;

void check_parts(const StackingSplit& split) {
  std::vector<int64_t> tested;
  for (const auto& part : split.parts) tested.insert(tested.end(), part.outer.test.begin(), part.outer.test.end());
  std::sort(tested.begin(), tested.end());
  if (tested != split.whole.outer.train)
    fail(Fault::failed, "the parts of a stacking split must test each of its {} training rows once",
         split.whole.outer.train.size());
}

// Parts and whole test different rows, so one call fits them all.
std::vector<RidgeSplit> all_splits(const StackingSplit& split) {
  auto splits = split.parts;
  splits.push_back(split.whole);
  return splits;
}

// One prediction of M x n x V for each target: n x V.
Tensor pick(const Tensor& predictions, const Tensor& model) {
  const auto index = model.view({1, 1, -1}).expand({1, predictions.size(1), -1});
  return predictions.gather(0, index).squeeze(0);
}

StackingResult empty_result(int64_t rows, int64_t targets, int64_t models, int64_t splits) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  return {.predictions = at::full({rows, targets}, nan, at::kDouble),
          .single_predictions = at::full({rows, targets}, nan, at::kDouble),
          .single = at::zeros({splits, targets}, at::kLong),
          .weights = at::zeros({splits, targets, models}, at::kDouble),
          .gap = at::zeros({splits, targets}, at::kDouble),
          .model_r = at::zeros({models, targets}, at::kDouble)};
}

// The targets of one block, for which the models of a split predict all rows.
class StackedBlock {
 public:
  StackedBlock(const StackingProblem& problem, const RowRange& targets, const RidgeOptions& options,
               const Compute& compute)
      : problem_(problem),
        responses_(problem.responses.slice(targets)),
        options_(options),
        compute_(compute),
        y_(responses_.whole()),
        result_(empty_result(y_.size(0), y_.size(1), models(), std::ssize(problem.splits))) {}

  StackingResult run() {
    std::vector<PairSums> sums(problem_.models.size());
    for (size_t k = 0; k < problem_.splits.size(); ++k) {
      const auto tested = stack_split(static_cast<int64_t>(k));
      const auto y = y_.index_select(0, index_tensor(problem_.splits[k].whole.outer.test));
      for (int64_t m = 0; m < models(); ++m) {
        auto& own = sums[static_cast<size_t>(m)];
        own = k == 0 ? pair_sums(y, tested[m]) : own + pair_sums(y, tested[m]);
      }
    }
    for (int64_t m = 0; m < models(); ++m) result_.model_r[m].copy_(pearson(sums[static_cast<size_t>(m)]));
    return std::move(result_);
  }

 private:
  int64_t models() const { return std::ssize(problem_.models); }

  // M x N x b: at training rows by models that had not seen them, at test rows by models of all training rows.
  Tensor predict(const StackingSplit& split) const {
    // Filled, so that a regression under a memory limit sees them in memory.
    const auto predictions = at::full({models(), y_.size(0), y_.size(1)}, std::nan(""), at::kDouble);
    for (int64_t m = 0; m < models(); ++m)
      predictions[m].copy_(ridge_cross_validated({.bands = {problem_.models[static_cast<size_t>(m)]()},
                                                  .responses = responses_,
                                                  .of_targets = problem_.responses.targets()},
                                                 all_splits(split), options_, compute_)
                               .predictions);
    return predictions;
  }

  // b x M x M
  Tensor residual_products(const Tensor& predictions, const Tensor& train) const {
    const auto products = at::empty({y_.size(1), models(), models()}, at::kDouble);
    for (int64_t begin = 0; begin < y_.size(1); begin += targets_of_products) {
      const int64_t end = std::min(begin + targets_of_products, y_.size(1));
      const auto rows = [&](const Tensor& values) { return values.slice(-1, begin, end).index_select(-2, train); };
      const auto by_target =
          (rows(y_).to(at::kDouble).unsqueeze(0) - rows(predictions)).permute({2, 0, 1}).contiguous();
      products.slice(0, begin, end)
          .copy_(by_target.bmm(by_target.transpose(1, 2)) / static_cast<double>(train.size(0)));
    }
    return products;
  }

  // Fills the split's test rows and its row of weights; returns the models' predictions at its test rows, M x n x b.
  Tensor stack_split(int64_t k) {
    const auto& split = problem_.splits[static_cast<size_t>(k)];
    const auto predictions = predict(split);
    const auto test = index_tensor(split.whole.outer.test);
    const auto products = residual_products(predictions, index_tensor(split.whole.outer.train));
    const auto weights = simplex_minimum(products, compute_);
    const auto single = products.diagonal(0, 1, 2).argmin(1);
    auto tested = predictions.index_select(1, test);
    result_.predictions.index_copy_(0, test, mixed(tested, weights));
    result_.single_predictions.index_copy_(0, test, pick(tested, single));
    result_.weights[k].copy_(weights);
    result_.single[k].copy_(single);
    result_.gap[k].copy_(simplex_gap(products, weights));
    return tested;
  }

  // n x b from M x n x b and b x M.
  static Tensor mixed(const Tensor& predictions, const Tensor& weights) {
    auto sum = predictions[0] * weights.select(1, 0);
    for (int64_t m = 1; m < predictions.size(0); ++m) sum.add_(predictions[m] * weights.select(1, m));
    return sum;
  }

  const StackingProblem& problem_;
  const ResponseMatrix responses_;
  const RidgeOptions& options_;
  const Compute& compute_;
  const Tensor y_;  // N x b
  StackingResult result_;
};

Compute without_progress(const Compute& compute) {
  Compute quiet = compute;
  quiet.progress = {};
  return quiet;
}

}  // namespace

void stack_blocks(const StackingProblem& problem, const RidgeOptions& options, const StackingBlocks& blocks,
                  const Compute& compute) {
  if (problem.models.empty()) bad_usage("stacking needs at least one model");
  for (const auto& split : problem.splits) check_parts(split);
  const auto quiet = without_progress(compute);
  const int64_t targets = problem.responses.targets();
  const int64_t width = options.penalty_mode == PenaltyMode::per_target ? blocks.width : std::max<int64_t>(targets, 1);
  for (int64_t begin = 0; begin < targets; begin += width) {
    const RowRange block{begin, std::min(begin + width, targets)};
    blocks.take(block, StackedBlock(problem, block, options, quiet).run());
    if (compute.progress) compute.progress(block.end, targets);
  }
}

StackingResult stack_models(const StackingProblem& problem, const RidgeOptions& options, const Compute& compute) {
  auto all = empty_result(problem.responses.rows(), problem.responses.targets(), std::ssize(problem.models),
                          std::ssize(problem.splits));
  const auto take = [&](const RowRange& block, const StackingResult& own) {
    const auto put = [&](Tensor StackingResult::* part) {
      (all.*part).slice(1, block.begin, block.end).copy_(own.*part);
    };
    for (const auto part : {&StackingResult::predictions, &StackingResult::single_predictions, &StackingResult::single,
                            &StackingResult::weights, &StackingResult::gap, &StackingResult::model_r})
      put(part);
  };
  stack_blocks(problem, options, {.take = take}, compute);
  return all;
}

Tensor centre_of_weights(const Tensor& weights, std::span<const double> positions) {
  return weights.matmul(to_tensor(positions));
}

}  // namespace arcuate
