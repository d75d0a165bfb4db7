// The primal form in the eigenbasis of each inner fold's training rows, for many targets (eigen_stage.h).
//
// X'Y in float32 would lose what directions of small eigenvalues say: rounding grows by lambda_max / alpha. U'Y has no
// large and small directions: one decomposition X = U S V' of all training rows of the split turns responses into it
// once for all folds, and what the rows of a fold's block give is subtracted. Then
//   V_k'X_k'Y_k = (V_k' R V S) (U'Y - U_block'Y_block)
// for a fold k with X_k'X_k = V_k Lambda_k V_k', R the roots of its scales; an intercept takes the mean of U's training
// rows times that of the responses. It costs F^2 instead of F n_k a target and fold. Where the rows that are held out
// have much more of a direction than those that are left, the difference would be of rounding: the right sides of those
// few directions come from the rows themselves.
#include <ATen/ATen.h>

#include <algorithm>
#include <mutex>

#include "encode/eigen_stage.h"
#include "encode/ridge_primal.h"

namespace arcuate::ridge {
namespace {

using at::Tensor;

constexpr int64_t exact = sizeof(double);

// All training rows of the split, at scales of 1.
struct WholeBasis {
  Tensor left;    // n x F: U, of the options' type
  Tensor vs;      // F x F: V S, float64
  Tensor values;  // F: S, float64
  Tensor test;    // (bands n_test) x F: X_test V, float64
};

// Directions in which the rows hold rounding alone have no left side. The lengths of X V are better singular values
// than the roots of eigenvalues.
WholeBasis whole_basis(const PrimalSolver& solver, int64_t rows) {
  const auto equations = solver.unscaled_equations();
  const auto vectors = std::get<1>(at::linalg_eigh(equations.gram, "L"));
  auto left = solver.projected(equations, Rows(all_rows(rows)), vectors);
  const auto lengths = at::linalg_vector_norm(left, 2, at::IntArrayRef({0}), false, at::kDouble);
  const auto exists = lengths.gt(1e-13 * lengths.max());
  const auto s = at::where(exists, lengths, at::zeros_like(lengths));
  left.mul_(at::where(exists, lengths.reciprocal(), s).to(left.scalar_type()));
  return {left, vectors * s, s, solver.scaled_test(equations).mm(vectors)};
}

class CrossSide final : public RightSide {
 public:
  CrossSide(const SplitDesign& design, int64_t fold, const Tensor& left, Tensor sum, Tensor direct, Tensor rows)
      : number_(static_cast<size_t>(fold)),
        fold_(design.inner[number_]),
        left_(design, left),
        sum_(std::move(sum)),
        direct_(std::move(direct)),
        rows_(std::move(rows)) {}

  Tensor of(const TargetBlock& block, const Tensor& mean, int64_t width, Scoring scoring) const override {
    auto cross = filled_up(block.cross, block.held_cross[number_], width);
    cross.slice(1, 0, mean.size(1)).addmm_(sum_, mean, 1, -1);
    auto result = left_.times(cross, scoring);
    if (direct_.numel() > 0)
      result.slice(1, 0, mean.size(1)).index_copy_(0, direct_, rows_.mm(fold_.train.of(block.responses) - mean));
    return result;
  }

 private:
  size_t number_;
  const InnerFold& fold_;
  ScoringFactor left_;    // V_k' R V S, F x F
  Tensor sum_;            // F x 1: of the training rows of U
  Tensor direct_, rows_;  // directions of the others, and their q x n_tr: (X_k V_k)'
};

class PrimalEigenSolver final : public PrimalSolver {
 public:
  PrimalEigenSolver(const SplitDesign& design, const Scales& scales) : PrimalSolver(design, scales) {}

  int64_t stages() const override { return eigen_stages(design(), scales()); }

  // Normal equations, their decomposition with its workspace, and what is tested; of all rows likewise.
  SplitNeeds needs() const override {
    const int64_t width = features(), size = static_cast<int64_t>(at::elementSize(design().options.type));
    SplitNeeds needs{.target = eigen_target_bytes(design(), width) + size * width * (std::ssize(design().inner) + 3)};
    needs.once = exact * width * (width + predicted_rows()) + size * width * design().rows;
    needs.costly_blocks = true;
    for (const auto& fold : design().inner) {
      // Where most rows are held out, most directions have rows of their own.
      const int64_t train = fold.train.count(), own = 2 * train < design().rows ? size * width * train : 0;
      needs.stage = std::max(needs.stage, eigen_stage_bytes(design(), width, width, fold.test.count()) + own);
      needs.making = std::max(needs.making, exact * width * (5 * width + 3 * fold.test.count()));
    }
    return needs;
  }

  std::unique_ptr<Stage> stage(int64_t number) const override {
    const auto place = eigen_place(design(), number);
    const auto& fold = design().inner[static_cast<size_t>(place.fold)];
    auto normal = equations(place.scales, place.fold);
    const auto [values, vectors] = at::linalg_eigh(normal.gram, "L");
    normal.gram.reset();
    const auto test = rows_of(normal, fold.test).mm(vectors);
    return eigen_stage(design(), place.fold, place.scales * std::ssize(design().options.penalties),
                       {.eigenvalues = values.clamp_min(0),
                        .right = right_side(normal, place.fold, values.clamp_min(0), vectors),
                        .test = test});
  }

  std::unique_ptr<Refit> refit(const Candidate& candidate) const override {
    const auto& basis = whole();
    const double penalty = design().options.penalties[static_cast<size_t>(candidate.penalty)];
    const auto& scales = PrimalSolver::scales()[static_cast<size_t>(candidate.scales)];
    const auto type = design().options.type;
    // X_test (X'X + alpha I)^-1 X' is X_test V S / (S^2 + alpha) U'.
    if (std::all_of(scales.begin(), scales.end(), [](double scale) { return scale == 1; }))
      return cross_refit((basis.test * (basis.values / (basis.values.square() + penalty))).to(type));
    return cross_refit(ridge_operator(candidate).mm(basis.vs).to(type));
  }

 protected:
  Tensor cross_of(const Rows& rows, const Tensor& responses) const override {
    return rows.of(whole().left).t().mm(rows.of(responses));
  }

 private:
  // How much of a direction the held-out rows may have, next to its eigenvalue and the smallest penalty.
  static constexpr double most_held_out = 3;

  const WholeBasis& whole() const {
    std::call_once(made_, [&] { whole_ = whole_basis(*this, design().rows); });
    return whole_;
  }

  std::unique_ptr<RightSide> right_side(const Equations& normal, int64_t number, const Tensor& values,
                                        const Tensor& vectors) const {
    const auto& fold = design().inner[static_cast<size_t>(number)];
    const auto type = design().options.type;
    const auto left = vectors.t().mm(normal.roots * whole().vs);
    const auto& penalties = design().options.penalties;
    const double least = *std::min_element(penalties.begin(), penalties.end());
    const auto direct = left.square().sum(1).gt(most_held_out * (values + least)).nonzero().squeeze(1);
    const auto rows = projected(normal, fold.train, vectors.index_select(1, direct)).t().contiguous();
    const auto sum = fold.train.of(whole().left).sum(0, false, at::kDouble).unsqueeze(1).to(type);
    return std::make_unique<CrossSide>(design(), number, left.to(type), sum, direct, rows);
  }

  mutable std::once_flag made_;
  mutable WholeBasis whole_;
};

}  // namespace

std::unique_ptr<Solver> eigenbasis_primal_solver(const SplitDesign& design, const Scales& scales) {
  return std::make_unique<PrimalEigenSolver>(design, scales);
}

}  // namespace arcuate::ridge
