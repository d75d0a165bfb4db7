#include "encode/ridge.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/parallel.h"
#include "core/tensor.h"
#include "core/text.h"
#include "encode/ridge_solver.h"
#include "encode/score.h"

namespace arcuate {

using at::Tensor;

namespace ridge {

Tensor gram(const Tensor& x) {
  const auto exact = x.to(at::kDouble);
  return exact.t().mm(exact);
}

static Tensor factor_spd(const Tensor& matrix) {
  const auto [factor, info] = at::linalg_cholesky_ex(matrix);
  if (info.item<int>() != 0)
    bad_input(
        "the normal equations are not positive definite at row {} of {}; a larger smallest penalty helps, and features "
        "must be finite",
        info.item<int>(), matrix.size(0));
  return factor;
}

Tensor inverse_spd(const Tensor& matrix) { return at::cholesky_inverse(factor_spd(matrix)); }
Tensor solve_spd(const Tensor& matrix, const Tensor& right) { return at::cholesky_solve(right, factor_spd(matrix)); }

Rows::Rows(const std::vector<int64_t>& positions) : index_(index_tensor(positions)) {
  const auto count = static_cast<int64_t>(positions.size());
  if (count > 0 && positions.back() - positions.front() == count - 1)
    first_ = positions.front(), end_ = positions.back() + 1;
}
Tensor Rows::of(const Tensor& tensor, int64_t dim) const {
  return end_ > first_ ? tensor.slice(dim, first_, end_) : tensor.index_select(dim, index_);
}
int64_t Rows::count() const { return index_.size(0); }

Tensor inner_score(Select select, const Tensor& responses, const Tensor& predictions) {
  if (select == Select::r) return at::nan_to_num(pearson(responses, predictions));
  return residual_score(select, responses, responses - predictions);
}

Tensor residual_score(Select select, const Tensor& responses, const Tensor& residuals) {
  switch (select) {
    case Select::mse:
      return -residuals.to(at::kDouble).square().mean(0);
    case Select::r2:
      return at::nan_to_num(r_squared(responses, responses - residuals));
    case Select::r:
      return at::nan_to_num(pearson(responses, responses - residuals));
  }
  return {};
}

}  // namespace ridge

namespace {

// Mean and deviation of training columns; applied to training and test rows alike.
struct Scaling {
  Tensor mean, deviation;
  Tensor apply(const Tensor& x) const { return (x - mean) / deviation; }
};

Scaling fit_scaling(const Tensor& train, bool centre, bool scale) {
  const auto ones = at::ones({1, train.size(1)}, at::kDouble);
  Scaling scaling{centre || scale ? train.mean(0, true) : at::zeros_like(ones), ones};
  if (!scale) return scaling;
  const auto deviation = (train - scaling.mean).square().mean(0, true).sqrt();
  scaling.deviation = at::where(deviation > 1e-12 * train.abs().amax(0, true), deviation, ones);
  return scaling;
}

std::vector<ridge::InnerFold> to_positions(const RidgeSplit& split) {
  std::map<int64_t, int64_t> position;
  for (size_t i = 0; i < split.outer.train.size(); ++i) position[split.outer.train[i]] = static_cast<int64_t>(i);
  std::vector<ridge::InnerFold> folds;
  for (const auto& fold : split.inner) {
    std::vector<int64_t> train, block, test, test_in_block;
    std::vector<bool> kept(split.outer.train.size(), false);
    for (int64_t row : fold.train) kept[static_cast<size_t>(position.at(row))] = true;
    std::map<int64_t, int64_t> place;
    for (size_t i = 0; i < kept.size(); ++i) {
      if (!kept[i]) place[static_cast<int64_t>(i)] = static_cast<int64_t>(block.size());
      (kept[i] ? train : block).push_back(static_cast<int64_t>(i));
    }
    for (int64_t row : fold.test) {
      test.push_back(position.at(row));
      test_in_block.push_back(place.at(position.at(row)));
    }
    folds.push_back({ridge::Rows(train), ridge::Rows(block), ridge::Rows(test), ridge::Rows(test_in_block)});
  }
  return folds;
}

// Multiplications of the inner loop, up to a common factor: the dual inverts n x n once a penalty, the primal F x F
// once a penalty and fold.
bool dual_is_cheaper(const ridge::SplitData& data) {
  double features = 0;
  for (const auto& band : data.train) features += static_cast<double>(band.size(1));
  const auto rows = static_cast<double>(data.responses.size(0)), targets = static_cast<double>(data.responses.size(1));
  double dual = rows * rows * (rows + 2 * targets), primal = data.inner.empty() ? features * features * features : 0;
  for (const auto& fold : data.inner) {
    const auto block = static_cast<double>(fold.block.count()), tested = static_cast<double>(fold.test.count());
    dual += block * block * (block + 2 * targets);
    primal += features * features * (features + 2 * targets) + 2 * tested * features * targets;
  }
  return dual <= primal;
}

std::unique_ptr<ridge::Solver> make_solver(const ridge::SplitData& data) {
  const bool dual = data.options.form == Form::automatic ? dual_is_cheaper(data) : data.options.form == Form::dual;
  return dual ? ridge::dual_solver(data) : ridge::primal_solver(data);
}

// Best candidate of each target: highest score, then larger penalty, then earlier scales.
Tensor best_candidates(Tensor scores, int64_t penalties, PenaltyMode mode) {
  if (mode == PenaltyMode::shared) scores = scores.mean(1, true).expand_as(scores).contiguous();
  const int64_t candidates = scores.size(0), targets = scores.size(1);
  auto best = at::zeros({targets}, at::kLong);
  const auto view = scores.accessor<double, 2>();
  auto* choice = best.data_ptr<int64_t>();
  for (int64_t v = 0; v < targets; ++v)
    for (int64_t c = 1; c < candidates; ++c) {
      const double here = view[c][v], there = view[choice[v]][v];
      if (here > there || (here == there && c % penalties > choice[v] % penalties)) choice[v] = c;
    }
  return best;
}

struct Prepared {
  ridge::SplitData data;
  Scaling responses;
};

Prepared prepare(const RidgeProblem& problem, const RidgeSplit& split, const RidgeOptions& options) {
  const bool scale_x = options.standardize == Standardize::features || options.standardize == Standardize::both;
  const bool scale_y = options.standardize == Standardize::responses || options.standardize == Standardize::both;
  const auto train = index_tensor(split.outer.train), test = index_tensor(split.outer.test);
  Prepared prepared{
      .data = {.train = {}, .test = {}, .responses = {}, .inner = to_positions(split), .options = options},
      .responses = {}};
  for (const auto& band : problem.bands) {
    const auto rows = band.index_select(0, train).to(at::kDouble);
    const auto scaling = fit_scaling(rows, options.intercept, scale_x);
    prepared.data.train.push_back(scaling.apply(rows).to(options.type));
    prepared.data.test.push_back(scaling.apply(band.index_select(0, test).to(at::kDouble)).to(options.type));
  }
  const auto rows = problem.responses.index_select(0, train).to(at::kDouble);
  prepared.responses = fit_scaling(rows, options.intercept, scale_y);
  prepared.data.responses = prepared.responses.apply(rows).to(options.type);
  return prepared;
}

void check(const RidgeProblem& problem, const RidgeOptions& options) {
  if (options.penalties.empty()) bad_usage("ridge regression needs at least one penalty");
  for (double penalty : options.penalties)
    if (!(penalty > 0) || std::isinf(penalty)) bad_usage("penalties must be positive numbers, found {}", penalty);
  for (const auto& band : problem.bands) {
    if (band.dim() != 2 || problem.responses.dim() != 2 || band.size(0) != problem.responses.size(0))
      bad_input("features are {} and responses {}: both need one row a volume", shape_text(band),
                shape_text(problem.responses));
    if (!at::isfinite(band).all().item<bool>()) bad_input("the features hold values that are not finite");
  }
  if (!at::isfinite(problem.responses).all().item<bool>())
    bad_input("the responses hold values that are not finite; flag and zero such targets first");
}

// One model of one split: choose, refit, predict; writes into rows and columns that no other split touches.
// curve: (scales * penalties) x V of this model's candidates.
void finish_split(const Prepared& prepared, ridge::Solver& solver, const RidgeModel& model, const Tensor& curve,
                  const RidgeSplit& split, int64_t k, RidgeResult& result) {
  const auto& options = prepared.data.options;
  const auto penalties = static_cast<int64_t>(options.penalties.size());
  const auto best = best_candidates(curve, penalties, options.penalty_mode);
  if (options.keep_curves) result.curves.select(0, k).copy_(curve);
  result.inner_scores.select(0, k).copy_(curve.gather(0, best.unsqueeze(0)).squeeze(0));
  const auto test = index_tensor(split.outer.test);
  for (int64_t candidate = 0; candidate < curve.size(0); ++candidate) {
    const auto columns = best.eq(candidate).nonzero().squeeze(1);
    if (columns.numel() == 0) continue;
    stop_if_interrupted();
    const auto& scales = model.scales[static_cast<size_t>(candidate / penalties)];
    const double penalty = options.penalties[static_cast<size_t>(candidate % penalties)];
    auto parts = solver.predict(scales, penalty, columns).to(at::kDouble) *
                 prepared.responses.deviation.index_select(1, columns);
    parts.select(0, 0).add_(prepared.responses.mean.index_select(1, columns));
    for (int64_t b = 0; b < parts.size(0); ++b)
      result.band_predictions.select(0, b).index_put_({test.unsqueeze(1), columns}, parts[b]);
    result.penalties.select(0, k).index_fill_(0, columns, penalty);
    result.scales.select(0, k).index_fill_(0, columns, candidate / penalties);
  }
}

void solve_split(const RidgeProblem& problem, const std::vector<RidgeModel>& models, const RidgeSplit& split, int64_t k,
                 const RidgeOptions& options, std::vector<RidgeResult>& results) {
  const auto prepared = prepare(problem, split, options);
  const auto solver = make_solver(prepared.data);
  std::vector<std::vector<double>> scales;
  for (const auto& model : models) scales.insert(scales.end(), model.scales.begin(), model.scales.end());
  const auto curves = solver->inner_scores(scales);
  int64_t first = 0;
  for (size_t m = 0; m < models.size(); ++m) {
    const auto count = static_cast<int64_t>(models[m].scales.size() * options.penalties.size());
    finish_split(prepared, *solver, models[m], curves.slice(0, first, first + count).contiguous(), split, k,
                 results[m]);
    first += count;
  }
}

// Targets are solved in blocks: what a block needs stays in the processor's cache, and the decompositions that each
// block repeats cost little beside its products. A shared penalty needs all targets at once.
constexpr int64_t targets_per_block = 2048;

std::vector<RowRange> target_blocks(int64_t targets, PenaltyMode mode) {
  const int64_t count =
      mode == PenaltyMode::shared ? 1 : std::max<int64_t>(1, (targets + targets_per_block - 1) / targets_per_block);
  std::vector<RowRange> blocks;
  for (int64_t b = 0; b < count; ++b) blocks.push_back({b * targets / count, (b + 1) * targets / count});
  return blocks;
}

// Views of the results' columns: what is written there is written into the whole.
std::vector<RidgeResult> columns_of(const std::vector<RidgeResult>& results, const RowRange& block) {
  std::vector<RidgeResult> views;
  const auto view = [&](const Tensor& whole) {
    return whole.defined() ? whole.slice(-1, block.begin, block.end) : whole;
  };
  for (const auto& r : results) {
    RidgeResult part = r;
    part.band_predictions = view(r.band_predictions);
    part.penalties = view(r.penalties);
    part.scales = view(r.scales);
    part.inner_scores = view(r.inner_scores);
    part.curves = view(r.curves);
    views.push_back(std::move(part));
  }
  return views;
}

RidgeResult empty_result(const RidgeProblem& problem, const RidgeModel& model, int64_t folds,
                         const RidgeOptions& options) {
  const int64_t rows = problem.responses.size(0), targets = problem.responses.size(1);
  RidgeResult result;
  result.band_predictions = at::full({static_cast<int64_t>(problem.bands.size()), rows, targets},
                                     std::numeric_limits<double>::quiet_NaN(), at::kDouble);
  result.penalties = at::zeros({folds, targets}, at::kDouble);
  result.scales = at::zeros({folds, targets}, at::kLong);
  result.inner_scores = at::zeros({folds, targets}, at::kDouble);
  if (options.keep_curves)
    result.curves =
        at::zeros({folds, static_cast<int64_t>(model.scales.size() * options.penalties.size()), targets}, at::kDouble);
  return result;
}

}  // namespace

std::vector<RidgeResult> ridge_cross_validated(const RidgeProblem& problem, const std::vector<RidgeModel>& models,
                                               const std::vector<RidgeSplit>& splits, const RidgeOptions& given,
                                               const Compute& compute) {
  RidgeOptions options = given;
  std::sort(options.penalties.begin(), options.penalties.end());
  check(problem, options);
  const auto folds = static_cast<int64_t>(splits.size());
  std::vector<RidgeResult> results;
  for (const auto& model : models) {
    for (const auto& row : model.scales)
      if (row.size() != problem.bands.size())
        bad_usage("{} band scales for {} feature bands", row.size(), problem.bands.size());
    results.push_back(empty_result(problem, model, folds, options));
  }
  const auto blocks = target_blocks(problem.responses.size(1), options.penalty_mode);
  const auto items = folds * static_cast<int64_t>(blocks.size());
  std::mutex guard;
  int64_t done = 0;
  parallel_for(items, compute.threads, [&](int64_t item) {
    const auto& block = blocks[static_cast<size_t>(item / folds)];
    const RidgeProblem part{.bands = problem.bands, .responses = problem.responses.slice(1, block.begin, block.end)};
    auto views = columns_of(results, block);
    const int64_t k = item % folds;
    solve_split(part, models, splits[static_cast<size_t>(k)], k, options, views);
    const std::lock_guard lock(guard);
    if (compute.progress) compute.progress(++done, items);
  });
  for (auto& result : results) result.predictions = result.band_predictions.sum(0);
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
