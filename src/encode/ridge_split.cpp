#include "encode/ridge_split.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>

#include "core/interrupt.h"
#include "core/parallel.h"
#include "core/tensor.h"
#include "encode/ridge_cost.h"
#include "encode/ridge_solver.h"
#include "encode/split_design.h"

namespace arcuate::ridge {

using at::Tensor;

namespace {

constexpr int64_t scored_targets = 480;     // of a block, when folds are scored
constexpr int64_t refitted_targets = 2048;  // when models are refitted: each candidate gets its share of them
constexpr double close_call = 5e-5;         // of the scale of scores: what bfloat16 does not tell apart
constexpr int64_t held_stages = 8;          // decompositions in memory at once

std::vector<RowRange> target_blocks(int64_t targets, int64_t width) {
  const int64_t count = std::max<int64_t>(1, (targets + width - 1) / width);
  std::vector<RowRange> blocks;
  for (int64_t b = 0; b < count; ++b) blocks.push_back({b * targets / count, (b + 1) * targets / count});
  return blocks;
}

// Best candidate of each target: highest score, then larger penalty, then earlier scales.
Tensor best_candidates(Tensor scores, int64_t penalties, PenaltyMode mode) {
  if (mode == PenaltyMode::shared) scores = scores.mean(1, true).expand_as(scores).contiguous();
  const int64_t candidates = scores.size(0), targets = scores.size(1);
  auto best = at::zeros({targets}, at::kLong);
  const auto view = scores.accessor<double, 2>();
  auto* choice = best.data_ptr<int64_t>();
  for (int64_t v = 0; v < targets; ++v)
    for (int64_t c = 1; c < candidates; ++c) {
      const double here = view[c][v], there = view[choice[v]][v];
      if (here > there || (here == there && c % penalties > choice[v] % penalties)) choice[v] = c;
    }
  return best;
}

Scales all_scales(const std::vector<RidgeModel>& models) {
  Scales scales;
  for (const auto& model : models) scales.insert(scales.end(), model.scales.begin(), model.scales.end());
  return scales;
}

PairSums side_by_side(const std::vector<PairSums>& blocks) {
  const auto joined = [&](Tensor PairSums::* part) {
    std::vector<Tensor> parts;
    for (const auto& block : blocks) parts.push_back(block.*part);
    return at::cat(parts);
  };
  return {.mean_a = joined(&PairSums::mean_a),
          .mean_b = joined(&PairSums::mean_b),
          .aa = joined(&PairSums::aa),
          .bb = joined(&PairSums::bb),
          .ab = joined(&PairSums::ab),
          .rows = blocks.front().rows};
}

class Split {
 public:
  Split(const RidgeProblem& problem, const std::vector<RidgeModel>& models, const RidgeSplit& split,
        const RidgeOptions& options, int threads, const std::function<void(double)>& advance)
      : problem_(problem),
        split_(split),
        options_(options),
        threads_(threads),
        advance_(advance),
        scales_(all_scales(models)),
        design_(make_design(problem, split, options)),
        solver_(make_solver(design_, scales_, problem.responses.size(1))) {}

  std::vector<PairSums> solve(const std::vector<RidgeModel>& models, int64_t k, std::vector<RidgeResult>& results) {
    std::vector<PairSums> sums;
    const auto curves = inner_curves(models);
    held_.clear();
    int64_t first = 0;
    for (size_t m = 0; m < models.size(); ++m) {
      const auto count = std::ssize(models[m].scales) * penalties();
      const auto curve = curves.slice(0, first, first + count).contiguous();
      const auto best = best_candidates(curve, penalties(), options_.penalty_mode);
      record(curve, best, k, results[m]);
      sums.push_back(refit(best, first, 1.0 / static_cast<double>(models.size()), results[m]));
      first += count;
    }
    return sums;
  }

 private:
  static constexpr double scoring_share = 0.8;  // of the work, roughly

  int64_t penalties() const { return std::ssize(options_.penalties); }

  // Mean inner score of every candidate: candidates x V.
  Tensor inner_curves(const std::vector<RidgeModel>& models) {
    if (!options_.bf16_scores || options_.penalty_mode == PenaltyMode::shared || !stages(0).front()->has(Scoring::bf16))
      return score(problem_, Scoring::exact, scoring_share);
    auto curves = score(problem_, Scoring::bf16, scoring_share);
    const auto close = close_calls(curves, models);
    if (close.numel() == 0) return curves;
    const RidgeProblem part{.bands = problem_.bands, .responses = problem_.responses.index_select(1, close)};
    return curves.index_copy_(1, close, score(part, Scoring::exact, 0));
  }

  // Columns of targets for which some model's two best candidates are closer than bfloat16 tells apart.
  Tensor close_calls(const Tensor& curves, const std::vector<RidgeModel>& models) const {
    auto close = at::zeros({curves.size(1)}, at::kBool);
    int64_t first = 0;
    for (const auto& model : models) {
      const auto count = std::ssize(model.scales) * penalties();
      const auto own = curves.slice(0, first, first + count);
      if (count > 1) {
        const auto best = std::get<0>(own.topk(2, 0));
        const auto scale = options_.select == Select::mse ? std::get<0>(own.abs().max(0)) : at::ones_like(best[0]);
        close.logical_or_((best[0] - best[1]).lt(close_call * scale));
      }
      first += count;
    }
    return close.nonzero().squeeze(1);
  }

  // `share` of the work is told.
  Tensor score(const RidgeProblem& problem, Scoring scoring, double share) {
    const int64_t targets = problem.responses.size(1), stage_count = solver_->stages();
    auto curves = at::zeros({std::ssize(scales_) * penalties(), targets}, at::kDouble);
    const auto blocks = target_blocks(targets, scored_targets);
    for (int64_t first = 0; first < stage_count; first += held_stages) {
      const auto& held = stages(first);
      const double part =
          share * static_cast<double>(held.size()) / static_cast<double>(stage_count * std::ssize(blocks));
      parallel_for(std::ssize(blocks), threads_, [&](int64_t b) {
        const auto& range = blocks[static_cast<size_t>(b)];
        const auto block = solver_->block(training_responses(problem, split_, range, options_).values, true);
        auto own = curves.slice(1, range.begin, range.end);
        for (const auto& stage : held) {
          stop_if_interrupted();
          stage->add_scores(block, scoring, own);
        }
        advance_(part);
      });
    }
    return options_.criterion == PenaltyCriterion::folds ? curves / static_cast<double>(split_.inner.size()) : curves;
  }

  // Those from `first` on that are in memory at once.
  const std::vector<std::unique_ptr<Stage>>& stages(int64_t first) {
    if (first == first_held_) return held_;
    held_.clear();
    held_.resize(static_cast<size_t>(std::min(held_stages, solver_->stages() - first)));
    parallel_for(std::ssize(held_), threads_, [&](int64_t s) {
      stop_if_interrupted();
      held_[static_cast<size_t>(s)] = solver_->stage(first + s);
    });
    first_held_ = first;
    return held_;
  }

  void record(const Tensor& curve, const Tensor& best, int64_t k, RidgeResult& result) const {
    const auto grid = to_tensor(options_.penalties);
    if (options_.keep_curves) result.curves.select(0, k).copy_(curve);
    result.inner_scores.select(0, k).copy_(curve.gather(0, best.unsqueeze(0)).squeeze(0));
    result.penalties.select(0, k).copy_(grid.index_select(0, best.remainder(penalties())));
    result.scales.select(0, k).copy_(best.div(penalties(), "floor"));
  }

  // best: V, candidates of the model whose first row of scales is candidate `first` / penalties().
  PairSums refit(const Tensor& best, int64_t first, double share, RidgeResult& result) const {
    std::map<int64_t, std::unique_ptr<Refit>> fits;
    for (int64_t candidate = 0; candidate <= best.max().item<int64_t>(); ++candidate)
      if (best.eq(candidate).any().item<bool>()) fits[candidate];
    std::vector<int64_t> used;
    for (const auto& [candidate, fit] : fits) used.push_back(candidate);
    parallel_for(std::ssize(used), threads_, [&](int64_t i) {
      stop_if_interrupted();
      const int64_t candidate = used[static_cast<size_t>(i)], place = first + candidate;
      fits.at(candidate) = solver_->refit({place / penalties(), place % penalties()});
    });
    const auto blocks = target_blocks(problem_.responses.size(1), refitted_targets);
    std::vector<PairSums> sums(blocks.size());
    parallel_for(std::ssize(blocks), threads_, [&](int64_t b) {
      sums[static_cast<size_t>(b)] = refit_block(best, fits, blocks[static_cast<size_t>(b)], result);
      advance_((1 - scoring_share) * share / static_cast<double>(blocks.size()));
    });
    return side_by_side(sums);
  }

  PairSums refit_block(const Tensor& best, const std::map<int64_t, std::unique_ptr<Refit>>& fits, const RowRange& range,
                       RidgeResult& result) const {
    const auto responses = training_responses(problem_, split_, range, options_);
    const auto block = solver_->block(responses.values, false);
    const auto own = best.slice(0, range.begin, range.end);
    const Rows test(split_.outer.test);
    auto predictions = at::zeros({test.count(), range.size()}, at::kDouble);
    for (const auto& [candidate, fit] : fits) {
      const auto columns = own.eq(candidate).nonzero().squeeze(1);
      if (columns.numel() == 0) continue;
      stop_if_interrupted();
      auto parts = fit->predict(block, columns).to(at::kDouble);
      parts.mul_(responses.scaling.deviation.index_select(1, columns));
      parts.select(0, 0).add_(responses.scaling.mean.index_select(1, columns));
      predictions.index_copy_(1, columns, parts.sum(0));
      if (!options_.keep_bands) continue;
      for (int64_t b = 0; b < parts.size(0); ++b)
        result.band_predictions.select(0, b).index_put_(
            {test.positions().unsqueeze(1), (columns + range.begin).unsqueeze(0)}, parts[b]);
    }
    if (options_.keep_predictions)
      result.predictions.slice(1, range.begin, range.end).index_copy_(0, test.positions(), predictions);
    return pair_sums(test.of(problem_.responses.slice(1, range.begin, range.end)), predictions);
  }

  const RidgeProblem& problem_;
  const RidgeSplit& split_;
  const RidgeOptions& options_;
  int threads_;
  const std::function<void(double)>& advance_;
  Scales scales_;
  SplitDesign design_;
  std::unique_ptr<Solver> solver_;
  std::vector<std::unique_ptr<Stage>> held_;
  int64_t first_held_ = -1;
};

}  // namespace

std::vector<PairSums> solve_split(const RidgeProblem& problem, const std::vector<RidgeModel>& models,
                                  const RidgeSplit& split, int64_t k, const RidgeOptions& options, int threads,
                                  const std::function<void(double)>& advance, std::vector<RidgeResult>& results) {
  return Split(problem, models, split, options, threads, advance).solve(models, k, results);
}

}  // namespace arcuate::ridge
