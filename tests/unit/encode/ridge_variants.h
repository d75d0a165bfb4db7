// The variants of the solver that every ridge test goes through, and ridge regression by explicit normal equations.
#pragma once
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "encode/ridge.h"
#include "encode/score.h"

namespace arcuate::test {

struct RidgeVariant {
  std::string name{};
  std::function<void(RidgeOptions&)> change{};
  RidgeOptions of(RidgeOptions options) const {
    change(options);
    return options;
  }
  bool is_float() const { return of({}).type == at::kFloat; }
  /// The limit of a difference: that of float32 or of float64 arithmetic.
  double limit(double single, double exact) const { return is_float() ? single : exact; }
  friend void PrintTo(const RidgeVariant& variant, std::ostream* out) { *out << variant.name; }
};

inline std::vector<RidgeVariant> ridge_variants() {
  const auto eigenbasis = [](Form form, at::ScalarType type) {
    return [=](RidgeOptions& o) { o.form = form, o.method = Method::eigenbasis, o.type = type; };
  };
  return {
      {"eigenbasis_primal_float", eigenbasis(Form::primal, at::kFloat)},
      {"eigenbasis_primal_double", eigenbasis(Form::primal, at::kDouble)},
      {"eigenbasis_dual_float", eigenbasis(Form::dual, at::kFloat)},
      {"eigenbasis_dual_double", eigenbasis(Form::dual, at::kDouble)},
      {"inverse_primal_float",
       [](RidgeOptions& o) { o.form = Form::primal, o.method = Method::inverse, o.type = at::kFloat; }},
      {"inverse_primal_double",
       [](RidgeOptions& o) { o.form = Form::primal, o.method = Method::inverse, o.type = at::kDouble; }},
      {"inverse_dual_float",
       [](RidgeOptions& o) { o.form = Form::dual, o.method = Method::inverse, o.type = at::kFloat; }},
      {"inverse_dual_double",
       [](RidgeOptions& o) { o.form = Form::dual, o.method = Method::inverse, o.type = at::kDouble; }},
      {"automatic_float", [](RidgeOptions& o) { o.form = Form::automatic, o.type = at::kFloat; }},
      {"automatic_double", [](RidgeOptions& o) { o.form = Form::automatic, o.type = at::kDouble; }},
  };
}

/// Name of a parametrised test.
inline std::string variant_name(const testing::TestParamInfo<RidgeVariant>& test) { return test.param.name; }

/// One split by (A'A + penalty D) w = A'y, where A has a column of ones whose entry of D is 0; all in float64.
class PlainRidge {
 public:
  PlainRidge(const RidgeProblem& problem, const RidgeModel& model, const RidgeSplit& split, const RidgeOptions& options)
      : options_(options), y_(problem.responses.to(at::kDouble)) {
    std::sort(options_.penalties.begin(), options_.penalties.end());
    for (const auto& row : model.scales) {
      std::vector<at::Tensor> columns;
      for (size_t b = 0; b < row.size(); ++b) columns.push_back(problem.bands[b].to(at::kDouble) * std::sqrt(row[b]));
      x_.push_back(at::cat(columns, 1));
    }
    choose(split);
    predict(split);
  }

  at::Tensor curve;              ///< (scales * penalties) x V
  at::Tensor penalties, scales;  ///< V
  at::Tensor predictions;        ///< test rows x V

 private:
  at::Tensor fitted(const at::Tensor& x, const std::vector<int64_t>& train, const std::vector<int64_t>& test,
                    double penalty) const {
    const auto a = x.index_select(0, index_tensor(train));
    auto d = at::full({a.size(1)}, penalty, at::kDouble);
    if (options_.intercept) d[-1] = 0;
    const auto w = at::linalg_solve(a.t().mm(a) + at::diag(d), a.t().mm(y_.index_select(0, index_tensor(train))));
    return x.index_select(0, index_tensor(test)).mm(w);
  }

  at::Tensor with_ones(const at::Tensor& x) const {
    return options_.intercept ? at::cat({x, at::ones({x.size(0), 1}, at::kDouble)}, 1) : x;
  }

  at::Tensor score(const at::Tensor& y, const at::Tensor& predicted) const {
    if (options_.select == Select::mse) return -(y - predicted).square().mean(0);
    return at::nan_to_num(options_.select == Select::r ? pearson(y, predicted) : r_squared(y, predicted));
  }

  void choose(const RidgeSplit& split) {
    std::vector<at::Tensor> rows;
    for (const auto& x : x_)
      for (double penalty : options_.penalties) {
        auto total = at::zeros({y_.size(1)}, at::kDouble);
        for (const auto& fold : split.inner)
          total +=
              score(y_.index_select(0, index_tensor(fold.test)), fitted(with_ones(x), fold.train, fold.test, penalty));
        rows.push_back(total / static_cast<double>(split.inner.size()));
      }
    curve = at::stack(rows);
    const auto compared = options_.penalty_mode == PenaltyMode::shared ? curve.mean(1, true).expand_as(curve) : curve;
    choice_ = compared.argmax(0);
  }

  void predict(const RidgeSplit& split) {
    const auto count = static_cast<int64_t>(options_.penalties.size());
    penalties = to_tensor(options_.penalties).index_select(0, choice_.remainder(count));
    scales = choice_.div(count, "floor");
    predictions = at::zeros({static_cast<int64_t>(split.outer.test.size()), y_.size(1)}, at::kDouble);
    for (int64_t c = 0; c < curve.size(0); ++c) {
      const auto columns = choice_.eq(c).nonzero().squeeze(1);
      if (columns.numel() == 0) continue;
      const auto all = fitted(with_ones(x_[static_cast<size_t>(c / count)]), split.outer.train, split.outer.test,
                              options_.penalties[static_cast<size_t>(c % count)]);
      predictions.index_copy_(1, columns, all.index_select(1, columns));
    }
  }

  RidgeOptions options_;
  at::Tensor y_, choice_;
  std::vector<at::Tensor> x_;
};

}  // namespace arcuate::test
