// Fractional ridge regression (Rokem & Kay 2020): instead of a penalty, the length of the weights is given, as a
// fraction of that of the unregularised ones. Each target gets the penalty that gives it this length.
//
// With X = U S V' (directions that do not exist left out), lambda = S^2 and b = U' Y,
//   || w(alpha) ||^2 = sum_i lambda_i b_i^2 / (lambda_i + alpha)^2,     || w(alpha) || = fraction || w(0) ||
// 1 / || w || grows and is concave in alpha, so Newton's method from below comes closer with every step and never
// passes the solution (as the secular equation of trust regions: More & Sorensen 1983). Predictions are Z (b / (lambda
// + alpha)), Z = X_test V S. A singular value decomposition of the rows, in float64, finds directions whose lambda is
// small: the unregularised weights lie mostly there.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>

#include "core/tensor.h"
#include "encode/ridge_solver.h"

namespace arcuate::ridge {
namespace {

using at::Tensor;

// Singular values below this share of the largest are rounding of the features.
double least_share(at::ScalarType type) { return type == at::kDouble ? 1e-10 : 1e-6; }

constexpr int most_steps = 200;         // of Newton's method; ten is usual
constexpr double close_enough = 1e-14;  // relative change of a penalty that ends it

struct Directions {
  Tensor lambda;  // r x 1
  Tensor left;    // r x n: U'
  Tensor test;    // (bands n_test) x r: Z
};

Directions directions_of(const Tensor& train, const Tensor& test, double share) {
  const auto [u, s, v] = at::linalg_svd(train, /*full_matrices=*/false);
  const auto kept = s.gt(share * s.max()).nonzero().squeeze(1);
  const auto own = s.index_select(0, kept);
  return {own.square().unsqueeze(1), u.index_select(1, kept).t().contiguous(),
          test.mm(v.index_select(0, kept).t()) * own};
}

// loads: r x b, U'Y. 1 x b: the penalty that leaves each target this fraction of its length.
Tensor penalties_of(const Tensor& lambda, const Tensor& loads, double fraction) {
  if (lambda.numel() == 0) return at::zeros({1, loads.size(1)}, loads.options());
  const auto squares = lambda * loads.square();
  const auto whole = (squares / lambda.square()).sum(0, true).sqrt();
  const auto exists = whole.gt(0);  // a target of zeros has no length
  auto alpha = lambda.min() * ((1 - fraction) / fraction) * at::ones_like(whole);
  for (int step = 0; step < most_steps; ++step) {
    const auto shrunk = (lambda + alpha).reciprocal();
    const auto length2 = (squares * shrunk.square()).sum(0, true), slope = (squares * shrunk.pow(3)).sum(0, true);
    const auto change = (length2.sqrt() / (fraction * whole) - 1) * length2 / slope;
    const auto next = alpha + at::where(exists, change.clamp_min(0), at::zeros_like(change));
    const bool done = (next - alpha).le(close_enough * next).all().item<bool>();
    alpha = next;
    if (done) break;
  }
  return alpha;
}

Tensor shrunk_loads(const Directions& directions, const Tensor& loads, double fraction) {
  return loads / (directions.lambda + penalties_of(directions.lambda, loads, fraction));
}

// The bands side by side, scaled: rows x F, float64.
Tensor scaled(const std::vector<Tensor>& bands, const std::vector<double>& scales) {
  std::vector<Tensor> parts;
  for (size_t b = 0; b < bands.size(); ++b) parts.push_back(bands[b].to(at::kDouble) * std::sqrt(scales[b]));
  return at::cat(parts, 1);
}

class FractionStage final : public Stage {
 public:
  FractionStage(const SplitDesign& design, int64_t fold, Directions directions, int64_t first_place)
      : design_(design), fold_(fold), directions_(std::move(directions)), first_place_(first_place) {}

  void add_scores(const TargetBlock& block, Scoring, BlockScores& scores) const override {
    const auto& fold = design_.inner[static_cast<size_t>(fold_)];
    const auto responses = block.responses.to(at::kDouble), mean = training_mean(design_, fold, responses);
    const auto loads = directions_.left.mm(fold.train.of(responses) - mean), tested = fold.test.of(responses);
    for (size_t l = 0; l < design_.options.penalties.size(); ++l) {
      const auto predicted = directions_.test.mm(shrunk_loads(directions_, loads, design_.options.penalties[l])) + mean;
      scores.add(fold_, first_place_ + static_cast<int64_t>(l),
                 inner_score(design_.options.select, tested, predicted).unsqueeze(0));
    }
  }

 private:
  const SplitDesign& design_;
  int64_t fold_ = 0;
  Directions directions_;
  int64_t first_place_ = 0;
};

class FractionRefit final : public Refit {
 public:
  FractionRefit(std::shared_ptr<const Directions> directions, double fraction, int64_t bands)
      : directions_(std::move(directions)), fraction_(fraction), bands_(bands) {}

  Tensor predict(const TargetBlock& block, const Tensor& columns) const override {
    const auto loads = directions_->left.mm(block.responses.index_select(1, columns).to(at::kDouble));
    return directions_->test.mm(shrunk_loads(*directions_, loads, fraction_)).view({bands_, -1, columns.numel()});
  }

 private:
  std::shared_ptr<const Directions> directions_;
  double fraction_ = 1;
  int64_t bands_ = 1;
};

class FractionSolver final : public Solver {
 public:
  FractionSolver(const SplitDesign& design, const Scales& scales) : design_(design), scales_(scales) {}

  int64_t stages() const override { return std::ssize(scales_) * folds(); }

  // Directions; features scaled and centred, their decomposition and what it leaves.
  SplitNeeds needs() const override {
    constexpr int64_t exact = sizeof(double);
    int64_t features = 0;
    for (const int64_t width : design_.widths) features += width;
    const int64_t directions = std::min(design_.rows, features);
    return {.stage = exact * directions * design_.rows,
            .making = exact * (3 * design_.rows * features + 4 * directions * directions),
            .target = target_bytes(design_, 6)};
  }

  std::unique_ptr<Stage> stage(int64_t number) const override {
    const int64_t own = number % folds();
    const auto& fold = design_.inner[static_cast<size_t>(own)];
    const auto x = scaled(design_.train, scales_[static_cast<size_t>(number / folds())]);
    auto train = fold.train.of(x), test = fold.test.of(x);
    if (design_.options.intercept) {
      const auto mean = train.mean(0, true);
      train = train - mean;
      test = test - mean;
    }
    return std::make_unique<FractionStage>(design_, own, directions_of(train, test, least_share(design_.options.type)),
                                           number / folds() * std::ssize(design_.options.penalties));
  }

  std::unique_ptr<Refit> refit(const Candidate& candidate) const override {
    return std::make_unique<FractionRefit>(whole(candidate.scales),
                                           design_.options.penalties[static_cast<size_t>(candidate.penalty)],
                                           design_.options.keep_bands ? std::ssize(design_.train) : int64_t{1});
  }

  TargetBlock block(Tensor responses, bool) const override {
    return {.responses = std::move(responses), .cross = {}, .held_cross = {}};
  }

 private:
  int64_t folds() const { return std::ssize(design_.inner); }

  // Of all training rows; candidates with the same scales share them.
  std::shared_ptr<const Directions> whole(int64_t scales) const {
    const std::lock_guard lock(guard_);
    if (auto known = whole_[scales].lock()) return known;
    const auto& own = scales_[static_cast<size_t>(scales)];
    auto test = scaled(design_.test, own);
    if (design_.options.keep_bands) test = by_band(test);
    auto directions = std::make_shared<const Directions>(
        directions_of(scaled(design_.train, own), test, least_share(design_.options.type)));
    whole_[scales] = directions;
    return directions;
  }

  // Once for each band, with the columns of the others at zero.
  Tensor by_band(const Tensor& test) const {
    std::vector<Tensor> parts;
    int64_t first = 0;
    for (const auto& band : design_.test) {
      parts.push_back(at::zeros_like(test));
      parts.back().slice(1, first, first + band.size(1)).copy_(test.slice(1, first, first + band.size(1)));
      first += band.size(1);
    }
    return at::cat(parts, 0);
  }

  const SplitDesign& design_;
  Scales scales_;
  mutable std::mutex guard_;
  mutable std::map<int64_t, std::weak_ptr<const Directions>> whole_;
};

}  // namespace

std::unique_ptr<Solver> fraction_solver(const SplitDesign& design, const Scales& scales) {
  return std::make_unique<FractionSolver>(design, scales);
}

}  // namespace arcuate::ridge
