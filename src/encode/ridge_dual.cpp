// Dual form, for fewer rows than features. With M = (K + alpha I)^-1 over all training rows of the split, the held-out
// residual of any block B of rows, had it been left out of the fit, is M_BB^-1 (M Y)_B: one inverse serves all inner
// folds. An unpenalised intercept replaces M by M - g g' / sum(g), g = M 1.
#include <ATen/ATen.h>

#include "core/interrupt.h"
#include "encode/ridge_solver.h"

namespace arcuate::ridge {
namespace {

using at::Tensor;

class DualSolver final : public Solver {
 public:
  explicit DualSolver(const SplitData& data) : data_(data) {
    for (const auto& band : data.train) kernels_.push_back(gram(band.t()));
    responses_ = data.responses.to(at::kDouble);
    for (size_t b = 0; b < data.test.size(); ++b) test_kernels_.push_back(data.test[b].mm(data.train[b].t()));
  }

  Tensor inner_scores(const std::vector<double>& scales) override {
    const auto kernel = weighted_kernel(scales);
    std::vector<Tensor> scores;
    for (double penalty : data_.options.penalties) {
      stop_if_interrupted();
      scores.push_back(score_penalty(smoother(kernel, penalty)));
    }
    return at::stack(scores);
  }

  Tensor predict(const std::vector<double>& scales, double penalty, const Tensor& columns) override {
    const auto responses = data_.responses.index_select(1, columns);
    const auto weights = smoother(weighted_kernel(scales), penalty).mm(responses.to(at::kDouble)).to(responses.scalar_type());  // n x columns
    std::vector<Tensor> parts;
    for (size_t b = 0; b < test_kernels_.size(); ++b) parts.push_back(scales[b] * test_kernels_[b].mm(weights));
    return at::stack(parts);
  }

 private:
  Tensor weighted_kernel(const std::vector<double>& scales) const {
    auto kernel = scales[0] * kernels_[0];
    for (size_t b = 1; b < kernels_.size(); ++b) kernel += scales[b] * kernels_[b];
    return kernel;
  }

  Tensor smoother(const Tensor& kernel, double penalty) const {
    auto inverse = kernel.clone();
    inverse.diagonal().add_(penalty);
    inverse = inverse_spd(inverse);
    if (!data_.options.intercept) return inverse;
    const auto g = inverse.sum(1);
    return inverse - at::outer(g, g) / g.sum();
  }

  // In float64: M holds numbers as large as 1 / alpha, and M_BB^-1 (M Y)_B cancels them again.
  Tensor score_penalty(const Tensor& smoother) const {
    const auto residual = smoother.mm(responses_);
    Tensor total;
    for (const auto& fold : data_.inner) {
      const auto within = smoother.index_select(0, fold.block).index_select(1, fold.block);
      const auto held_out = inverse_spd(within).index_select(0, fold.test_in_block).mm(residual.index_select(0, fold.block));
      const auto responses = responses_.index_select(0, fold.test);
      const auto score = inner_score(data_.options.select, responses, responses - held_out);
      total = total.defined() ? total + score : score;
    }
    return total / static_cast<double>(data_.inner.size());
  }

  const SplitData& data_;
  Tensor responses_;  // n x V, float64
  std::vector<Tensor> kernels_, test_kernels_;
};

}  // namespace

std::unique_ptr<Solver> dual_solver(const SplitData& data) { return std::make_unique<DualSolver>(data); }

}  // namespace arcuate::ridge
