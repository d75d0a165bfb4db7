// Dual form for few targets. With M = (K + alpha I)^-1 over all training rows of the split, the held-out residual of
// any block B of rows, had it been left out of the fit, is M_BB^-1 (M Y)_B: one eigendecomposition K = Q Lambda Q'
// serves all inner folds and all penalties, M = Q (Lambda + alpha)^-1 Q'.
//
// Bands with few columns do not enter the decomposition. With K = K_wide + U G U', U their n x r columns and G their
// scales,
//   M = M_wide - P P',   P = M_wide U L^-T,   L L' = G^-1 + U' M_wide U      (Woodbury; L by Cholesky),
// so all scales of narrow bands share one. An unpenalised intercept is a column of ones with G^-1 = 0.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>

#include "core/error.h"
#include "core/tensor.h"
#include "encode/ridge_dual.h"

namespace arcuate::ridge {
namespace {

using at::Tensor;

constexpr int64_t kept_bytes = int64_t{128} << 20;  // of decompositions between selection and refit
constexpr double largest_rounding = 1e-11;          // of refitted predictions, beyond which they are refined

// K_wide = Q Lambda Q', and what products with M_wide need. Eigenvalues below zero are rounding.
class Inverse {
 public:
  explicit Inverse(const Tensor& kernel) {
    std::tie(values_, vectors_) = at::linalg_eigh(kernel, "L");
    values_.clamp_min_(0);
  }

  // Q' right, which serves all penalties.
  Tensor project(const Tensor& right) const { return vectors_.t().mm(right); }
  // M_wide right, of projected columns.
  Tensor times(double penalty, const Tensor& projected) const { return vectors_.mm(projected * shrinkage(penalty)); }
  // What rounding of the vectors adds to predictions, relative to them.
  double rounding(double penalty) const {
    return std::numeric_limits<double>::epsilon() * values_.max().item<double>() / penalty;
  }
  // The block of M_wide that these rows and columns share.
  Tensor within(double penalty, const Rows& rows) const {
    const auto own = rows.of(vectors_);
    return own.mm((own * shrinkage(penalty).t()).t());
  }

 private:
  Tensor shrinkage(double penalty) const { return (values_ + penalty).reciprocal().unsqueeze(1); }

  Tensor values_, vectors_;
};

// Columns of narrow bands and of the intercept.
struct Narrow {
  Tensor columns{};              // n x R; undefined when there are none
  std::vector<int64_t> bands{};  // of each column; -1 for the intercept
};

// P of some scales: those columns of U whose scale is not 0. mu: M_wide U, n x R.
Tensor correction(const Narrow& narrow, const Tensor& mu, const std::vector<double>& scales) {
  std::vector<int64_t> used;
  std::vector<double> inverse_scales;
  for (size_t c = 0; c < narrow.bands.size(); ++c) {
    const double scale = narrow.bands[c] < 0 ? HUGE_VAL : scales[static_cast<size_t>(narrow.bands[c])];
    if (scale == 0) continue;
    used.push_back(static_cast<int64_t>(c));
    inverse_scales.push_back(1 / scale);
  }
  if (used.empty()) return {};
  const auto index = index_tensor(used).to(mu.device());
  const auto z = mu.index_select(1, index);
  auto s = narrow.columns.index_select(1, index).t().mm(z);
  s.diagonal().add_(to_tensor(inverse_scales).to(mu.device()));
  const auto [factor, info] = at::linalg_cholesky_ex(s);
  if (info.item<int>() != 0)
    bad_input("the columns of a narrow feature band cannot be told apart from the intercept; are they constant?");
  return at::linalg_solve_triangular(factor, z.t(), /*upper=*/false).t();
}

// All candidates that share a decomposition: some rows of scales, each with all penalties.
class InverseStage final : public Stage {
 public:
  InverseStage(const SplitDesign& design, std::shared_ptr<const Inverse> inverse, const Narrow& narrow,
               const Scales& scales, const std::vector<size_t>& members)
      : design_(design), inverse_(std::move(inverse)) {
    const auto projected = narrow.columns.defined() ? inverse_->project(narrow.columns) : Tensor();
    for (int64_t penalty = 0; penalty < std::ssize(design.options.penalties); ++penalty) {
      Shared shared{.penalty = design.options.penalties[static_cast<size_t>(penalty)], .members = {}};
      const auto mu = projected.defined() ? inverse_->times(shared.penalty, projected) : Tensor();
      std::vector<Tensor> blocks;
      for (const auto& fold : design.inner) blocks.push_back(inverse_->within(shared.penalty, fold.block));
      for (const size_t s : members) {
        const auto place = static_cast<int64_t>(s) * std::ssize(design.options.penalties) + penalty;
        Member member{.place = place, .p = correction(narrow, mu, scales[s]), .solves = {}};
        for (size_t k = 0; k < blocks.size(); ++k)
          member.solves.push_back(held_out_solve(design.inner[k], blocks[k], member.p));
        shared.members.push_back(std::move(member));
      }
      shared_.push_back(std::move(shared));
    }
  }

  // In float64: M holds numbers as large as 1 / alpha, and M_BB^-1 (M Y)_B cancels them again.
  void add_scores(const TargetBlock& block, Scoring, BlockScores& scores) const override {
    const auto responses = block.responses.to(at::kDouble), projected = inverse_->project(responses);
    for (const auto& [penalty, members] : shared_) {
      const auto products = inverse_->times(penalty, projected);
      for (const auto& member : members) {
        const auto narrow = member.p.defined() ? member.p.t().mm(responses) : Tensor();
        for (size_t k = 0; k < member.solves.size(); ++k) {
          const auto& fold = design_.inner[k];
          const auto own = fold.block.of(products);
          const auto residuals =
              member.solves[k].mm(narrow.defined() ? at::addmm(own, fold.block.of(member.p), narrow, 1, -1) : own);
          const auto score = residual_score(design_.options.select, fold.test.of(responses), residuals);
          scores.add(static_cast<int64_t>(k), member.place, score.unsqueeze(0));
        }
      }
    }
  }

 private:
  struct Member {
    int64_t place = 0;           // among the candidates
    Tensor p;                    // n x r, above; undefined when there is neither an intercept nor a narrow band
    std::vector<Tensor> solves;  // a fold each: the tested rows of M_BB^-1
  };
  struct Shared {
    double penalty = 0;
    std::vector<Member> members;
  };

  // The tested rows of M_BB^-1. within: M_BB of the wide bands.
  static Tensor held_out_solve(const InnerFold& fold, const Tensor& within, const Tensor& p) {
    return fold.test_in_block.of(
        inverse_spd(p.defined() ? at::addmm(within, fold.block.of(p), fold.block.of(p).t(), 1, -1) : within));
  }

  const SplitDesign& design_;
  std::shared_ptr<const Inverse> inverse_;
  std::vector<Shared> shared_;
};

// Test predictions K_test M Y by a decomposition that a stage has made.
class InverseRefit final : public Refit {
 public:
  // penalised: K + alpha I, bands of any width in it, for a step of iterative refinement; undefined for none.
  InverseRefit(std::shared_ptr<const Inverse> inverse, double penalty, Tensor p, Tensor penalised,
               std::vector<Tensor> test_kernels)
      : inverse_(std::move(inverse)),
        penalty_(penalty),
        p_(std::move(p)),
        penalised_(std::move(penalised)),
        test_kernels_(std::move(test_kernels)) {}

  Tensor predict(const TargetBlock& block, const Tensor& columns) const override {
    const auto responses = block.responses.index_select(1, columns).to(at::kDouble);
    auto weights = times_m(responses);
    if (penalised_.defined()) weights.add_(times_m(at::addmm(responses, penalised_, weights, 1, -1)));
    std::vector<Tensor> parts;
    for (const auto& kernel : test_kernels_) parts.push_back(kernel.mm(weights));
    return at::stack(parts);
  }

 private:
  Tensor times_m(const Tensor& right) const {
    auto product = inverse_->times(penalty_, inverse_->project(right));
    if (p_.defined()) product.sub_(p_.mm(p_.t().mm(right)));
    return product;
  }

  std::shared_ptr<const Inverse> inverse_;
  double penalty_ = 0;
  Tensor p_, penalised_;
  std::vector<Tensor> test_kernels_;
};

// Bands that are low-rank corrections.
std::vector<bool> narrow_bands(const SplitDesign& design) {
  std::vector<bool> narrow;
  for (const int64_t width : design.widths) narrow.push_back(width * 8 <= design.rows && design.widths.size() > 1);
  return narrow;
}

// Rows of scales by those of their wide bands (narrow ones as 0): they share decompositions.
std::map<std::vector<double>, std::vector<size_t>> group_scales(const SplitDesign& design, const Scales& scales) {
  const auto narrow = narrow_bands(design);
  std::map<std::vector<double>, std::vector<size_t>> groups;
  for (size_t s = 0; s < scales.size(); ++s) {
    auto wide = scales[s];
    for (size_t b = 0; b < wide.size(); ++b)
      if (narrow[b]) wide[b] = 0;
    groups[wide].push_back(s);
  }
  return groups;
}

Narrow narrow_columns(const SplitDesign& design) {
  Narrow narrow;
  std::vector<Tensor> columns;
  const auto add = [&](Tensor band, int64_t number) {
    narrow.bands.insert(narrow.bands.end(), static_cast<size_t>(band.size(1)), number);
    columns.push_back(std::move(band));
  };
  const auto is_narrow = narrow_bands(design);
  for (size_t b = 0; b < is_narrow.size(); ++b)
    if (is_narrow[b]) add(design.train[b].to(at::kDouble), static_cast<int64_t>(b));
  if (design.options.intercept)
    add(at::ones({design.rows, 1}, at::TensorOptions(design.device()).dtype(at::kDouble)), -1);
  if (!columns.empty()) narrow.columns = at::cat(columns, 1);
  return narrow;
}

class InverseDualSolver final : public DualSolver {
 public:
  InverseDualSolver(const SplitDesign& design, const Scales& scales)
      : DualSolver(design, scales), narrow_(narrow_columns(design)) {
    for (const auto& [wide, members] : group_scales(design, scales)) groups_.push_back({wide, members});
    keeps_ = stages() * design.rows * design.rows * static_cast<int64_t>(sizeof(double)) <= kept_bytes;
  }

  int64_t stages() const override { return std::ssize(groups_); }

  // A decomposition, and for each candidate the folds' blocks and narrow columns; kernels and workspace.
  SplitNeeds needs() const override {
    constexpr int64_t exact = sizeof(double);
    const int64_t n = design().rows, penalties = std::ssize(design().options.penalties);
    int64_t blocks = narrow_.columns.defined() ? n * narrow_.columns.size(1) : 0;
    for (const auto& fold : design().inner) blocks += fold.test.count() * fold.block.count();
    size_t members = 0;
    for (const auto& group : groups_) members = std::max(members, group.members.size());
    return {.stage = exact * (n * n + penalties * static_cast<int64_t>(members) * blocks),
            .making = exact * 4 * n * n,
            .target = target_bytes(design(), 0) + exact * n * 6};
  }

  std::unique_ptr<Stage> stage(int64_t number) const override {
    const auto& [wide, members] = groups_[static_cast<size_t>(number)];
    const auto inverse = std::make_shared<const Inverse>(kernel_of(wide));
    if (keeps_) {
      const std::lock_guard lock(guard_);
      kept_[number] = inverse;
    }
    return std::make_unique<InverseStage>(design(), inverse, narrow_, scales(), members);
  }

  std::unique_ptr<Refit> refit(const Candidate& candidate) const override {
    if (!keeps_) return DualSolver::refit(candidate);
    const auto& scales = this->scales()[static_cast<size_t>(candidate.scales)];
    const double penalty = design().options.penalties[static_cast<size_t>(candidate.penalty)];
    const auto group = std::find_if(groups_.begin(), groups_.end(), [&](const Group& g) {
      return std::find(g.members.begin(), g.members.end(), static_cast<size_t>(candidate.scales)) != g.members.end();
    });
    const auto inverse = kept(group - groups_.begin());
    Tensor p;
    if (narrow_.columns.defined())
      p = correction(narrow_, inverse->times(penalty, inverse->project(narrow_.columns)), scales);
    Tensor penalised;
    if (inverse->rounding(penalty) > largest_rounding) {
      penalised = kernel_of(scales);
      penalised.diagonal().add_(penalty);
    }
    return std::make_unique<InverseRefit>(inverse, penalty, p, penalised, test_kernels_of(scales));
  }

 private:
  struct Group {
    std::vector<double> wide;
    std::vector<size_t> members;
  };

  std::shared_ptr<const Inverse> kept(int64_t stage) const {
    const std::lock_guard lock(guard_);
    return kept_.at(stage);
  }

  Narrow narrow_;
  std::vector<Group> groups_;
  bool keeps_ = false;  // whether decompositions of stages serve refits
  mutable std::mutex guard_;
  mutable std::map<int64_t, std::shared_ptr<const Inverse>> kept_;  // by number of the stage
};

}  // namespace

int64_t inverse_groups(const SplitDesign& design, const Scales& scales) {
  return std::ssize(group_scales(design, scales));
}

std::unique_ptr<Solver> inverse_dual_solver(const SplitDesign& design, const Scales& scales) {
  return std::make_unique<InverseDualSolver>(design, scales);
}

}  // namespace arcuate::ridge
