// Primal form by one factorisation for each inner fold and penalty, for few targets.
#include <ATen/ATen.h>

#include <algorithm>

#include "encode/ridge_primal.h"

namespace arcuate::ridge {
namespace {

using at::Tensor;

class InverseStage final : public Stage {
 public:
  InverseStage(const PrimalSolver& solver, Equations equations, int64_t fold, double penalty, int64_t place)
      : solver_(solver), equations_(std::move(equations)), fold_(fold), place_(place) {
    equations_.gram.diagonal().add_(penalty);
    factor_ = factor_spd(equations_.gram);
    equations_.gram.reset();
    test_ = solver.rows_of(equations_, solver.design().inner[static_cast<size_t>(fold)].test);
  }

  void add_scores(const TargetBlock& block, Scoring, BlockScores& scores) const override {
    const auto& design = solver_.design();
    const auto& fold = design.inner[static_cast<size_t>(fold_)];
    const auto responses = block.responses.to(at::kDouble), mean = training_mean(design, fold, responses);
    const auto weights = at::cholesky_solve(solver_.cross(equations_, block, fold_, mean), factor_);
    const auto score = inner_score(design.options.select, fold.test.of(responses), test_.mm(weights) + mean);
    scores.add(fold_, place_, score.unsqueeze(0));
  }

 private:
  const PrimalSolver& solver_;
  Equations equations_;
  Tensor factor_, test_;
  int64_t fold_ = 0, place_ = 0;
};

class InversePrimalSolver final : public PrimalSolver {
 public:
  InversePrimalSolver(const SplitDesign& design, const Scales& scales) : PrimalSolver(design, scales) {}

  int64_t stages() const override { return std::ssize(scales()) * folds() * penalties(); }

  // A factor and the tested rows; normal equations before and after; X'Y of all folds.
  SplitNeeds needs() const override {
    constexpr int64_t exact = sizeof(double);
    SplitNeeds needs{.making = 3 * exact * features() * features(),
                     .target = target_bytes(design(), 2) + exact * features() * (folds() + 3)};
    for (const auto& fold : design().inner)
      needs.stage = std::max(needs.stage, exact * features() * (features() + fold.test.count()));
    return needs;
  }

  std::unique_ptr<Stage> stage(int64_t number) const override {
    const int64_t penalty = number % penalties(), fold = number / penalties() % folds(),
                  scale = number / penalties() / folds();
    return std::make_unique<InverseStage>(*this, equations(scale, fold), fold,
                                          design().options.penalties[static_cast<size_t>(penalty)],
                                          scale * penalties() + penalty);
  }

 private:
  int64_t folds() const { return std::ssize(design().inner); }
  int64_t penalties() const { return std::ssize(design().options.penalties); }
};

}  // namespace

std::unique_ptr<Solver> inverse_primal_solver(const SplitDesign& design, const Scales& scales) {
  return std::make_unique<InversePrimalSolver>(design, scales);
}

}  // namespace arcuate::ridge
