// Both forms in the eigenbasis of each inner fold's training rows, for many targets: one decomposition serves all
// penalties. With X_tr = U S V', Lambda = S^2, the held-out predictions at penalty l are
//   sum_i Z_i (U' Y_tr)_i / (lambda_i + alpha_l),   Z = X_v V S.
// Dual: U and Lambda from the kernel X_tr X_tr', Z = K_v,tr U. Primal: V and Lambda from X_tr' X_tr, U = X_tr V S^-1.
// (With V'X'Y in the place of U'Y, rounding of the products would grow by lambda_max / alpha.)
// Decompositions are float64: float32 would round what the penalty is added to by 1e-7 of the largest eigenvalue, which
// changes choices (docs/performance.md). Few products stand for all penalties (penalty_compression.h). Predictions are
// scored as they arise and never kept (fold_scores.h).
#include <ATen/ATen.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "encode/fold_scores.h"
#include "encode/packed_product.h"
#include "encode/penalty_compression.h"
#include "encode/ridge_cost.h"
#include "encode/ridge_dual.h"
#include "encode/ridge_primal.h"

namespace arcuate::ridge {
namespace {

using at::Tensor;

// Of compression: below what products of the type lose.
double tolerance(at::ScalarType type) { return type == at::kFloat ? 1e-5 : 1e-13; }
constexpr double bf16_tolerance = 1e-3;
// Larger than any that was seen between bfloat16 and float32 (docs/performance.md).
constexpr double doubt_of_r = 2e-4, doubt_of_prediction = 1e-3;

struct Basis {
  Tensor eigenvalues;  // r, float64, ascending
  Tensor left;         // r x n_tr: U', of the options' type
  Tensor test;         // n_v x r: Z
};

// Eigenvalues below zero are rounding.
Basis dual_basis(const Tensor& train_kernel, const Tensor& test_kernel, at::ScalarType type) {
  const auto [values, vectors] = at::linalg_eigh(train_kernel, "L");
  return {values.clamp_min(0), vectors.t().to(type), test_kernel.mm(vectors)};
}

// Directions in which the training rows hold rounding alone have no left side. The lengths of X_tr V are better
// singular values than the roots of the eigenvalues.
Basis primal_basis(const PrimalSolver& solver, Equations equations, const Rows& train, const Tensor& test) {
  const auto vectors = std::get<1>(at::linalg_eigh(equations.gram, "L"));
  equations.gram.reset();
  auto left = solver.projected(equations, train, vectors);
  const auto lengths = at::linalg_vector_norm(left, 2, at::IntArrayRef({1}), false, at::kDouble);
  const double least = 1e-13 * lengths.max().item<double>();
  const auto exists = lengths.gt(least);
  const auto s = at::where(exists, lengths, at::zeros_like(lengths));
  const auto inverse = at::where(exists, lengths.reciprocal(), at::zeros_like(lengths));
  left.mul_(inverse.unsqueeze(1).to(left.scalar_type()));
  return {s.square(), left, test.mm(vectors) * s};
}

// How a stage's factors are packed; nothing where they stay tensors.
struct Packings {
  std::optional<Packing> exact{}, coarse{};
};
Packings packings_of(const SplitDesign& design) {
  if (!design.device().is_cpu() || design.options.type != at::kFloat) return {};
  const auto exact = fastest_f32_packing();
  return {exact, design.options.bf16_scores && exact ? fastest_bf16_packing() : std::nullopt};
}

class EigenStage final : public Stage {
 public:
  EigenStage(const SplitDesign& design, int64_t fold, int64_t first_place, const Basis& basis)
      : design_(design), number_(fold), fold_(design.inner[static_cast<size_t>(fold)]), first_place_(first_place) {
    const auto& options = design.options;
    const auto& left = basis.left;
    const auto test = reduced(about_mean(basis.test)).to(options.type);
    const auto eigenvalues = basis.eigenvalues.cpu();
    const auto [exact, coarse] = packings_of(design);
    const auto compressed = [&](double tolerance, const BlockCost& cost) {
      return compress_penalties(eigenvalues, options.penalties, tolerance, cost);
    };
    const auto packed = [&](double tolerance, Packing packing) {
      return packed_fold_scores(left, test, compressed(tolerance, block_cost(packing)), packing);
    };
    if (exact)
      scores_ = packed(tolerance(options.type), *exact);
    else
      scores_ =
          (left.is_cpu() ? plain_fold_scores : tensor_fold_scores)(left, test, compressed(tolerance(options.type), {}));
    if (coarse) coarse_ = packed(bf16_tolerance, *coarse);
  }

  bool has(Scoring scoring) const override { return scoring == Scoring::exact || coarse_; }

  void add_scores(const TargetBlock& block, Scoring scoring, BlockScores& scores) const override {
    const auto mean = training_mean(design_, fold_, block.responses);
    const bool coarse = scoring == Scoring::bf16 && coarse_;
    const auto& scorer = coarse ? *coarse_ : *scores_;
    const auto train = filled_up(fold_.train.of(block.responses), mean, scorer),
               tested = about_mean(filled_up(fold_.test.of(block.responses), mean, scorer));
    auto sums = start_sums(penalties(), tested);
    scorer.add(train, rotation_.defined() ? rotation_.mm(tested) : tested, sums);
    if (rotation_.defined()) sums.p.zero_();  // of predictions about their mean; other scores do not ask
    if (coarse) scores.add_doubt(first_place_, doubt_of(sums).slice(1, 0, block.responses.size(1)));
    scores.add(number_, first_place_, scores_of(sums, design_.options.select).slice(1, 0, block.responses.size(1)));
  }

 private:
  int64_t penalties() const { return std::ssize(design_.options.penalties); }

  // What bfloat16 leaves open of scores. It rounds numbers by 2^-9 at most, here and there up and down, which moves
  // errors in proportion to the size of the predictions, and correlations whatever their size.
  Tensor doubt_of(const ScoreSums& sums) const {
    if (design_.options.select == Select::r) return at::full_like(sums.pp, doubt_of_r);
    const auto share = (sums.pp / sums.yy.clamp_min(1e-300)).sqrt().mul_(doubt_of_prediction);
    return design_.options.select == Select::r2 ? share : share * (sums.yy / static_cast<double>(sums.rows));
  }

  // Z = Q R: sums of squares and products of Z c and y are those of R c and Q'y, which are shorter where many rows are
  // tested.
  Tensor reduced(const Tensor& test) {
    if (!rotates(test.size(0), test.size(1))) return test;
    const auto [q, r] = at::linalg_qr(test, "reduced");
    rotation_ = q.t().to(design_.options.type).contiguous();
    return r;
  }

  // Correlations do not see means over the tested rows, and sums about them do not cancel where predictions hardly
  // vary.
  Tensor about_mean(const Tensor& tested) const {
    return design_.options.select == Select::r ? tested - tested.mean(0, true) : tested;
  }

  // Less the mean, with columns of zeros on the right.
  static Tensor filled_up(const Tensor& responses, const Tensor& mean, const FoldScores& scores) {
    const int64_t width = (responses.size(1) + scores.width() - 1) / scores.width() * scores.width();
    auto result = at::empty({responses.size(0), width}, responses.options());
    auto own = result.slice(1, 0, responses.size(1));
    at::sub_out(own, responses, mean);
    result.slice(1, responses.size(1)).zero_();
    return result;
  }

  const SplitDesign& design_;
  int64_t number_ = 0;  // of the fold
  const InnerFold& fold_;
  int64_t first_place_ = 0;
  Tensor rotation_;                              // r x n_v: Q', if there is one
  std::unique_ptr<FoldScores> scores_, coarse_;  // the second with bfloat16, if there is one
};

// Of a number of a factor that scores are made with.
int64_t factor_bytes(const SplitDesign& design) {
  const auto [exact, coarse] = packings_of(design);
  return (exact ? packed_bytes(*exact) : static_cast<int64_t>(at::elementSize(design.options.type))) +
         (coarse ? packed_bytes(*coarse) : 0);
}

// r: directions. Where products are bfloat16 too, their factors stand beside the exact ones.
int64_t stage_bytes(const SplitDesign& design, int64_t r, int64_t train, int64_t test) {
  const int64_t rotation = rotates(test, r) ? r * test * static_cast<int64_t>(at::elementSize(design.options.type)) : 0;
  return r * (train + std::min(test, r)) * factor_bytes(design) + rotation;
}

// Of a target: responses and U'Y, and packed the responses and U'Y times the usual functions.
int64_t scored_bytes(const SplitDesign& design) {
  return target_bytes(design, 1) + design.rows * (1 + usual_products) * factor_bytes(design);
}

constexpr int64_t exact = sizeof(double);

// Stages by rows of scales, then folds.
struct Place {
  int64_t scales = 0, fold = 0;
};
int64_t stage_count(const SplitDesign& design, const Scales& scales) {
  return std::ssize(scales) * std::ssize(design.inner);
}
Place place_of(const SplitDesign& design, int64_t stage) {
  return {stage / std::ssize(design.inner), stage % std::ssize(design.inner)};
}

std::unique_ptr<Stage> eigen_stage(const SplitDesign& design, const Place& place, const Basis& basis) {
  return std::make_unique<EigenStage>(design, place.fold, place.scales * std::ssize(design.options.penalties), basis);
}

class DualEigenSolver final : public DualSolver {
 public:
  DualEigenSolver(const SplitDesign& design, const Scales& scales) : DualSolver(design, scales) {}

  int64_t stages() const override { return stage_count(design(), scales()); }

  // The kernel, its columns, what the folds' rows share, and a decomposition of that with its workspace.
  SplitNeeds needs() const override {
    SplitNeeds needs{.target = scored_bytes(design())};
    const int64_t n = design().rows;
    for (const auto& fold : design().inner) {
      const int64_t train = fold.train.count();
      needs.stage = std::max(needs.stage, stage_bytes(design(), train, train, fold.test.count()));
      needs.making = std::max(needs.making, exact * (n * n + n * train + 5 * train * train));
    }
    return needs;
  }

  std::unique_ptr<Stage> stage(int64_t number) const override {
    const auto place = place_of(design(), number);
    const auto& fold = design().inner[static_cast<size_t>(place.fold)];
    const auto columns = fold.train.of(kernel_of(scales()[static_cast<size_t>(place.scales)]), 1);
    Tensor train = fold.train.of(columns), test = fold.test.of(columns);
    if (design().options.intercept) centre_kernels(train, test);
    return eigen_stage(design(), place, dual_basis(train, test, design().options.type));
  }
};

// Of all training rows of the split, for many columns of responses.
struct WholeBasis {
  Tensor eigenvalues;
  LeftFactor left;
  Tensor test;  // of the options' type
};

// Test predictions Z (U'Y / (Lambda + alpha)) from all training rows of the split.
class EigenRefit final : public Refit {
 public:
  EigenRefit(std::shared_ptr<const WholeBasis> basis, double penalty, int64_t bands)
      : basis_(std::move(basis)),
        test_(basis_->test * (basis_->eigenvalues + penalty).reciprocal().to(basis_->test.scalar_type())),
        bands_(bands) {}

  Tensor predict(const TargetBlock& block, const Tensor& columns) const override {
    const auto projected = basis_->left.times(block.responses.index_select(1, columns));
    return test_.mm(projected).view({bands_, -1, columns.numel()});
  }

 private:
  std::shared_ptr<const WholeBasis> basis_;
  Tensor test_;
  int64_t bands_ = 1;
};

class PrimalEigenSolver final : public PrimalSolver {
 public:
  PrimalEigenSolver(const SplitDesign& design, const Scales& scales) : PrimalSolver(design, scales) {}

  int64_t stages() const override { return stage_count(design(), scales()); }

  // Normal equations, their decomposition with its workspace, and factors before they are packed.
  SplitNeeds needs() const override {
    SplitNeeds needs{.target = scored_bytes(design())};
    const int64_t width = features();
    for (const auto& fold : design().inner) {
      const int64_t train = fold.train.count(), test = fold.test.count();
      needs.stage = std::max(needs.stage, stage_bytes(design(), width, train, test));
      const int64_t unpacked = width * train * static_cast<int64_t>(at::elementSize(design().options.type));
      needs.making = std::max(needs.making, exact * width * (4 * width + 2 * test) + unpacked);
    }
    return needs;
  }

  // X'Y is not needed.
  TargetBlock block(Tensor responses, bool) const override {
    return {.responses = std::move(responses), .cross = {}, .held_cross = {}};
  }

  std::unique_ptr<Stage> stage(int64_t number) const override {
    const auto place = place_of(design(), number);
    const auto& fold = design().inner[static_cast<size_t>(place.fold)];
    auto normal = equations(place.scales, place.fold);
    const auto test = rows_of(normal, fold.test);
    return eigen_stage(design(), place, primal_basis(*this, std::move(normal), fold.train, test));
  }

  std::unique_ptr<Refit> refit(const Candidate& candidate) const override {
    return std::make_unique<EigenRefit>(whole_basis(candidate.scales),
                                        design().options.penalties[static_cast<size_t>(candidate.penalty)],
                                        predicted_bands());
  }

 private:
  // Candidates with the same scales share it.
  std::shared_ptr<const WholeBasis> whole_basis(int64_t scales) const {
    const std::lock_guard lock(guard_);
    if (auto known = whole_[scales].lock()) return known;
    auto normal = whole_equations(scales);
    const auto test = scaled_test(normal);
    const auto found = primal_basis(*this, std::move(normal), Rows(all_rows(design().rows)), test);
    auto basis = std::make_shared<const WholeBasis>(
        WholeBasis{found.eigenvalues, LeftFactor(found.left), found.test.to(design().options.type)});
    whole_[scales] = basis;
    return basis;
  }

  mutable std::mutex guard_;
  mutable std::map<int64_t, std::weak_ptr<const WholeBasis>> whole_;
};

}  // namespace

std::unique_ptr<Solver> eigenbasis_dual_solver(const SplitDesign& design, const Scales& scales) {
  return std::make_unique<DualEigenSolver>(design, scales);
}
std::unique_ptr<Solver> eigenbasis_primal_solver(const SplitDesign& design, const Scales& scales) {
  return std::make_unique<PrimalEigenSolver>(design, scales);
}

}  // namespace arcuate::ridge
