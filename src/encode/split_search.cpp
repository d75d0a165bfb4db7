#include "encode/split_search.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <map>

#include "core/interrupt.h"
#include "core/parallel.h"
#include "core/tensor.h"
#include "encode/ridge_cost.h"
#include "encode/ridge_dual.h"
#include "encode/ridge_plan.h"
#include "encode/split_design.h"

namespace arcuate::ridge {

using at::Tensor;

namespace {

constexpr int64_t curve_bytes = int64_t{64} << 20;  // of scores in memory at once
constexpr int64_t most_rows = 64;                   // of scales that share a solver

// Bands give parts of the prediction; scores are exact.
RidgeOptions search_options(RidgeOptions options) {
  options.keep_bands = true;
  options.keep_curves = options.bf16_scores = false;
  return options;
}

std::vector<RowRange> blocks_of(int64_t count, int64_t width) {
  std::vector<RowRange> blocks;
  for (int64_t begin = 0; begin < count; begin += width) blocks.push_back({begin, std::min(begin + width, count)});
  return blocks;
}

Scales slice(const Scales& rows, const RowRange& range) {
  return {rows.begin() + range.begin, rows.begin() + range.end};
}

// Rows sum to 1, so with two bands the moves of the second are those of the first.
Scales neighbours(const std::vector<double>& scales, double factor) {
  Scales moved;
  for (size_t b = 0; b < (scales.size() == 2 ? 1 : scales.size()); ++b)
    for (const double times : {factor, 1 / factor}) {
      auto row = scales;
      row[b] *= times;
      const double sum = to_tensor(row).sum().item<double>();
      for (double& scale : row) scale /= sum;
      if (row != scales) moved.push_back(row);
    }
  return moved;
}

}  // namespace

SplitSearch::SplitSearch(const RidgeProblem& problem, const RidgeSplit& split, const RidgeOptions& options,
                         const Compute& compute)
    : problem_(problem),
      split_(split),
      options_(search_options(options)),
      compute_(compute),
      threads_(compute.device.is_cpu() ? compute.threads : 1),
      design_(make_design(carry_out_delays(problem, {split}, options_, compute.device), split, options_)),
      widths_(block_widths(compute.device)),
      scales_(static_cast<size_t>(problem.responses.targets()), 0),
      penalties_(scales_.size(), 0),
      scores_(scales_.size(), 0),
      compared_(scales_.size(), -std::numeric_limits<double>::infinity()),
      best_penalties_(scales_.size(), 0) {
  int64_t features = 0;
  for (const auto& band : design_.train) features += band.size(1);
  tall_ = features < design_.train.front().size(0);
  const bool dual = options_.form == Form::dual || (options_.form == Form::automatic && !tall_);
  if (dual && !options_.fractional) design_.kernels = band_kernels(design_);
}

void SplitSearch::try_all(const Scales& scales, const std::function<void(int64_t)>& advance) {
  try_for(scales, all_rows(std::ssize(scores_)), advance);
}

// Groups of targets that choose together share scales, so that columns of the same scales hold whole groups.
RidgeProblem SplitSearch::problem_of(const std::vector<int64_t>& columns) const {
  if (columns.size() == scores_.size()) return problem_;
  RidgeProblem part{.bands = problem_.bands, .responses = problem_.responses.columns(index_tensor(columns))};
  for (size_t i = 0; i < columns.size() && !problem_.target_groups.empty(); ++i)
    part.target_groups.push_back(problem_.target_groups[static_cast<size_t>(columns[i])]);
  return part;
}

void SplitSearch::try_for(const Scales& scales, const std::vector<int64_t>& columns,
                          const std::function<void(int64_t)>& advance) {
  const auto part = problem_of(columns);
  const auto groups = choice_groups(part, options_);
  const int64_t row_bytes = std::ssize(options_.penalties) * std::ssize(columns) * int64_t{sizeof(double)};
  for (const auto& range : blocks_of(std::ssize(scales), std::clamp(curve_bytes / row_bytes, int64_t{1}, most_rows))) {
    const auto rows = slice(scales, range);
    const auto scores = in_blocks(widths_.scored, [&](int64_t width) { return scores_of(rows, part, groups, width); });
    keep_better(scores, groups, columns, std::ssize(tried_));
    tried_.insert(tried_.end(), rows.begin(), rows.end());
    advance(range.size());
  }
}

// Of every row of scales and penalty: (rows * penalties) x columns.
InnerScores SplitSearch::scores_of(const Scales& scales, const RidgeProblem& problem, const Tensor& groups,
                                   int64_t width) const {
  const int64_t targets = problem.responses.targets();
  const auto solver = make_solver(design_, scales, targets);
  const auto plan = plan_split(solver->needs(), solver->stages(), threads_, design_.device(), memory_left(compute_));
  const auto blocks = blocks_of(targets, std::min(width, plan.widths.scored));
  FoldScoreSums sums(blocks, std::ssize(scales) * std::ssize(options_.penalties), score_count(split_, options_), groups,
                     options_.rule, /*exact=*/true);
  for (const auto& range : blocks_of(solver->stages(), plan.held)) {
    std::vector<std::unique_ptr<Stage>> held(static_cast<size_t>(range.size()));
    parallel_for(range.size(), plan.threads, [&](int64_t s) {
      stop_if_interrupted();
      held[static_cast<size_t>(s)] = solver->stage(range.begin + s);
    });
    for (const auto& batch : sums.batches()) {
      sums.open(batch);
      parallel_for(batch.size(), plan.threads, [&](int64_t i) {
        const int64_t b = batch.begin + i;
        const auto& own = blocks[static_cast<size_t>(b)];
        const auto block =
            solver->block(training_responses(problem, split_, own, options_, design_.device()).values, true);
        for (const auto& stage : held) {
          stop_if_interrupted();
          stage->add_scores(block, Scoring::exact, sums.block(b));
        }
      });
      sums.close(batch);
    }
  }
  return sums.finish();
}

// Higher scores win, then larger penalties, then what was tried earlier; of what wins the rule takes a penalty.
void SplitSearch::keep_better(const InnerScores& found, const Tensor& groups, const std::vector<int64_t>& columns,
                              int64_t first) {
  const auto compared = compared_scores(found.mean, groups);
  const int64_t penalties = std::ssize(options_.penalties);
  const auto view = compared.accessor<double, 2>(), own = found.mean.accessor<double, 2>();
  std::vector<int64_t> best(columns.size(), -1);
  for (int64_t c = 0; c < compared.size(0); ++c)
    for (size_t i = 0; i < columns.size(); ++i) {
      const auto v = static_cast<size_t>(columns[i]);
      const double here = view[c][static_cast<int64_t>(i)];
      if (here > compared_[v] || (here == compared_[v] && c % penalties > best_penalties_[v])) {
        compared_[v] = here;
        best_penalties_[v] = c % penalties;
        best[i] = c;
      }
    }
  for (size_t i = 0; i < columns.size(); ++i) {
    if (best[i] < 0) continue;
    const auto v = static_cast<size_t>(columns[i]);
    const auto column = static_cast<int64_t>(i);
    const int64_t unit = groups.defined() ? groups[column].item<int64_t>() : column;
    const int64_t taken = found.error.defined() ? largest_within(view, column, best[i],
                                                                 found.error[best[i]][unit].item<double>(), penalties)
                                                : best[i];
    scores_[v] = own[taken][column];
    scales_[v] = first + taken / penalties;
    penalties_[v] = taken % penalties;
  }
}

void SplitSearch::refine(double factor) {
  std::map<int64_t, std::vector<int64_t>> groups;
  for (size_t v = 0; v < scales_.size(); ++v) groups[scales_[v]].push_back(static_cast<int64_t>(v));
  for (const auto& [row, columns] : groups) {
    const auto moved = neighbours(tried_[static_cast<size_t>(row)], factor);
    try_for(moved, columns, [](int64_t) {});
  }
}

// Refits need no inner scores: one factorisation for each candidate.
std::unique_ptr<Solver> SplitSearch::refitting_solver(const Scales& scales) const {
  if (options_.fractional) return fraction_solver(design_, scales);
  const bool primal = options_.form == Form::primal || (options_.form == Form::automatic && tall_);
  return primal ? inverse_primal_solver(design_, scales) : eigenbasis_dual_solver(design_, scales);
}

SplitSearch::Refitted SplitSearch::empty() const {
  const auto targets = std::ssize(scores_), test = std::ssize(split_.outer.test);
  const int64_t parts = 2 + std::ssize(problem_.bands);
  const auto zeros = [](std::vector<int64_t> sizes) { return at::zeros(sizes, at::kDouble); };
  Refitted result{.sums = {.mean_a = zeros({targets}),
                           .mean_b = zeros({targets}),
                           .aa = zeros({targets}),
                           .bb = zeros({targets}),
                           .ab = zeros({targets}),
                           .rows = test},
                  .parts = {.means = zeros({parts, targets}), .products = zeros({parts, parts, targets}), .rows = test},
                  .predictions = {}};
  if (options_.keep_predictions) result.predictions = zeros({test, targets});
  return result;
}

SplitSearch::Refitted SplitSearch::refit() const {
  auto result = empty();
  std::map<int64_t, std::map<int64_t, std::vector<int64_t>>> used;  // rows of scales, penalties, targets
  for (size_t v = 0; v < scales_.size(); ++v) used[scales_[v]][penalties_[v]].push_back(static_cast<int64_t>(v));
  Scales rows;
  struct Task {
    Candidate candidate{};
    const std::vector<int64_t>& columns;
  };
  std::vector<Task> tasks;
  for (const auto& [row, penalties] : used) {
    for (const auto& [penalty, columns] : penalties) tasks.push_back({{std::ssize(rows), penalty}, columns});
    rows.push_back(tried_[static_cast<size_t>(row)]);
  }
  const auto solver = refitting_solver(rows);
  parallel_for(std::ssize(tasks), threads_, [&](int64_t t) {
    stop_if_interrupted();
    const auto& task = tasks[static_cast<size_t>(t)];
    refit_some(*solver, *solver->refit(task.candidate), task.columns, result);
  });
  return result;
}

void SplitSearch::refit_some(const Solver& solver, const Refit& fit, const std::vector<int64_t>& columns,
                             Refitted& result) const {
  const Rows test(split_.outer.test);
  for (const auto& range : blocks_of(std::ssize(columns), widths_.refitted)) {
    const auto own = index_tensor({columns.begin() + range.begin, columns.begin() + range.end});
    const RidgeProblem part{.bands = {}, .responses = problem_.responses.columns(own)};
    const auto train = training_responses(part, split_, {0, range.size()}, options_, design_.device());
    const auto all = at::arange(range.size(), at::TensorOptions(design_.device()).dtype(at::kLong));
    auto bands = fit.predict(solver.block(train.values, false), all).to(at::kDouble);
    bands = bands.mul_(train.scaling.deviation).cpu();
    const auto mean = train.scaling.mean.cpu().expand({test.count(), range.size()});
    const auto predictions = bands.sum(0) + mean, responses = test.of(part.responses.whole());
    const auto sums = pair_sums(responses, predictions);
    for (auto moment : {&PairSums::mean_a, &PairSums::mean_b, &PairSums::aa, &PairSums::bb, &PairSums::ab})
      (result.sums.*moment).index_copy_(0, own, sums.*moment);
    const auto parts = part_sums(responses, at::cat({mean.unsqueeze(0), bands}, 0));
    result.parts.means.index_copy_(1, own, parts.means);
    result.parts.products.index_copy_(2, own, parts.products);
    if (result.predictions.defined()) result.predictions.index_copy_(1, own, predictions);
  }
}

}  // namespace arcuate::ridge
