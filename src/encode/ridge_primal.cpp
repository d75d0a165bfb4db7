#include "encode/ridge_primal.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/tensor.h"
#include "encode/exact_products.h"

namespace arcuate::ridge {

using at::Tensor;

namespace {

// Features and responses are centred by the training rows, so that the intercept needs nothing more.
class CrossRefit final : public Refit {
 public:
  CrossRefit(Tensor operation, int64_t bands) : operation_(std::move(operation)), bands_(bands) {}
  Tensor predict(const TargetBlock& block, const Tensor& columns) const override {
    const auto predicted = operation_.mm(block.cross.index_select(1, columns).to(operation_.scalar_type()));
    return predicted.view({bands_, -1, columns.numel()});
  }

 private:
  Tensor operation_;  // (bands n_test) x F
  int64_t bands_ = 1;
};

Tensor side_by_side(const std::vector<Tensor>& bands) { return bands.size() == 1 ? bands.front() : at::cat(bands, 1); }

// C is the sum of what the folds' blocks give, but for rows that are in none of them or in several: those count
// 1 - (their blocks) times more.
std::vector<std::pair<Rows, double>> uncovered_rows(const SplitDesign& design) {
  auto blocks = at::zeros({design.rows}, at::kLong);
  for (const auto& fold : design.inner)
    blocks.index_add_(0, fold.block.positions(), at::ones({fold.block.count()}, at::kLong));
  std::map<int64_t, std::vector<int64_t>> rows;
  for (int64_t i = 0; i < blocks.size(0); ++i) rows[blocks[i].item<int64_t>()].push_back(i);
  rows.erase(1);
  std::vector<std::pair<Rows, double>> result;
  for (const auto& [count, own] : rows) result.emplace_back(Rows(own), 1.0 - static_cast<double>(count));
  return result;
}

}  // namespace

PrimalSolver::PrimalSolver(const SplitDesign& design, const Scales& scales)
    : design_(design),
      scales_(scales),
      x_(side_by_side(design.train)),
      test_(side_by_side(design.test)),
      gram_(symmetric_product(x_.t())),
      uncovered_(uncovered_rows(design)) {}

Tensor PrimalSolver::roots(int64_t scales) const {
  std::vector<Tensor> parts;
  for (size_t b = 0; b < design_.train.size(); ++b)
    parts.push_back(
        at::full({design_.train[b].size(1), 1}, std::sqrt(scales_[static_cast<size_t>(scales)][b]), gram_.options()));
  return at::cat(parts, 0);
}

Equations PrimalSolver::whole_equations(int64_t scales) const {
  const auto scale = roots(scales);
  return {.gram = gram_ * scale * scale.t(),
          .mean_x = at::zeros({1, x_.size(1)}, gram_.options()),
          .roots = scale,
          .rows = static_cast<double>(x_.size(0))};
}

Equations PrimalSolver::unscaled_equations() const {
  return {.gram = gram_,
          .mean_x = at::zeros({1, x_.size(1)}, gram_.options()),
          .roots = at::ones({x_.size(1), 1}, gram_.options()),
          .rows = static_cast<double>(x_.size(0))};
}

Tensor PrimalSolver::projected(const Equations& equations, const Rows& rows, const Tensor& vectors) const {
  constexpr int64_t rows_at_once = 512;  // in float64
  const auto own = rows.of(x_);
  auto result = at::empty({own.size(0), vectors.size(1)}, vectors.options().dtype(design_.options.type));
  for (int64_t first = 0; first < own.size(0); first += rows_at_once) {
    const int64_t end = std::min(first + rows_at_once, own.size(0));
    const auto part = own.slice(0, first, end).to(at::kDouble) * equations.roots.t() - equations.mean_x;
    result.slice(0, first, end).copy_(part.mm(vectors));
  }
  return result;
}

int64_t PrimalSolver::predicted_bands() const {
  return design_.options.keep_bands ? std::ssize(design_.train) : int64_t{1};
}

Tensor PrimalSolver::scaled_test(const Equations& equations) const {
  const auto test = test_.to(at::kDouble) * equations.roots.t();
  if (predicted_bands() == 1) return test;
  std::vector<Tensor> parts;
  int64_t first = 0;
  for (const auto& band : design_.train) {
    auto part = at::zeros_like(test);
    part.slice(1, first, first + band.size(1)).copy_(test.slice(1, first, first + band.size(1)));
    parts.push_back(part);
    first += band.size(1);
  }
  return at::cat(parts, 0);
}

Equations PrimalSolver::equations(int64_t scales, int64_t fold) const {
  const auto& [rows, block, test, test_in_block] = design_.inner[static_cast<size_t>(fold)];
  Equations result{.gram = symmetric_product(block.of(x_).t()).neg_().add_(gram_),
                   .mean_x = at::zeros({1, x_.size(1)}, gram_.options()),
                   .roots = roots(scales),
                   .rows = static_cast<double>(rows.count())};
  result.gram.mul_(result.roots).mul_(result.roots.t());
  if (!design_.options.intercept) return result;
  result.mean_x = rows.of(x_).mean(0, true, at::kDouble) * result.roots.t();
  result.gram.addmm_(result.mean_x.t(), result.mean_x, 1, -result.rows);
  return result;
}

Tensor PrimalSolver::rows_of(const Equations& equations, const Rows& rows) const {
  return rows.of(x_).to(at::kDouble) * equations.roots.t() - equations.mean_x;
}

Tensor PrimalSolver::cross(const Equations& equations, const TargetBlock& block, int64_t fold,
                           const Tensor& mean_y) const {
  auto cross = (block.cross - block.held_cross[static_cast<size_t>(fold)]).mul_(equations.roots);
  if (design_.options.intercept) cross.addmm_(equations.mean_x.t(), mean_y.to(at::kDouble), 1, -equations.rows);
  return cross;
}

Tensor PrimalSolver::cross_of(const Rows& rows, const Tensor& responses) const {
  return exact_product(rows.of(x_).t(), rows.of(responses));
}

TargetBlock PrimalSolver::block(Tensor responses, bool for_folds) const {
  TargetBlock result{.responses = std::move(responses), .cross = {}, .held_cross = {}};
  const auto& y = result.responses;
  int64_t extra = 0;
  for (const auto& [rows, times] : uncovered_) extra += rows.count();
  if (!for_folds || 2 * extra > x_.size(0)) result.cross = cross_of(Rows(all_rows(x_.size(0))), y);
  if (!for_folds) return result;
  for (const auto& fold : design_.inner) result.held_cross.push_back(cross_of(fold.block, y));
  if (result.cross.defined()) return result;
  result.cross = at::zeros_like(result.held_cross.front());
  for (const auto& held : result.held_cross) result.cross.add_(held);
  for (const auto& [rows, times] : uncovered_) result.cross.add_(cross_of(rows, y), times);
  return result;
}

Tensor PrimalSolver::ridge_operator(const Candidate& candidate) const {
  auto equations = whole_equations(candidate.scales);
  equations.gram.diagonal().add_(design_.options.penalties[static_cast<size_t>(candidate.penalty)]);
  return solve_spd(equations.gram, scaled_test(equations).t()).t() * equations.roots.t();
}

std::unique_ptr<Refit> PrimalSolver::cross_refit(const Tensor& operation) const {
  return std::make_unique<CrossRefit>(operation, predicted_bands());
}

std::unique_ptr<Refit> PrimalSolver::refit(const Candidate& candidate) const {
  return cross_refit(ridge_operator(candidate));
}

}  // namespace arcuate::ridge
