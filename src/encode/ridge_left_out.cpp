// Penalties without inner folds: by leaving out one training row at a time, or by generalised cross-validation.
//
// With the eigenvectors Q of the kernel and its eigenvalues lambda, H = Q diag(lambda / (lambda + alpha)) Q' + 1 1' / n
// maps responses to fitted values (the last term is the unpenalised intercept's, for centred rows), and
//   left-out residual of row i = (Y - H Y)_i / (1 - H_ii)         the intercept refitted as well (PRESS: Allen 1974)
//   GCV = mean ((Y - H Y)_i / (1 - mean_j H_jj))^2                              (Golub, Heath & Wahba 1979)
// One decomposition of the training rows serves all penalties. Residuals of one penalty at a time are held.
// Where the model fits closely, residuals come from
//   Y - H Y = (Y - Q Q' Y) + Q diag(alpha / (lambda + alpha)) Q' Y        and likewise 1 - H_ii, so that nothing
//   cancels;
// where it is shrunk to little, left-out predictions come from fitted values: ((H Y)_i - H_ii Y_i) / (1 - H_ii).
#include <ATen/ATen.h>

#include "core/error.h"
#include "core/tensor.h"
#include "encode/ridge_dual.h"
#include "encode/ridge_primal.h"

namespace arcuate::ridge {
namespace {

using at::Tensor;

// Of the largest singular value. Below, the eigenvectors of X'X are not told apart, and X V is not orthogonal.
constexpr double least_share = 1e-7;

// Mean of 1 - H_ii above which fitted values are small and left-out predictions come from them.
constexpr double mostly_shrunk = 0.5;

struct RowBasis {
  Tensor eigenvalues;  // r, float64
  Tensor vectors;      // n x r: Q
};

class RowStage final : public Stage {
 public:
  RowStage(const SplitDesign& design, const RowBasis& basis, int64_t first_place)
      : design_(design),
        first_place_(first_place),
        complete_(basis.vectors.size(0) == basis.vectors.size(1)),
        vectors_(basis.vectors.to(design.options.type)) {
    const auto alpha = to_tensor(design.options.penalties).to(design.device()).unsqueeze(0),
               lambda = basis.eigenvalues.unsqueeze(1);
    const auto kept = alpha / (lambda + alpha), squares = basis.vectors.square();
    kept_ = kept.to(design.options.type);
    fitted_ = (lambda / (lambda + alpha)).to(design.options.type);
    slack_ = squares.mm(kept);
    if (!complete_) slack_.add_((1.0 - squares.sum(1, true)).clamp_min_(0));
    double least = 1;
    if (design.options.intercept) {
      const double share = 1.0 / static_cast<double>(slack_.size(0));
      slack_.sub_(share);
      least -= share;
    }
    slack_ = at::maximum(slack_, least * alpha / (lambda.max() + alpha));  // what rounding may not fall below
    if (design.options.criterion == PenaltyCriterion::gcv) slack_ = slack_.mean(0, true);
    for (const double slack : to_vector(slack_.mean(0))) shrinks_.push_back(slack > mostly_shrunk);
  }

  void add_scores(const TargetBlock& block, Scoring, BlockScores& scores) const override {
    const auto& responses = block.responses;
    const auto loads = vectors_.t().mm(responses);
    const auto beyond = complete_ ? Tensor() : responses - vectors_.mm(loads);
    for (int64_t l = 0; l < kept_.size(1); ++l) {
      const auto slack = slack_.slice(1, l, l + 1);
      const auto add = [&](const Tensor& score) { scores.add(0, first_place_ + l, score.unsqueeze(0)); };
      if (shrinks_[static_cast<size_t>(l)]) {
        const auto fitted = vectors_.mm(loads * fitted_.slice(1, l, l + 1));
        add(inner_score(design_.options.select, responses, (fitted - (1 - slack) * responses) / slack));
        continue;
      }
      auto residuals = vectors_.mm(loads * kept_.slice(1, l, l + 1));
      if (beyond.defined()) residuals.add_(beyond);
      add(residual_score(design_.options.select, responses, residuals / slack));
    }
  }

 private:
  const SplitDesign& design_;
  int64_t first_place_ = 0;
  bool complete_ = false;  // Q spans all rows
  Tensor vectors_;
  Tensor kept_, fitted_;       // r x penalties: alpha / (lambda + alpha), lambda / (lambda + alpha)
  Tensor slack_;               // n (or 1) x penalties, float64: 1 - H_ii
  std::vector<bool> shrinks_;  // for each penalty: whether fitted values are small
};

std::unique_ptr<Stage> row_stage(const SplitDesign& design, const RowBasis& basis, int64_t scales) {
  return std::make_unique<RowStage>(design, basis, scales * std::ssize(design.options.penalties));
}

// Vectors and what one penalty at a time needs; their decomposition with its workspace.
SplitNeeds row_needs(const SplitDesign& design, int64_t size, int64_t directions) {
  constexpr int64_t exact = sizeof(double);
  return {.stage = exact * design.rows * directions,
          .making = exact * (4 * size * size + design.rows * directions),
          .target = target_bytes(design, 6)};
}

class DualRowSolver final : public DualSolver {
 public:
  DualRowSolver(const SplitDesign& design, const Scales& scales) : DualSolver(design, scales) {}
  SplitNeeds needs() const override { return row_needs(design(), design().rows, design().rows); }
  int64_t stages() const override { return std::ssize(scales()); }
  std::unique_ptr<Stage> stage(int64_t number) const override {
    const auto [values, vectors] = at::linalg_eigh(kernel_of(scales()[static_cast<size_t>(number)]), "L");
    return row_stage(design(), {values.clamp_min(0), vectors}, number);
  }
};

class PrimalRowSolver final : public PrimalSolver {
 public:
  PrimalRowSolver(const SplitDesign& design, const Scales& scales) : PrimalSolver(design, scales) {}
  SplitNeeds needs() const override { return row_needs(design(), features(), features()); }
  int64_t stages() const override { return std::ssize(scales()); }
  std::unique_ptr<Stage> stage(int64_t number) const override {
    const auto normal = whole_equations(number);
    const auto left = rows_of(normal, Rows(all_rows(design().rows))).mm(std::get<1>(at::linalg_eigh(normal.gram, "L")));
    const auto lengths = left.norm(2, 0);
    const auto exists = lengths.gt(least_share * lengths.max()).nonzero().squeeze(1);
    const auto own = lengths.index_select(0, exists);
    return row_stage(design(), {own.square(), left.index_select(1, exists) / own}, number);
  }
  TargetBlock block(Tensor responses, bool for_folds) const override {
    if (!for_folds) return PrimalSolver::block(std::move(responses), false);
    return {.responses = std::move(responses), .cross = {}, .held_cross = {}};
  }
};

}  // namespace

std::unique_ptr<Solver> left_out_solver(const SplitDesign& design, const Scales& scales) {
  int64_t features = 0;
  for (const auto& band : design.train) features += band.size(1);
  const int64_t rows = design.train.front().size(0);
  if (rows < 3) bad_usage("leaving out single rows needs at least 3 training rows, found {}", rows);
  if (features < rows) return std::make_unique<PrimalRowSolver>(design, scales);
  return std::make_unique<DualRowSolver>(design, scales);
}

}  // namespace arcuate::ridge
