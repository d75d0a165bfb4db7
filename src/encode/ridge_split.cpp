#include "encode/ridge_split.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>

#include "core/interrupt.h"
#include "core/parallel.h"
#include "core/tensor.h"
#include "encode/ridge_cost.h"
#include "encode/ridge_plan.h"
#include "encode/ridge_solver.h"
#include "encode/split_design.h"
#include "encode/target_blocks.h"

namespace arcuate::ridge {

using at::Tensor;

namespace {

Scales all_scales(const std::vector<RidgeModel>& models) {
  Scales scales;
  for (const auto& model : models) scales.insert(scales.end(), model.scales.begin(), model.scales.end());
  return scales;
}

PairSums side_by_side(const std::vector<PairSums>& blocks) {
  const auto joined = [&](Tensor PairSums::* part) {
    std::vector<Tensor> parts;
    for (const auto& block : blocks) parts.push_back(block.*part);
    return at::cat(parts).cpu();
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
  Split(const DelayedProblem& given, const std::vector<RidgeModel>& models, const RidgeSplit& split,
        const RidgeOptions& options, const Compute& compute, const std::function<void(double)>& advance)
      : problem_(given.problem),
        split_(split),
        options_(options),
        advance_(advance),
        groups_(choice_groups(problem_, options)),
        scales_(all_scales(models)),
        design_(make_design(given, split, options)),
        solver_(make_solver(design_, scales_, all_targets())),
        plan_(
            plan_split(solver_->needs(), solver_->stages(), compute.threads, design_.device(), memory_left(compute))) {}

  std::vector<PairSums> solve(const std::vector<RidgeModel>& models, int64_t k, std::vector<RidgeResult>& results) {
    std::vector<PairSums> sums;
    const auto scores = inner_scores(models);
    held_.clear();
    int64_t first = 0;
    for (size_t m = 0; m < models.size(); ++m) {
      const auto count = std::ssize(models[m].scales) * penalties();
      const auto own = scores.of(first, count);
      const auto best = best_candidates(own, groups_, penalties());
      record(own.mean, best, k, results[m]);
      if (k == 0) results[m].costs = costs_of(design_, scales_, all_targets());
      sums.push_back(in_blocks(plan_.widths.refitted, [&](int64_t width) {
        return refit(best, first, width, 1.0 / static_cast<double>(models.size()), results[m]);
      }));
      first += count;
    }
    return sums;
  }

 private:
  static constexpr double scoring_share = 0.8;  // of the work, roughly

  int64_t penalties() const { return std::ssize(options_.penalties); }
  int64_t all_targets() const { return problem_.of_targets > 0 ? problem_.of_targets : problem_.responses.targets(); }

  InnerScores inner_scores(const std::vector<RidgeModel>& models) {
    if (!options_.bf16_scores || groups_.defined() || options_.rule != ChoiceRule::best ||
        !stages(0).front()->has(Scoring::bf16))
      return score(problem_, Scoring::exact, scoring_share);
    auto scores = score(problem_, Scoring::bf16, scoring_share);
    auto is_close = at::zeros({scores.mean.size(1)}, at::kBool);
    int64_t first = 0;
    for (const auto& model : models) {
      const auto count = std::ssize(model.scales) * penalties();
      is_close.logical_or_(close_calls(scores.of(first, count)));
      first += count;
    }
    const auto close = is_close.nonzero().squeeze(1);
    if (close.numel() == 0) return scores;
    const RidgeProblem part{.bands = problem_.bands, .responses = problem_.responses.columns(close)};
    scores.mean.index_copy_(1, close, score(part, Scoring::exact, 0).mean);
    return scores;
  }

  // `share` of the work is told.
  InnerScores score(const RidgeProblem& problem, Scoring scoring, double share) {
    return in_blocks(plan_.widths.scored, [&](int64_t width) { return score(problem, scoring, share, width); });
  }
  InnerScores score(const RidgeProblem& problem, Scoring scoring, double share, int64_t width) {
    const int64_t stage_count = solver_->stages();
    const auto blocks = target_blocks(problem.responses.targets(), width);
    FoldScoreSums sums(blocks, std::ssize(scales_) * penalties(), score_count(split_, options_), groups_, options_.rule,
                       scoring == Scoring::exact);
    for (int64_t first = 0; first < stage_count; first += plan_.held) {
      const auto& held = stages(first);
      const double part =
          share * static_cast<double>(held.size()) / static_cast<double>(stage_count * std::ssize(blocks));
      for (const auto& batch : sums.batches()) {
        sums.open(batch);
        parallel_for(batch.size(), plan_.threads, [&](int64_t i) {
          const int64_t b = batch.begin + i;
          const auto& range = blocks[static_cast<size_t>(b)];
          const auto block =
              solver_->block(training_responses(problem, split_, range, options_, design_.device()).values, true);
          for (const auto& stage : held) {
            stop_if_interrupted();
            stage->add_scores(block, scoring, sums.block(b));
          }
          advance_(part);
        });
        sums.close(batch);
      }
    }
    return sums.finish();
  }

  // Those from `first` on that are in memory at once.
  const std::vector<std::unique_ptr<Stage>>& stages(int64_t first) {
    if (first == first_held_) return held_;
    held_.clear();
    held_.resize(static_cast<size_t>(std::min(plan_.held, solver_->stages() - first)));
    parallel_for(std::ssize(held_), plan_.threads, [&](int64_t s) {
      stop_if_interrupted();
      held_[static_cast<size_t>(s)] = solver_->stage(first + s);
    });
    first_held_ = first;
    return held_;
  }

  void record(const Tensor& curve, const Tensor& best, int64_t k, RidgeResult& result) const {
    const auto grid = to_tensor(options_.penalties);
    if (options_.keep_curves) record_curve(curve, result.grid, result.curves[k]);
    result.inner_scores.select(0, k).copy_(curve.gather(0, best.unsqueeze(0)).squeeze(0));
    result.penalties.select(0, k).copy_(grid.index_select(0, best.remainder(penalties())));
    result.scales.select(0, k).copy_(best.div(penalties(), "floor"));
  }

  // curve: (scales * penalties) x V; all: (scales * grid) x V.
  void record_curve(const Tensor& curve, const std::vector<double>& grid, Tensor all) const {
    std::vector<int64_t> places;
    for (const double penalty : options_.penalties)
      places.push_back(std::lower_bound(grid.begin(), grid.end(), penalty) - grid.begin());
    const int64_t targets = curve.size(1);
    all.view({-1, std::ssize(grid), targets})
        .index_copy_(1, index_tensor(places), curve.view({-1, penalties(), targets}));
  }

  // best: V, candidates of the model whose first row of scales is candidate `first` / penalties().
  PairSums refit(const Tensor& best, int64_t first, int64_t width, double share, RidgeResult& result) const {
    std::map<int64_t, std::unique_ptr<Refit>> fits;
    for (int64_t candidate = 0; candidate <= best.max().item<int64_t>(); ++candidate)
      if (best.eq(candidate).any().item<bool>()) fits[candidate];
    std::vector<int64_t> used;
    for (const auto& [candidate, fit] : fits) used.push_back(candidate);
    parallel_for(std::ssize(used), plan_.threads, [&](int64_t i) {
      stop_if_interrupted();
      const int64_t candidate = used[static_cast<size_t>(i)], place = first + candidate;
      fits.at(candidate) = solver_->refit({place / penalties(), place % penalties()});
    });
    const auto blocks = target_blocks(problem_.responses.targets(), width);
    std::vector<PairSums> sums(blocks.size());
    parallel_for(std::ssize(blocks), plan_.threads, [&](int64_t b) {
      sums[static_cast<size_t>(b)] = refit_block(best, fits, blocks[static_cast<size_t>(b)], result);
      advance_((1 - scoring_share) * share / static_cast<double>(blocks.size()));
    });
    return side_by_side(sums);
  }

  PairSums refit_block(const Tensor& best, const std::map<int64_t, std::unique_ptr<Refit>>& fits, const RowRange& range,
                       RidgeResult& result) const {
    const auto responses = training_responses(problem_, split_, range, options_, design_.device());
    const auto block = solver_->block(responses.values, false);
    const auto own = best.slice(0, range.begin, range.end);
    const Rows test(split_.outer.test);
    auto predictions = at::zeros({test.count(), range.size()}, responses.scaling.mean.options());
    for (const auto& [candidate, fit] : fits) {
      const auto columns = own.eq(candidate).nonzero().squeeze(1).to(design_.device());
      if (columns.numel() == 0) continue;
      stop_if_interrupted();
      auto parts = fit->predict(block, columns).to(at::kDouble);
      parts.mul_(responses.scaling.deviation.index_select(1, columns));
      parts.select(0, 0).add_(responses.scaling.mean.index_select(1, columns));
      predictions.index_copy_(1, columns, parts.sum(0));
      if (!options_.keep_bands) continue;
      for (int64_t b = 0; b < parts.size(0); ++b)
        result.band_predictions.select(0, b).index_put_(
            {test.positions().unsqueeze(1), (columns.cpu() + range.begin).unsqueeze(0)}, parts[b].cpu());
    }
    if (options_.keep_predictions)
      result.predictions.slice(1, range.begin, range.end).index_copy_(0, test.positions(), predictions.cpu());
    return pair_sums(test.of(problem_.responses.columns(range)).to(design_.device()), predictions);
  }

  const RidgeProblem& problem_;
  const RidgeSplit& split_;
  const RidgeOptions& options_;
  const std::function<void(double)>& advance_;
  Tensor groups_;
  Scales scales_;
  SplitDesign design_;
  std::unique_ptr<Solver> solver_;
  SplitPlan plan_;
  std::vector<std::unique_ptr<Stage>> held_;
  int64_t first_held_ = -1;
};

}  // namespace

std::vector<PairSums> solve_split(const DelayedProblem& problem, const std::vector<RidgeModel>& models,
                                  const RidgeSplit& split, int64_t k, const RidgeOptions& options,
                                  const Compute& compute, const std::function<void(double)>& advance,
                                  std::vector<RidgeResult>& results) {
  return Split(problem, models, split, options, compute, advance).solve(models, k, results);
}

}  // namespace arcuate::ridge
