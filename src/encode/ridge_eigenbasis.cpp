// Both forms in the eigenbasis of each inner fold's training rows, for many targets: one decomposition serves all
// penalties. With X_tr = U S V', Lambda = S^2, the held-out predictions at penalty l are
//   sum_i Z_i (U' Y_tr)_i / (lambda_i + alpha_l),   Z = X_v V S.
// Dual: U and Lambda from the kernel X_tr X_tr', Z = K_v,tr U. Primal: V and Lambda from X_tr' X_tr, U = X_tr V S^-1.
// (With V'X'Y in the place of U'Y, rounding of the products would grow by lambda_max / alpha.)
// Few products stand for all penalties (penalty_compression.h). Predictions are scored as they arise and never kept
// (score_sums.h).
#include <ATen/ATen.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "encode/penalty_compression.h"
#include "encode/ridge_dual.h"
#include "encode/ridge_primal.h"
#include "encode/score_sums.h"

namespace arcuate::ridge {
namespace {

using at::Tensor;

constexpr int64_t tile_bytes = int64_t{8} << 20;  // of products that are scored together: they stay in the cache

// Of compression: below what products of the type lose.
double tolerance(at::ScalarType type) { return type == at::kFloat ? 1e-6 : 1e-13; }

// Decompositions are in float32 where the options ask for it and the smallest penalty is large beside the rounding of
// what it is added to, which is 1e-7 of the largest eigenvalue.
constexpr double least_share = 1e-4;
at::ScalarType factor_type(const SplitDesign& design) {
  return design.smallest_share < least_share ? at::kDouble : design.options.type;
}

struct Basis {
  Tensor eigenvalues;  // r, float64, ascending
  Tensor left;         // r x n_tr: U'
  Tensor test;         // n_v x r: Z
};

// Eigenvalues below zero are rounding.
Basis dual_basis(const Tensor& train_kernel, const Tensor& test_kernel) {
  const auto [values, vectors] = at::linalg_eigh(train_kernel, "L");
  return {values.to(at::kDouble).clamp_min(0), vectors.t(), test_kernel.mm(vectors)};
}

// Directions in which the training rows hold rounding alone have no left side. The lengths of X_tr V are better
// singular values than the roots of the eigenvalues.
Basis primal_basis(const Tensor& gram, const Tensor& train, const Tensor& test) {
  const auto vectors = std::get<1>(at::linalg_eigh(gram, "L"));
  const auto left = train.mm(vectors);
  const auto lengths = left.norm(2, 0, false, at::kDouble);
  const double least = (left.scalar_type() == at::kFloat ? 3e-6 : 1e-13) * lengths.max().item<double>();
  const auto exists = lengths.gt(least);
  const auto s = at::where(exists, lengths, at::zeros_like(lengths));
  const auto inverse = at::where(exists, lengths.reciprocal(), at::zeros_like(lengths));
  return {s.square(), (left * inverse.to(left.scalar_type())).t(), test.mm(vectors) * s.to(left.scalar_type())};
}

class EigenStage final : public Stage {
 public:
  EigenStage(const SplitDesign& design, const InnerFold& fold, int64_t first_place, const Basis& basis)
      : design_(design),
        fold_(fold),
        first_place_(first_place),
        left_(basis.left.to(design.options.type).contiguous()),
        test_(basis.test.to(design.options.type).contiguous()),
        blocks_(compress_penalties(basis.eigenvalues, design.options.penalties, tolerance(design.options.type))) {
    for (auto& block : blocks_) {
      block.weights = block.weights.to(design.options.type);
      block.coefficients = block.coefficients.to(design.options.type).contiguous();
    }
  }

  void add_scores(const TargetBlock& block, Tensor& curves) const override {
    const auto mean = training_mean(design_, fold_, block.responses);
    const auto factors = scaled(left_.mm(fold_.train.of(block.responses) - mean));
    const auto responses = (fold_.test.of(block.responses) - mean).contiguous();
    auto sums = start_sums(penalties(), responses);
    const int64_t rows = test_.size(0), step = tile_rows(responses.size(1));
    for (int64_t row = 0; row < rows; row += step) {
      const int64_t end = std::min(row + step, rows);
      std::vector<ProductGroup> groups;
      for (size_t b = 0; b < blocks_.size(); ++b)
        groups.push_back({test_.slice(0, row, end).slice(1, blocks_[b].begin, blocks_[b].end).mm(factors[b]),
                          blocks_[b].coefficients});
      add_rows(groups, responses.slice(0, row, end), sums);
    }
    curves.slice(0, first_place_, first_place_ + penalties()).add_(scores_of(sums, design_.options.select));
  }

 private:
  int64_t penalties() const { return std::ssize(design_.options.penalties); }

  int64_t tile_rows(int64_t targets) const {
    int64_t products = 1;
    for (const auto& block : blocks_) products += block.weights.size(1);
    return std::max<int64_t>(tile_bytes / (products * targets * static_cast<int64_t>(test_.element_size())), 16);
  }

  // For each block of eigenvalues the right side times each of the functions, side by side: r_b x (m b).
  std::vector<Tensor> scaled(const Tensor& right) const {
    std::vector<Tensor> result;
    for (const auto& block : blocks_)
      result.push_back((block.weights.unsqueeze(2) * right.slice(0, block.begin, block.end).unsqueeze(1)).flatten(1));
    return result;
  }

  const SplitDesign& design_;
  const InnerFold& fold_;
  int64_t first_place_ = 0;
  Tensor left_, test_;
  std::vector<CompressedBlock> blocks_;
};

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
  return std::make_unique<EigenStage>(design, design.inner[static_cast<size_t>(place.fold)],
                                      place.scales * std::ssize(design.options.penalties), basis);
}

// Kernels of rows centred by the mean of the training rows, as an unpenalised intercept asks: K_tr and K_v,tr.
void centre_kernels(Tensor& train, Tensor& test) {
  const auto means = train.to(at::kDouble).mean(0, true);
  const auto within = (means.t() + means - means.mean()).to(train.scalar_type());
  const auto across = (test.to(at::kDouble).mean(1, true) + means - means.mean()).to(train.scalar_type());
  train = train - within;
  test = test - across;
}

class DualEigenSolver final : public DualSolver {
 public:
  DualEigenSolver(const SplitDesign& design, const Scales& scales) : DualSolver(design, scales, factor_type(design)) {}

  int64_t stages() const override { return stage_count(design(), scales()); }

  std::unique_ptr<Stage> stage(int64_t number) const override {
    const auto place = place_of(design(), number);
    const auto& fold = design().inner[static_cast<size_t>(place.fold)];
    const auto columns = fold.train.of(kernel_of(scales()[static_cast<size_t>(place.scales)]), 1);
    Tensor train = fold.train.of(columns), test = fold.test.of(columns);
    if (design().options.intercept) centre_kernels(train, test);
    return eigen_stage(design(), place, dual_basis(train, test));
  }
};

// Test predictions Z (U'Y / (Lambda + alpha)) from all training rows of the split.
class EigenRefit final : public Refit {
 public:
  EigenRefit(std::shared_ptr<const Basis> basis, double penalty, int64_t bands)
      : basis_(std::move(basis)),
        test_(basis_->test * (basis_->eigenvalues + penalty).reciprocal().to(basis_->test.scalar_type())),
        bands_(bands) {}

  Tensor predict(const TargetBlock& block, const Tensor& columns) const override {
    return test_.mm(basis_->left.mm(block.responses.index_select(1, columns))).view({bands_, -1, columns.numel()});
  }

 private:
  std::shared_ptr<const Basis> basis_;
  Tensor test_;
  int64_t bands_ = 1;
};

class PrimalEigenSolver final : public PrimalSolver {
 public:
  PrimalEigenSolver(const SplitDesign& design, const Scales& scales)
      : PrimalSolver(design, scales, factor_type(design)) {}

  int64_t stages() const override { return stage_count(design(), scales()); }

  std::unique_ptr<Stage> stage(int64_t number) const override {
    const auto place = place_of(design(), number);
    const auto& fold = design().inner[static_cast<size_t>(place.fold)];
    const auto normal = equations(place.scales, place.fold);
    return eigen_stage(design(), place,
                       primal_basis(normal.gram, rows_of(normal, fold.train), rows_of(normal, fold.test)));
  }

  std::unique_ptr<Refit> refit(const Candidate& candidate) const override {
    return std::make_unique<EigenRefit>(whole_basis(candidate.scales),
                                        design().options.penalties[static_cast<size_t>(candidate.penalty)],
                                        predicted_bands());
  }

 private:
  // Candidates with the same scales share it.
  std::shared_ptr<const Basis> whole_basis(int64_t scales) const {
    const std::lock_guard lock(guard_);
    if (auto known = whole_[scales].lock()) return known;
    const auto normal = whole_equations(scales);
    auto basis = std::make_shared<Basis>(primal_basis(normal.gram, scaled_rows(normal), scaled_test(normal)));
    basis->left = basis->left.to(design().options.type).contiguous();
    basis->test = basis->test.to(design().options.type);
    whole_[scales] = basis;
    return basis;
  }

  mutable std::mutex guard_;
  mutable std::map<int64_t, std::weak_ptr<const Basis>> whole_;
};

}  // namespace

std::unique_ptr<Solver> eigenbasis_dual_solver(const SplitDesign& design, const Scales& scales) {
  return std::make_unique<DualEigenSolver>(design, scales);
}
std::unique_ptr<Solver> eigenbasis_primal_solver(const SplitDesign& design, const Scales& scales) {
  return std::make_unique<PrimalEigenSolver>(design, scales);
}

}  // namespace arcuate::ridge
