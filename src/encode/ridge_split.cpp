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

constexpr int64_t scored_targets = 512;     // of a block, when folds are scored
constexpr int64_t refitted_targets = 2048;  // when models are refitted: each candidate gets its share of them
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
        design_(make_design(problem, scales_, split, options)),
        solver_(make_solver(design_, scales_, problem.responses.size(1))) {}

  std::vector<PairSums> solve(const std::vector<RidgeModel>& models, int64_t k, std::vector<RidgeResult>& results) {
    std::vector<PairSums> sums;
    const auto curves = inner_curves();
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
  Tensor inner_curves() const {
    const int64_t targets = problem_.responses.size(1), stages = solver_->stages();
    auto curves = at::zeros({std::ssize(scales_) * penalties(), targets}, at::kDouble);
    const auto blocks = target_blocks(targets, scored_targets);
    for (int64_t first = 0; first < stages; first += held_stages) {
      const int64_t count = std::min(held_stages, stages - first);
      std::vector<std::unique_ptr<Stage>> held(static_cast<size_t>(count));
      parallel_for(count, threads_, [&](int64_t s) {
        stop_if_interrupted();
        held[static_cast<size_t>(s)] = solver_->stage(first + s);
      });
      const double share =
          scoring_share * static_cast<double>(count) / static_cast<double>(stages * std::ssize(blocks));
      parallel_for(std::ssize(blocks), threads_, [&](int64_t b) {
        const auto& range = blocks[static_cast<size_t>(b)];
        const auto block = solver_->block(training_responses(problem_, split_, range, options_).values, true);
        auto padded = at::zeros({curves.size(0), block.responses.size(1)}, at::kDouble);
        for (const auto& stage : held) {
          stop_if_interrupted();
          stage->add_scores(block, padded);
        }
        curves.slice(1, range.begin, range.end).add_(padded.slice(1, 0, range.size()));
        advance_(share);
      });
    }
    return curves / static_cast<double>(split_.inner.size());
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
};

}  // namespace

std::vector<PairSums> solve_split(const RidgeProblem& problem, const std::vector<RidgeModel>& models,
                                  const RidgeSplit& split, int64_t k, const RidgeOptions& options, int threads,
                                  const std::function<void(double)>& advance, std::vector<RidgeResult>& results) {
  return Split(problem, models, split, options, threads, advance).solve(models, k, results);
}

}  // namespace arcuate::ridge
