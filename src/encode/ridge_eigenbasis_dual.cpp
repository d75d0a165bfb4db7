// The dual form in the eigenbasis of each inner fold's training rows, for many targets (eigen_stage.h): U and Lambda
// from the kernel X_tr X_tr', Z = K_v,tr U.
#include <ATen/ATen.h>

#include <algorithm>

#include "encode/eigen_stage.h"
#include "encode/ridge_dual.h"

namespace arcuate::ridge {
namespace {

using at::Tensor;

class RowsSide final : public RightSide {
 public:
  RowsSide(const SplitDesign& design, const InnerFold& fold, const Tensor& left) : fold_(fold), left_(design, left) {}
  Tensor of(const TargetBlock& block, const Tensor& mean, int64_t width, Scoring scoring) const override {
    return left_.times(filled_up(fold_.train.of(block.responses), mean, width), scoring);
  }

 private:
  const InnerFold& fold_;
  ScoringFactor left_;  // U', r x n_tr
};

class DualEigenSolver final : public DualSolver {
 public:
  DualEigenSolver(const SplitDesign& design, const Scales& scales) : DualSolver(design, scales) {}

  int64_t stages() const override { return eigen_stages(design(), scales()); }

  // The kernel, its columns, what the folds' rows share, and a decomposition of that with its workspace.
  SplitNeeds needs() const override {
    SplitNeeds needs{.target = eigen_target_bytes(design(), design().rows)};
    const int64_t n = design().rows;
    for (const auto& fold : design().inner) {
      const int64_t train = fold.train.count();
      needs.stage = std::max(needs.stage, eigen_stage_bytes(design(), train, train, fold.test.count()));
      needs.making =
          std::max(needs.making, static_cast<int64_t>(sizeof(double)) * (n * n + n * train + 5 * train * train));
    }
    return needs;
  }

  // Eigenvalues below zero are rounding.
  std::unique_ptr<Stage> stage(int64_t number) const override {
    const auto place = eigen_place(design(), number);
    const auto& fold = design().inner[static_cast<size_t>(place.fold)];
    const auto columns = fold.train.of(kernel_of(scales()[static_cast<size_t>(place.scales)]), 1);
    Tensor train = fold.train.of(columns), test = fold.test.of(columns);
    if (design().options.intercept) centre_kernels(train, test);
    const auto [values, vectors] = at::linalg_eigh(train, "L");
    auto right = std::make_unique<RowsSide>(design(), fold, vectors.t().to(design().options.type));
    return eigen_stage(design(), place.fold, place.scales * std::ssize(design().options.penalties),
                       {.eigenvalues = values.clamp_min(0), .right = std::move(right), .test = test.mm(vectors)});
  }
};

}  // namespace

std::unique_ptr<Solver> eigenbasis_dual_solver(const SplitDesign& design, const Scales& scales) {
  return std::make_unique<DualEigenSolver>(design, scales);
}

}  // namespace arcuate::ridge
