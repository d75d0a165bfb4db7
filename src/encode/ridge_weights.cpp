#include "encode/ridge_weights.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>

#include "core/interrupt.h"
#include "core/parallel.h"
#include "core/tensor.h"
#include "encode/ridge_solver.h"
#include "encode/split_design.h"

namespace arcuate {

using at::Tensor;
using ridge::fit_scaling;
using ridge::Scaling;

namespace {

constexpr size_t columns_at_once = 1024;  // of responses in float64

bool scales(const RidgeOptions& options, Standardize one) {
  return options.standardize == one || options.standardize == Standardize::both;
}

// Groups of targets with one penalty, none larger than fits in memory comfortably.
std::map<double, std::vector<std::vector<int64_t>>> targets_by_penalty(const Tensor& penalties) {
  std::map<double, std::vector<std::vector<int64_t>>> result;
  const auto values = to_vector(penalties);
  for (size_t v = 0; v < values.size(); ++v) {
    auto& blocks = result[values[v]];
    if (blocks.empty() || blocks.back().size() == columns_at_once) blocks.emplace_back();
    blocks.back().push_back(static_cast<int64_t>(v));
  }
  return result;
}

class Fit {
 public:
  Fit(const Tensor& features, const Tensor& responses, std::span<const int64_t> train, const RidgeOptions& options)
      : options_(options), responses_(responses), rows_(index_tensor(train)) {
    const auto raw = features.index_select(0, rows_).to(at::kDouble);
    x_scaling_ = fit_scaling(raw, options.intercept, scales(options, Standardize::features));
    x_ = (raw - x_scaling_.mean) / x_scaling_.deviation;
    matrix_ = primal() ? x_.t().mm(x_) : x_.mm(x_.t());
    const int64_t targets = responses.size(1);
    result_ = {.weights = at::zeros({x_.size(1), targets}, at::kFloat),
               .intercepts = at::zeros({targets}, at::kDouble),
               .feature_means = x_scaling_.mean.squeeze(0),
               .feature_deviations = x_scaling_.deviation.squeeze(0),
               .response_means = at::zeros({targets}, at::kDouble),
               .response_deviations = at::ones({targets}, at::kDouble)};
  }

  RidgeWeights solve(const Tensor& penalties, int threads) {
    const auto groups = targets_by_penalty(penalties);
    const std::vector<std::pair<double, std::vector<std::vector<int64_t>>>> list(groups.begin(), groups.end());
    parallel_for(std::ssize(list), threads, [&](int64_t i) {
      const auto& [penalty, blocks] = list[static_cast<size_t>(i)];
      stop_if_interrupted();
      auto matrix = matrix_.clone();
      matrix.diagonal().add_(penalty);
      const auto factor = ridge::factor_spd(matrix);
      for (const auto& block : blocks) solve_block(factor, index_tensor(block));
    });
    return std::move(result_);
  }

 private:
  bool primal() const { return x_.size(1) <= x_.size(0); }

  void solve_block(const Tensor& factor, const Tensor& columns) {
    stop_if_interrupted();
    const auto raw = responses_.index_select(1, columns).index_select(0, rows_).to(at::kDouble);
    const auto scaling = fit_scaling(raw, options_.intercept, scales(options_, Standardize::responses));
    const auto y = (raw - scaling.mean) / scaling.deviation;
    const auto solved = primal() ? at::cholesky_solve(x_.t().mm(y), factor) : x_.t().mm(at::cholesky_solve(y, factor));
    const auto weights = solved / x_scaling_.deviation.t() * scaling.deviation;
    result_.weights.index_copy_(1, columns, weights.to(at::kFloat));
    result_.intercepts.index_copy_(0, columns, (scaling.mean - x_scaling_.mean.mm(weights)).squeeze(0));
    result_.response_means.index_copy_(0, columns, scaling.mean.squeeze(0));
    result_.response_deviations.index_copy_(0, columns, scaling.deviation.squeeze(0));
  }

  const RidgeOptions& options_;
  const Tensor responses_;
  Tensor rows_, x_, matrix_;  // N, N x F, F x F or N x N
  Scaling x_scaling_;
  RidgeWeights result_;
};

}  // namespace

RidgeWeights ridge_weights(const Tensor& features, const ResponseMatrix& responses, std::span<const int64_t> train,
                           const Tensor& penalties, const RidgeOptions& options, const Compute& compute) {
  return Fit(features, responses.whole(), train, options).solve(penalties, compute.threads);
}

}  // namespace arcuate
