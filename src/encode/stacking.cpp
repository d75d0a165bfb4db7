#include "encode/stacking.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

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

namespace {

// Predictions of all models are held for so many targets at once.
constexpr int64_t targets_per_block = 4096;

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

// M x N x V: at training rows by models that had not seen them, at test rows by models of all training rows.
Tensor predict(const StackingProblem& problem, const StackingSplit& split, const RidgeOptions& options,
               const Compute& compute) {
  std::vector<Tensor> predictions;
  for (const auto& features : problem.models)
    predictions.push_back(ridge_cross_validated({.bands = {features}, .responses = problem.responses},
                                                all_splits(split), options, compute)
                              .predictions);
  return at::stack(predictions);
}

// V x M x M from M x n x V.
Tensor residual_products(const Tensor& residuals) {
  const auto by_target = residuals.permute({2, 0, 1}).contiguous();
  return by_target.bmm(by_target.transpose(1, 2)) / static_cast<double>(by_target.size(2));
}

// One prediction of M x n x V for each target: n x V.
Tensor pick(const Tensor& predictions, const Tensor& model) {
  const auto index = model.view({1, 1, -1}).expand({1, predictions.size(1), -1});
  return predictions.gather(0, index).squeeze(0);
}

// Columns of the result that a block of targets is written to.
StackingResult columns_of(const StackingResult& whole, int64_t begin, int64_t end) {
  return {.predictions = whole.predictions.slice(1, begin, end),
          .single_predictions = whole.single_predictions.slice(1, begin, end),
          .single = whole.single.slice(1, begin, end),
          .weights = whole.weights.slice(1, begin, end),
          .gap = whole.gap.slice(1, begin, end),
          .model_r = whole.model_r.slice(1, begin, end)};
}

// Fills the split's test rows and its row of weights; returns the models' predictions at its test rows, M x n x V.
Tensor stack_split(const StackingProblem& problem, const StackingSplit& split, int64_t k, const RidgeOptions& options,
                   const Compute& compute, StackingResult& result) {
  const auto predictions = predict(problem, split, options, compute);
  const auto train = index_tensor(split.whole.outer.train), test = index_tensor(split.whole.outer.test);
  const auto residuals =
      problem.responses.index_select(0, train).to(at::kDouble).unsqueeze(0) - predictions.index_select(1, train);
  const auto products = residual_products(residuals);
  const auto weights = simplex_minimum(products, compute);
  const auto single = products.diagonal(0, 1, 2).argmin(1);
  const auto tested = predictions.index_select(1, test);
  result.predictions.index_copy_(0, test, (tested * weights.t().unsqueeze(1)).sum(0));
  result.single_predictions.index_copy_(0, test, pick(tested, single));
  result.weights[k].copy_(weights);
  result.single[k].copy_(single);
  result.gap[k].copy_(simplex_gap(products, weights));
  return tested;
}

void stack_block(const StackingProblem& problem, const std::vector<StackingSplit>& splits, const RidgeOptions& options,
                 const Compute& compute, StackingResult result) {
  std::vector<Tensor> tested, responses;
  for (size_t k = 0; k < splits.size(); ++k) {
    tested.push_back(stack_split(problem, splits[k], static_cast<int64_t>(k), options, compute, result));
    responses.push_back(problem.responses.index_select(0, index_tensor(splits[k].whole.outer.test)));
  }
  const auto predictions = at::cat(tested, 1), y = at::cat(responses, 0);
  for (int64_t m = 0; m < predictions.size(0); ++m) result.model_r[m].copy_(pearson(y, predictions[m]));
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

Compute without_progress(const Compute& compute) {
  Compute quiet = compute;
  quiet.progress = {};
  return quiet;
}

}  // namespace

StackingResult stack_models(const StackingProblem& problem, const std::vector<StackingSplit>& splits,
                            const RidgeOptions& options, const Compute& compute) {
  if (problem.models.empty()) bad_usage("stacking needs at least one model");
  for (const auto& split : splits) check_parts(split);
  const int64_t rows = problem.responses.size(0), targets = problem.responses.size(1);
  const auto result =
      empty_result(rows, targets, static_cast<int64_t>(problem.models.size()), static_cast<int64_t>(splits.size()));
  const int64_t step = options.penalty_mode == PenaltyMode::shared ? std::max<int64_t>(targets, 1) : targets_per_block;
  for (int64_t begin = 0; begin < targets; begin += step) {
    const int64_t end = std::min(begin + step, targets);
    stack_block({.models = problem.models, .responses = problem.responses.slice(1, begin, end)}, splits, options,
                without_progress(compute), columns_of(result, begin, end));
    if (compute.progress) compute.progress(end, targets);
  }
  return result;
}

Tensor centre_of_weights(const Tensor& weights, std::span<const double> positions) {
  return weights.matmul(to_tensor(positions));
}

}  // namespace arcuate
