#include "encode/ridge.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

#include "core/error.h"
#include "core/parallel.h"
#include "core/tensor.h"
#include "core/text.h"
#include "encode/ridge_split.h"
#include "encode/score.h"
#include "encode/split_design.h"

namespace arcuate {

using at::Tensor;

namespace {

std::vector<double> ascending(std::vector<double> penalties) {
  if (penalties.empty()) bad_usage("ridge regression needs at least one penalty");
  for (double penalty : penalties)
    if (!(penalty > 0) || std::isinf(penalty)) bad_usage("penalties must be positive numbers, found {}", penalty);
  std::sort(penalties.begin(), penalties.end());
  penalties.erase(std::unique(penalties.begin(), penalties.end()), penalties.end());
  return penalties;
}

void check_rule(const std::vector<RidgeSplit>& splits, const RidgeOptions& options) {
  if (options.rule != ChoiceRule::one_standard_error) return;
  if (options.fractional)
    bad_usage(
        "the one-standard-error rule takes the largest penalty, and the largest fraction of the length of the weights "
        "is the weakest; use the best score");
  if (options.criterion != PenaltyCriterion::folds)
    bad_usage(
        "the one-standard-error rule needs the scores of inner folds, and without folds a penalty has one score; use "
        "inner folds, or the best score");
  constexpr int64_t fewest = 3;  // folds that a standard error is worth anything of
  for (size_t k = 0; k < splits.size(); ++k)
    if (std::ssize(splits[k].inner) < fewest)
      bad_usage(
          "the one-standard-error rule needs at least {} inner folds, and split {} has {}; use more inner folds, or "
          "the best score",
          fewest, k + 1, splits[k].inner.size());
}

void check_criterion(const RidgeOptions& options, double largest) {
  if (options.fractional && largest > 1)
    bad_usage("a fraction of the length of the weights is above 0 and at most 1, found {}; give fractions as penalties",
              largest);
  if (options.fractional && options.criterion != PenaltyCriterion::folds)
    bad_usage("fractions of the length of the weights are chosen on inner folds only");
  if (options.bf16_scores && (options.fractional || options.criterion != PenaltyCriterion::folds))
    bad_usage("products of bfloat16 score penalties on inner folds only; use float32");
  if (options.criterion == PenaltyCriterion::gcv && options.select == Select::r)
    bad_usage("generalised cross-validation is a mean squared error and cannot select by r; use mse or r2");
}

void check_values(const RidgeProblem& problem) {
  for (const auto& band : problem.bands) {
    if (band.dim() != 2 || band.size(0) != problem.responses.rows())
      bad_input("features are {} and responses {} x {}: both need one row a volume", shape_text(band),
                problem.responses.rows(), problem.responses.targets());
    if (!all_finite(band)) bad_input("the features hold values that are not finite");
  }
  if (problem.responses.in_memory() && !all_finite(problem.responses.whole()))
    bad_input("the responses hold values that are not finite; flag and zero such targets first");
}

RidgeResult empty_result(const RidgeProblem& problem, const RidgeModel& model, int64_t folds,
                         const std::vector<double>& grid, const RidgeOptions& options) {
  const int64_t rows = problem.responses.rows(), targets = problem.responses.targets();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  RidgeResult result;
  if (options.keep_predictions) result.predictions = at::full({rows, targets}, nan, at::kDouble);
  if (options.keep_bands)
    result.band_predictions = at::full({std::ssize(problem.bands), rows, targets}, nan, at::kDouble);
  result.penalties = at::zeros({folds, targets}, at::kDouble);
  result.scales = at::zeros({folds, targets}, at::kLong);
  result.inner_scores = at::zeros({folds, targets}, at::kDouble);
  result.grid = grid;
  if (options.keep_curves)
    result.curves = at::full({folds, std::ssize(model.scales) * std::ssize(grid), targets}, nan, at::kDouble);
  return result;
}

// Tells of thousandths of the work, from any thread.
class Progress {
 public:
  Progress(const Compute& compute, size_t splits) : compute_(compute), splits_(static_cast<double>(splits)) {}
  void advance(double share) {
    const std::lock_guard lock(guard_);
    done_ += share / splits_;
    const auto now = std::min(steps, static_cast<int64_t>(std::lround(done_ * steps)));
    if (compute_.progress && now > told_) compute_.progress(told_ = now, steps);
  }

 private:
  static constexpr int64_t steps = 1000;
  const Compute& compute_;
  double splits_, done_ = 0;
  int64_t told_ = 0;
  std::mutex guard_;
};

// Threads share the splits where one split has too little for them.
constexpr int64_t targets_a_thread = 1024;

}  // namespace

std::vector<RidgeOptions> ridge::checked(const RidgeProblem& problem, const std::vector<RidgeSplit>& splits,
                                         const RidgeOptions& given) {
  std::vector<RidgeOptions> options(splits.size(), given);
  for (size_t k = 0; k < splits.size(); ++k) {
    options[k].penalties = ascending(splits[k].penalties.empty() ? given.penalties : splits[k].penalties);
    check_criterion(given, options[k].penalties.back());
  }
  check_rule(splits, given);
  check_values(problem);
  return options;
}

std::vector<double> ridge::all_penalties(const std::vector<RidgeOptions>& options) {
  std::vector<double> all;
  for (const auto& own : options) all.insert(all.end(), own.penalties.begin(), own.penalties.end());
  return ascending(all);
}

std::vector<RidgeResult> ridge_cross_validated(const RidgeProblem& problem, const std::vector<RidgeModel>& models,
                                               const std::vector<RidgeSplit>& splits, const RidgeOptions& options,
                                               const Compute& compute) {
  const auto own = ridge::checked(problem, splits, options);
  const auto grid = ridge::all_penalties(own);
  std::vector<RidgeResult> results;
  for (const auto& model : models) {
    for (const auto& row : model.scales)
      if (row.size() != problem.bands.size())
        bad_usage("{} band scales for {} feature bands", row.size(), problem.bands.size());
    results.push_back(empty_result(problem, model, std::ssize(splits), grid, options));
  }
  const auto delayed = ridge::carry_out_delays(problem, splits, options, compute.device);
  // A limit is one of the process: splits take turns then.
  const int threads = compute.device.is_cpu() ? compute.threads : 1;  // a device is parallel by itself
  const bool whole =
      splits.size() == 1 || compute.memory > 0 || problem.responses.targets() >= targets_a_thread * threads;
  Progress progress(compute, splits.size());
  std::vector<std::vector<PairSums>> sums(splits.size());  // of each split's models
  parallel_for(std::ssize(splits), whole ? 1 : threads, [&](int64_t k) {
    const auto share = [&](double part) { progress.advance(part); };
    const Compute own_compute{.threads = whole ? threads : 1, .device = compute.device, .memory = compute.memory};
    sums[static_cast<size_t>(k)] = ridge::solve_split(delayed, models, splits[static_cast<size_t>(k)], k,
                                                      own[static_cast<size_t>(k)], own_compute, share, results);
  });
  for (size_t m = 0; m < models.size(); ++m) {
    results[m].sums = sums.front()[m];
    for (size_t k = 1; k < sums.size(); ++k) results[m].sums = results[m].sums + sums[k][m];
    results[m].r = at::nan_to_num(pearson(results[m].sums));
    results[m].r2 = r_squared(results[m].sums);
  }
  return results;
}

RidgeResult ridge_cross_validated(const RidgeProblem& problem, const std::vector<RidgeSplit>& splits,
                                  const RidgeOptions& options, const Compute& compute) {
  const RidgeModel all{.scales = {std::vector<double>(problem.bands.size(), 1.0)}};
  return std::move(ridge_cross_validated(problem, {all}, splits, options, compute).front());
}

std::vector<RidgeSplit> nested_splits(const std::vector<Fold>& outer, std::span<const RowRange> stories,
                                      int64_t inner_folds, int64_t gap) {
  std::vector<RidgeSplit> splits;
  for (const auto& fold : outer) splits.push_back({fold, contiguous_folds(fold.train, stories, inner_folds, gap)});
  return splits;
}

std::vector<double> parse_penalties(const std::string& text) {
  std::vector<double> penalties;
  const bool logarithmic = text.starts_with("log:");
  for (const auto& field :
       split_fields(logarithmic ? std::string_view(text).substr(4) : std::string_view(text), logarithmic ? ':' : ',')) {
    const auto value = to_double(trim(field));
    if (!value)
      bad_usage("penalties '{}': '{}' is not a number; write log:LO:HI:N or a comma-separated list", text, field);
    penalties.push_back(*value);
  }
  if (logarithmic) {
    if (penalties.size() != 3 || penalties[2] < 1 || penalties[2] > 1000 || penalties[2] != std::floor(penalties[2]) ||
        penalties[1] < penalties[0])
      bad_usage("penalties '{}': log:LO:HI:N needs LO <= HI and N from 1 to 1000", text);
    const double low = penalties[0], high = penalties[1];
    const auto count = static_cast<int>(penalties[2]);
    penalties.clear();
    for (int i = 0; i < count; ++i)
      penalties.push_back(std::pow(10.0, count == 1 ? low : low + (high - low) * i / (count - 1)));
  }
  for (double penalty : penalties)  // before sorting, for which NaN has no place
    if (!(penalty > 0) || std::isinf(penalty))
      bad_usage("penalties '{}': every penalty must be a positive number, found {}", text, penalty);
  std::sort(penalties.begin(), penalties.end());
  penalties.erase(std::unique(penalties.begin(), penalties.end()), penalties.end());
  return penalties;
}

std::vector<double> to_lambdas(std::vector<double> penalties, PenaltyUnit unit) {
  if (unit == PenaltyUnit::huth)
    for (double& penalty : penalties) penalty *= penalty;
  return penalties;
}

Tensor in_unit(const Tensor& lambdas, PenaltyUnit unit) { return unit == PenaltyUnit::huth ? lambdas.sqrt() : lambdas; }

}  // namespace arcuate
