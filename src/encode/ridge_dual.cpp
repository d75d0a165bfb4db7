#include "encode/ridge_dual.h"

#include <ATen/ATen.h>

#include "encode/exact_products.h"

namespace arcuate::ridge {

using at::Tensor;

namespace {

// Test predictions are T_b Y with T_b = g_b K_test,b (K + alpha I)^-1, n_test x n. Features and responses are centred
// by the training rows, so that the intercept needs nothing more.
class DualRefit final : public Refit {
 public:
  explicit DualRefit(std::vector<Tensor> operators) : operators_(std::move(operators)) {}

  Tensor predict(const TargetBlock& block, const Tensor& columns) const override {
    const auto responses = block.responses.index_select(1, columns);
    std::vector<Tensor> parts;
    for (const auto& operation : operators_) parts.push_back(operation.mm(responses));
    return at::stack(parts);
  }

 private:
  std::vector<Tensor> operators_;
};

}  // namespace

BandKernels band_kernels(const SplitDesign& design) {
  BandKernels kernels;
  for (size_t b = 0; b < design.train.size(); ++b) {
    kernels.train.push_back(symmetric_product(design.train[b]));
    kernels.test.push_back(exact_product(design.test[b], design.train[b].t()));
  }
  return kernels;
}

void centre_kernels(Tensor& train, Tensor& test) {
  const auto means = train.to(at::kDouble).mean(0, true);
  const auto within = (means.t() + means - means.mean()).to(train.scalar_type());
  const auto across = (test.to(at::kDouble).mean(1, true) + means - means.mean()).to(train.scalar_type());
  train = train - within;
  test = test - across;
}

DualSolver::DualSolver(const SplitDesign& design, const Scales& scales)
    : design_(design),
      scales_(scales),
      kernels_(design.kernels.train.empty() ? band_kernels(design) : design.kernels) {}

TargetBlock DualSolver::block(Tensor responses, bool) const {
  return {.responses = std::move(responses), .cross = {}, .held_cross = {}};
}

Tensor DualSolver::kernel_of(const std::vector<double>& scales) const {
  auto kernel = at::zeros_like(kernels_.train.front());
  for (size_t b = 0; b < scales.size(); ++b)
    if (scales[b] > 0) kernel.add_(kernels_.train[b], scales[b]);
  return kernel;
}

std::vector<Tensor> DualSolver::test_kernels_of(const std::vector<double>& scales) const {
  std::vector<Tensor> test;
  for (size_t b = 0; b < scales.size(); ++b) test.push_back(kernels_.test[b] * scales[b]);
  if (design_.options.keep_bands) return test;
  for (size_t b = 1; b < test.size(); ++b) test[0].add_(test[b]);
  test.resize(1);
  return test;
}

std::unique_ptr<Refit> DualSolver::refit(const Candidate& candidate) const {
  const auto& scales = scales_[static_cast<size_t>(candidate.scales)];
  auto kernel = kernel_of(scales);
  kernel.diagonal().add_(design_.options.penalties[static_cast<size_t>(candidate.penalty)]);
  const auto test = test_kernels_of(scales);
  const auto solved = solve_spd(kernel, at::cat(test, 0).t()).t().to(design_.options.type).contiguous();
  return std::make_unique<DualRefit>(solved.chunk(static_cast<int64_t>(test.size()), 0));
}

}  // namespace arcuate::ridge
