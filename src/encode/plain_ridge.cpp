#include "encode/plain_ridge.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/interrupt.h"
#include "core/tensor.h"
#include "encode/delays.h"
#include "encode/score.h"

namespace arcuate {

using at::Tensor;

namespace {

struct Scaled {
  Tensor values, mean, deviation;
};

// z-scored by the training rows.
Scaled z_scored(const Tensor& values, const Tensor& train, bool wanted) {
  const auto rows = values.index_select(0, train);
  const auto mean = rows.mean(0, true);
  if (!wanted) return {values, at::zeros_like(mean), at::ones_like(mean)};
  auto deviation = rows.std(0, /*unbiased=*/false, /*keepdim=*/true);
  deviation = at::where(deviation > 1e-12 * rows.abs().amax(0, true), deviation, at::ones_like(deviation));
  return {(values - mean) / deviation, mean, deviation};
}

std::vector<double> ascending(std::vector<double> penalties) {
  std::sort(penalties.begin(), penalties.end());
  penalties.erase(std::unique(penalties.begin(), penalties.end()), penalties.end());
  return penalties;
}

class PlainSplit {
 public:
  PlainSplit(const RidgeProblem& problem, const RidgeModel& model, const RidgeSplit& split, const RidgeOptions& options)
      : split_(split),
        options_(options),
        penalties_(ascending(split.penalties.empty() ? options.penalties : split.penalties)) {
    const auto train = index_tensor(split.outer.train);
    const auto scales = [&](Standardize one) {
      return options.standardize == one || options.standardize == Standardize::both;
    };
    y_ = z_scored(problem.responses.whole().to(at::kDouble), train, scales(Standardize::responses));
    std::vector<Tensor> bands;
    for (const auto& band : problem.bands) {
      const auto design = problem.delays.empty() ? band : delayed(band, problem.delays, problem.stories);
      bands.push_back(z_scored(design.to(at::kDouble), train, scales(Standardize::features)).values);
    }
    for (const auto& row : model.scales) {
      std::vector<Tensor> columns;
      for (size_t b = 0; b < row.size(); ++b) columns.push_back(bands[b] * std::sqrt(row[b]));
      x_.push_back(at::cat(columns, 1));
    }
  }

  Tensor fold_scores() const {
    std::vector<Tensor> folds;
    for (const auto& fold : split_.inner) {
      const auto truth = y_.values.index_select(0, index_tensor(fold.test));
      std::vector<Tensor> candidates;
      for (const auto& x : x_)
        for (const auto& predicted : predictions(x, fold, penalties_, y_.values))
          candidates.push_back(score(truth, predicted));
      folds.push_back(at::stack(candidates));
    }
    return at::stack(folds);
  }

  Tensor test_predictions(const Tensor& choice) const {
    auto result = at::zeros({std::ssize(split_.outer.test), y_.values.size(1)}, at::kDouble);
    for (int64_t c = 0; c < std::ssize(x_) * count(); ++c) {
      const auto columns = choice.eq(c).nonzero().squeeze(1);
      if (columns.numel() == 0) continue;
      const auto own = predictions(x_[static_cast<size_t>(c / count())], split_.outer,
                                   {penalties_[static_cast<size_t>(c % count())]}, y_.values.index_select(1, columns));
      result.index_copy_(1, columns, own.front());
    }
    return result * y_.deviation + y_.mean;
  }

  int64_t count() const { return std::ssize(penalties_); }
  const std::vector<double>& penalties() const { return penalties_; }

 private:
  // Of the fold's test rows, for each penalty.
  std::vector<Tensor> predictions(const Tensor& x, const Fold& fold, const std::vector<double>& penalties,
                                  const Tensor& y) const {
    const auto train = index_tensor(fold.train), test = index_tensor(fold.test);
    const auto known = y.index_select(0, train);
    return x.size(1) < known.size(0) ? by_features(x.index_select(0, train), x.index_select(0, test), known, penalties)
                                     : by_rows(x.index_select(0, train), x.index_select(0, test), known, penalties);
  }

  static Tensor solved(const Tensor& matrix, const Tensor& diagonal, const Tensor& right) {
    stop_if_interrupted();
    return at::cholesky_solve(right, at::linalg_cholesky(matrix + at::diag(diagonal)));
  }

  std::vector<Tensor> by_features(Tensor train, Tensor test, const Tensor& y,
                                  const std::vector<double>& penalties) const {
    auto d = at::ones({train.size(1)}, at::kDouble);
    if (options_.intercept) {
      train = at::cat({train, at::ones({train.size(0), 1}, at::kDouble)}, 1);
      test = at::cat({test, at::ones({test.size(0), 1}, at::kDouble)}, 1);
      d = at::cat({d, at::zeros({1}, at::kDouble)});
    }
    const auto gram = train.t().mm(train), cross = train.t().mm(y);
    std::vector<Tensor> result;
    for (const double penalty : penalties) result.push_back(test.mm(solved(gram, penalty * d, cross)));
    return result;
  }

  std::vector<Tensor> by_rows(Tensor train, Tensor test, const Tensor& y, const std::vector<double>& penalties) const {
    auto mean = at::zeros({1, y.size(1)}, at::kDouble);
    if (options_.intercept) {
      const auto centre = train.mean(0, true);
      train = train - centre, test = test - centre, mean = y.mean(0, true);
    }
    const auto kernel = train.mm(train.t()), across = test.mm(train.t());
    const auto ones = at::ones({train.size(0)}, at::kDouble);
    std::vector<Tensor> result;
    for (const double penalty : penalties) result.push_back(across.mm(solved(kernel, penalty * ones, y - mean)) + mean);
    return result;
  }

  Tensor score(const Tensor& truth, const Tensor& predicted) const {
    if (options_.select == Select::mse) return -(truth - predicted).square().mean(0);
    return at::nan_to_num(options_.select == Select::r ? pearson(truth, predicted) : r_squared(truth, predicted));
  }

  const RidgeSplit& split_;
  const RidgeOptions& options_;
  std::vector<double> penalties_;
  std::vector<Tensor> x_;  // of each row of scales
  Scaled y_;
};

// Targets that choose together.
std::vector<std::vector<int64_t>> units_of(const RidgeProblem& problem, PenaltyMode mode) {
  std::map<int64_t, std::vector<int64_t>> units;
  for (int64_t v = 0; v < problem.responses.targets(); ++v)
    units[mode == PenaltyMode::shared  ? 0
          : mode == PenaltyMode::group ? problem.target_groups[static_cast<size_t>(v)]
                                       : v]
        .push_back(v);
  std::vector<std::vector<int64_t>> result;
  for (auto& [group, targets] : units) result.push_back(std::move(targets));
  return result;
}

// scores: K x C. The best candidate; with a rule, the largest penalty that is as good but for one standard error.
int64_t chosen(const Tensor& scores, int64_t penalties, ChoiceRule rule) {
  const auto mean = to_vector(scores.mean(0));
  const auto folds = static_cast<double>(scores.size(0));
  int64_t best = 0;
  for (int64_t c = 1; c < std::ssize(mean); ++c) {
    const auto at = static_cast<size_t>(c), top = static_cast<size_t>(best);
    if (mean[at] > mean[top] || (mean[at] == mean[top] && c % penalties > best % penalties)) best = c;
  }
  if (rule == ChoiceRule::best) return best;
  const double error = scores.select(1, best).std(/*unbiased=*/true).item<double>() / std::sqrt(folds);
  const double least = mean[static_cast<size_t>(best)] - error;
  int64_t last = best;
  for (int64_t c = best + 1; c % penalties != 0; ++c)
    if (mean[static_cast<size_t>(c)] >= least) last = c;
  return last;
}

}  // namespace

PlainRidge plain_ridge(const RidgeProblem& problem, const RidgeModel& model, const RidgeSplit& split,
                       const RidgeOptions& options) {
  const PlainSplit plain(problem, model, split, options);
  PlainRidge result{.fold_scores = plain.fold_scores()};
  result.curve = result.fold_scores.mean(0);
  result.choice = at::zeros({problem.responses.targets()}, at::kLong);
  for (const auto& unit : units_of(problem, options.penalty_mode)) {
    const auto targets = index_tensor(unit);
    result.choice.index_fill_(0, targets,
                              chosen(result.fold_scores.index_select(2, targets).mean(2), plain.count(), options.rule));
  }
  result.penalties = to_tensor(plain.penalties()).index_select(0, result.choice.remainder(plain.count()));
  result.scales = result.choice.div(plain.count(), "floor");
  result.predictions = plain.test_predictions(result.choice);
  return result;
}

Tensor plain_predictions(const RidgeProblem& problem, const RidgeModel& model, const RidgeSplit& split,
                         const RidgeOptions& options, const Tensor& choice) {
  return PlainSplit(problem, model, split, options).test_predictions(choice);
}

}  // namespace arcuate
