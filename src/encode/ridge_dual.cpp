// Dual form, for fewer rows than features. With M = (K + alpha I)^-1 over all training rows of the split, the held-out
// residual of any block B of rows, had it been left out of the fit, is M_BB^-1 (M Y)_B: one inverse serves all inner
// folds.
//
// Bands with few columns never enter the inverse. With K = K_wide + U G U', U their n x r columns and G their scales,
//   M = M_wide - P P',   P = M_wide U L^-T,   L L' = G^-1 + U' M_wide U      (Woodbury; L by Cholesky),
// so all scales of narrow bands share one inverse. An unpenalised intercept is a column of ones with G^-1 = 0.
#include <ATen/ATen.h>

#include <map>

#include "core/error.h"
#include "core/interrupt.h"
#include "encode/ridge_solver.h"

namespace arcuate::ridge {
namespace {

using at::Tensor;

constexpr int64_t cache_bytes = int64_t{128} << 20;  // of inverses kept between selection and refit

// (K_wide + alpha I)^-1 and its products that every scale of the narrow bands needs.
struct WideInverse {
  Tensor inverse;    // n x n
  Tensor responses;  // n x V: inverse Y
};

class DualSolver final : public Solver {
 public:
  explicit DualSolver(const SplitData& data) : data_(data), responses_(data.responses.to(at::kDouble)) {
    const int64_t rows = data.responses.size(0);
    for (const auto& band : data.train) {
      narrow_.push_back(band.size(1) * 8 <= rows && data.train.size() > 1);
      kernels_.push_back(narrow_.back() ? Tensor() : gram(band.t()));
    }
    for (size_t b = 0; b < data.test.size(); ++b) test_kernels_.push_back(data.test[b].mm(data.train[b].t()));
    keeps_inverses_ = static_cast<int64_t>(data.options.penalties.size()) * rows * rows * 8 <= cache_bytes;
  }

  Tensor inner_scores(const std::vector<std::vector<double>>& scales) override {
    const auto penalties = data_.options.penalties.size();
    std::vector<Tensor> scores(scales.size() * penalties);
    std::map<std::vector<double>, std::vector<size_t>> by_wide;  // rows of scales that share an inverse
    for (size_t s = 0; s < scales.size(); ++s) by_wide[wide_part(scales[s])].push_back(s);
    for (const auto& [wide, members] : by_wide)
      for (size_t l = 0; l < penalties; ++l) {
        stop_if_interrupted();
        const auto base = wide_inverse(wide, data_.options.penalties[l], responses_, true);
        for (size_t s : members) scores[s * penalties + l] = score(base, correction(base.inverse, scales[s]));
      }
    return at::stack(scores);
  }

  Tensor predict(const std::vector<double>& scales, double penalty, const Tensor& columns) override {
    const auto responses = responses_.index_select(1, columns);
    const auto base = wide_inverse(wide_part(scales), penalty, responses, false);
    const auto p = correction(base.inverse, scales);
    const auto weights =
        (p.defined() ? base.responses - p.mm(p.t().mm(responses)) : base.responses).to(data_.responses.scalar_type());
    std::vector<Tensor> parts;
    for (size_t b = 0; b < test_kernels_.size(); ++b) parts.push_back(scales[b] * test_kernels_[b].mm(weights));
    return at::stack(parts);
  }

 private:
  // The scales of the wide bands; narrow ones as -1.
  std::vector<double> wide_part(std::vector<double> scales) const {
    for (size_t b = 0; b < scales.size(); ++b)
      if (narrow_[b]) scales[b] = -1;
    return scales;
  }

  WideInverse wide_inverse(const std::vector<double>& wide, double penalty, const Tensor& responses, bool keep) {
    auto key = wide;
    key.push_back(penalty);
    auto found = inverses_.find(key);
    Tensor inverse = found == inverses_.end() ? invert(wide, penalty) : found->second;
    if (keep && keeps_inverses_) inverses_[key] = inverse;
    return {inverse, inverse.mm(responses)};
  }

  Tensor invert(const std::vector<double>& wide, double penalty) const {
    auto kernel = at::zeros({responses_.size(0), responses_.size(0)}, at::kDouble);
    for (size_t b = 0; b < wide.size(); ++b)
      if (wide[b] > 0) kernel.add_(kernels_[b], wide[b]);
    kernel.diagonal().add_(penalty);
    return inverse_spd(kernel);
  }

  // P above (n x r), or undefined when there is neither an intercept nor a narrow band.
  Tensor correction(const Tensor& inverse, const std::vector<double>& scales) const {
    std::vector<Tensor> columns, inverse_scales;
    for (size_t b = 0; b < scales.size(); ++b)
      if (narrow_[b] && scales[b] > 0) {
        columns.push_back(data_.train[b].to(at::kDouble));
        inverse_scales.push_back(at::full({columns.back().size(1)}, 1.0 / scales[b], at::kDouble));
      }
    if (data_.options.intercept) {
      columns.push_back(at::ones({inverse.size(0), 1}, at::kDouble));
      inverse_scales.push_back(at::zeros({1}, at::kDouble));
    }
    if (columns.empty()) return {};
    const auto u = at::cat(columns, 1), z = inverse.mm(u);
    auto s = u.t().mm(z);
    s.diagonal().add_(at::cat(inverse_scales));
    const auto [factor, info] = at::linalg_cholesky_ex(s);
    if (info.item<int>() != 0)
      bad_input("the columns of a narrow feature band cannot be told apart from the intercept; are they constant?");
    return at::linalg_solve_triangular(factor, z.t(), /*upper=*/false).t();
  }

  // In float64: M holds numbers as large as 1 / alpha, and M_BB^-1 (M Y)_B cancels them again.
  Tensor score(const WideInverse& base, const Tensor& p) const {
    const auto residual = p.defined() ? base.responses - p.mm(p.t().mm(responses_)) : base.responses;
    Tensor total;
    for (const auto& fold : data_.inner) {
      auto within = fold.block.of(fold.block.of(base.inverse), 1);
      if (p.defined()) within = at::addmm(within, fold.block.of(p), fold.block.of(p).t(), 1, -1);
      const auto held_out = fold.test_in_block.of(solve_spd(within, fold.block.of(residual)));
      const auto fold_score = residual_score(data_.options.select, fold.test.of(responses_), held_out);
      total = total.defined() ? total.add_(fold_score) : fold_score;
    }
    return total / static_cast<double>(data_.inner.size());
  }

  const SplitData& data_;
  Tensor responses_;          // n x V, float64
  std::vector<bool> narrow_;  // bands that are low-rank corrections
  std::vector<Tensor> kernels_, test_kernels_;
  bool keeps_inverses_ = false;
  std::map<std::vector<double>, Tensor> inverses_;
};

}  // namespace

std::unique_ptr<Solver> dual_solver(const SplitData& data) { return std::make_unique<DualSolver>(data); }

}  // namespace arcuate::ridge
