// Dual form by inverses, for few targets. With M = (K + alpha I)^-1 over all training rows of the split, the held-out
// residual of any block B of rows, had it been left out of the fit, is M_BB^-1 (M Y)_B: one inverse serves all inner
// folds.
//
// Bands with few columns never enter the inverse. With K = K_wide + U G U', U their n x r columns and G their scales,
//   M = M_wide - P P',   P = M_wide U L^-T,   L L' = G^-1 + U' M_wide U      (Woodbury; L by Cholesky),
// so all scales of narrow bands share one inverse. An unpenalised intercept is a column of ones with G^-1 = 0.
#include <ATen/ATen.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "core/error.h"
#include "encode/ridge_dual.h"

namespace arcuate::ridge {
namespace {

using at::Tensor;

constexpr int64_t kept_bytes = int64_t{128} << 20;  // of inverses between selection and refit

// A candidate that shares the stage's inverse, and what its narrow bands and intercept take from it.
struct Member {
  int64_t place = 0;  // among the candidates
  Tensor p;           // n x r, above; undefined when there is neither an intercept nor a narrow band
};

class InverseStage final : public Stage {
 public:
  InverseStage(const SplitDesign& design, Tensor inverse, std::vector<Member> members)
      : design_(design), inverse_(std::move(inverse)), members_(std::move(members)) {
    for (const auto& fold : design_.inner) {
      solves_.emplace_back();
      for (const auto& member : members_) solves_.back().push_back(held_out_solve(fold, member.p));
    }
  }

  // In float64: M holds numbers as large as 1 / alpha, and M_BB^-1 (M Y)_B cancels them again.
  void add_scores(const TargetBlock& block, Scoring, BlockScores& scores) const override {
    const auto responses = block.responses.to(at::kDouble);
    const auto products = inverse_.mm(responses);
    for (size_t i = 0; i < members_.size(); ++i) {
      const auto& p = members_[i].p;
      const auto narrow = p.defined() ? p.t().mm(responses) : Tensor();
      for (size_t k = 0; k < solves_.size(); ++k) {
        const auto& fold = design_.inner[k];
        const auto own = fold.block.of(products);
        const auto residuals =
            solves_[k][i].mm(narrow.defined() ? at::addmm(own, fold.block.of(p), narrow, 1, -1) : own);
        const auto score = residual_score(design_.options.select, fold.test.of(responses), residuals);
        scores.add(static_cast<int64_t>(k), members_[i].place, score.unsqueeze(0));
      }
    }
  }

 private:
  // The tested rows of M_BB^-1.
  Tensor held_out_solve(const InnerFold& fold, const Tensor& p) const {
    auto within = fold.block.of(fold.block.of(inverse_), 1);
    if (p.defined()) within = at::addmm(within, fold.block.of(p), fold.block.of(p).t(), 1, -1);
    return fold.test_in_block.of(inverse_spd(within));
  }

  const SplitDesign& design_;
  Tensor inverse_;
  std::vector<Member> members_;
  std::vector<std::vector<Tensor>> solves_;  // [fold][member]
};

// Test predictions K_test (M Y - P P' Y) by an inverse that a stage has made.
class InverseRefit final : public Refit {
 public:
  InverseRefit(Tensor inverse, Tensor p, std::vector<Tensor> test_kernels)
      : inverse_(std::move(inverse)), p_(std::move(p)), test_kernels_(std::move(test_kernels)) {}

  Tensor predict(const TargetBlock& block, const Tensor& columns) const override {
    const auto responses = block.responses.index_select(1, columns).to(at::kDouble);
    auto weights = inverse_.mm(responses);
    if (p_.defined()) weights.sub_(p_.mm(p_.t().mm(responses)));
    std::vector<Tensor> parts;
    for (const auto& kernel : test_kernels_) parts.push_back(kernel.mm(weights));
    return at::stack(parts);
  }

 private:
  Tensor inverse_, p_;
  std::vector<Tensor> test_kernels_;
};

// Bands that are low-rank corrections.
std::vector<bool> narrow_bands(const SplitDesign& design) {
  std::vector<bool> narrow;
  for (const int64_t width : design.widths) narrow.push_back(width * 8 <= design.rows && design.widths.size() > 1);
  return narrow;
}

// Rows of scales by those of their wide bands (narrow ones as 0): they share inverses.
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

class InverseDualSolver final : public DualSolver {
 public:
  InverseDualSolver(const SplitDesign& design, const Scales& scales)
      : DualSolver(design, scales), narrow_(narrow_bands(design)) {
    for (const auto& [wide, members] : group_scales(design, scales)) groups_.push_back({wide, members});
    keeps_ = stages() * design.rows * design.rows * static_cast<int64_t>(sizeof(double)) <= kept_bytes;
  }

  int64_t stages() const override { return std::ssize(groups_) * penalties(); }

  std::unique_ptr<Stage> stage(int64_t number) const override {
    const auto& [wide, members] = groups_[static_cast<size_t>(number / penalties())];
    const int64_t penalty = number % penalties();
    auto kernel = kernel_of(wide);
    kernel.diagonal().add_(design().options.penalties[static_cast<size_t>(penalty)]);
    const auto inverse = inverse_spd(kernel);
    if (keeps_) {
      const std::lock_guard lock(guard_);
      kept_[number] = inverse;
    }
    std::vector<Member> list;
    for (const size_t s : members)
      list.push_back({static_cast<int64_t>(s) * penalties() + penalty, correction(inverse, scales()[s])});
    return std::make_unique<InverseStage>(design(), inverse, std::move(list));
  }

  std::unique_ptr<Refit> refit(const Candidate& candidate) const override {
    if (!keeps_) return DualSolver::refit(candidate);
    const auto& scales = this->scales()[static_cast<size_t>(candidate.scales)];
    const auto group = std::find_if(groups_.begin(), groups_.end(), [&](const Group& g) {
      return std::find(g.members.begin(), g.members.end(), static_cast<size_t>(candidate.scales)) != g.members.end();
    });
    const std::lock_guard lock(guard_);
    const auto& inverse = kept_.at((group - groups_.begin()) * penalties() + candidate.penalty);
    return std::make_unique<InverseRefit>(inverse, correction(inverse, scales), test_kernels_of(scales));
  }

 private:
  struct Group {
    std::vector<double> wide;
    std::vector<size_t> members;
  };

  int64_t penalties() const { return std::ssize(design().options.penalties); }

  Tensor correction(const Tensor& inverse, const std::vector<double>& scales) const {
    std::vector<Tensor> columns, inverse_scales;
    for (size_t b = 0; b < scales.size(); ++b)
      if (narrow_[b] && scales[b] > 0) {
        columns.push_back(design().train[b].to(at::kDouble));
        inverse_scales.push_back(at::full({columns.back().size(1)}, 1.0 / scales[b], at::kDouble));
      }
    if (design().options.intercept) {
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

  std::vector<bool> narrow_;
  std::vector<Group> groups_;
  bool keeps_ = false;  // whether inverses of stages serve refits
  mutable std::mutex guard_;
  mutable std::map<int64_t, Tensor> kept_;  // by number of the stage
};

}  // namespace

int64_t inverse_groups(const SplitDesign& design, const Scales& scales) {
  return std::ssize(group_scales(design, scales));
}

std::unique_ptr<Solver> inverse_dual_solver(const SplitDesign& design, const Scales& scales) {
  return std::make_unique<InverseDualSolver>(design, scales);
}

}  // namespace arcuate::ridge
