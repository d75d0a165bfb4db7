#include "study/encoding_scores.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "core/interrupt.h"
#include "core/parallel.h"
#include "stats/permutation.h"
#include "stats/swap.h"

namespace arcuate {

using at::Tensor;

namespace {

// The models of one space: alone, and together with the controls. The scale of the control band is told relative to the
// bands' sizes, so that at 1 both carry the same total variance when features are standardised.
std::vector<RidgeModel> models_of(const EncodingPlan& plan, const std::vector<Tensor>& bands) {
  if (bands.size() == 1) return {{.scales = {{1.0}}}};
  const double even = static_cast<double>(bands[1].size(1)) / static_cast<double>(bands[0].size(1));
  std::vector<RidgeModel> models{{.scales = {{0.0, 1.0}}}, {.scales = {}}};
  for (double scale : plan.study.controls.scales) models[1].scales.push_back({scale * even, 1.0});
  return models;
}

// Predictions are those of scored rows.
std::vector<RidgeResult> fit(const EncodingPlan& plan, const std::vector<Tensor>& bands, const RowRange& columns,
                             const Compute& compute) {
  auto results = ridge_cross_validated({.bands = bands,
                                        .responses = plan.responses.matrix.slice(columns),
                                        .of_targets = plan.responses.matrix.targets()},
                                       models_of(plan, bands), plan.splits, plan.study.encode.ridge, compute);
  const auto& scored = plan.responses.scored;
  for (auto& result : results) result.predictions = result.predictions.slice(0, scored.begin, scored.end);
  return results;
}

// Number of each subject's good targets: S.
Tensor good_targets(const Responses& responses) {
  auto counts = at::zeros({static_cast<int64_t>(responses.subjects.size())}, at::kDouble);
  for (size_t c = 0; c < responses.flags.size(); ++c)
    if (responses.flags[c] == Flag::ok)
      counts.data_ptr<double>()[static_cast<int64_t>(c) / responses.target_count()] += 1;
  return counts;
}

// Sums over the good targets of each subject among the columns first, first + 1, …: … x columns -> … x S.
Tensor subject_sums(const Tensor& values, const Responses& responses, int64_t first) {
  const int64_t targets = responses.target_count(), columns = values.size(-1);
  auto membership = at::zeros({columns, static_cast<int64_t>(responses.subjects.size())}, at::kDouble);
  for (int64_t c = 0; c < columns; ++c)
    if (responses.flags[static_cast<size_t>(first + c)] == Flag::ok)
      membership.data_ptr<double>()[c * membership.size(1) + (first + c) / targets] = 1;
  return at::matmul(at::nan_to_num(values.to(at::kDouble)), membership);
}

// Columns that are flagged get no number anywhere.
Tensor hide_bad(const Tensor& values, const Responses& responses) {
  auto shown = values.clone();
  for (size_t c = 0; c < responses.flags.size(); ++c)
    if (responses.flags[c] != Flag::ok)
      shown.select(-1, static_cast<int64_t>(c)).fill_(std::numeric_limits<double>::quiet_NaN());
  return shown;
}

// Ranges of `columns` of so many each.
std::vector<RowRange> cut(const RowRange& columns, int64_t width) {
  std::vector<RowRange> blocks;
  for (int64_t first = columns.begin; first < columns.end; first += width)
    blocks.push_back({first, std::min(first + width, columns.end)});
  return blocks;
}

// Of columns that fit the processor's cache; the same ones wherever a part of all columns begins.
std::vector<RowRange> small_blocks(const RowRange& columns) { return cut(columns, targets_of_a_part / 2); }

// Scores of some columns, and of each subject's mean over them what its null distribution is made from.
struct ColumnScores {
  Tensor r{}, r2{}, p{};  // b
  Tensor story_r{};       // scored stories x b; undefined without test stories
  Tensor subject_null{};  // draws x S: sums over the good targets among the columns
};

// All columns', from block after block: sums have the same order however many are encoded at once.
ColumnScores joined(const std::vector<ColumnScores>& blocks) {
  const auto all = [&](Tensor ColumnScores::* part) {
    std::vector<Tensor> parts;
    for (const auto& block : blocks) parts.push_back(block.*part);
    return parts.front().defined() ? at::cat(parts, -1) : Tensor();
  };
  ColumnScores result{.r = all(&ColumnScores::r),
                      .r2 = all(&ColumnScores::r2),
                      .p = all(&ColumnScores::p),
                      .story_r = all(&ColumnScores::story_r),
                      .subject_null = blocks.front().subject_null};
  for (size_t b = 1; b < blocks.size(); ++b) result.subject_null = result.subject_null + blocks[b].subject_null;
  return result;
}

// score_of(block) fills in r and r2 of a block of the range; null_of(block) gives its draws x columns, of which only p
// of every column and the sums are kept: all of it would be too large.
std::vector<ColumnScores> score_columns(const EncodingPlan& plan, const RowRange& columns, const Compute& compute,
                                        const std::function<ColumnScores(const RowRange&)>& score_of,
                                        const std::function<Tensor(const RowRange&)>& null_of) {
  const auto blocks = small_blocks(columns);
  std::vector<ColumnScores> scores(blocks.size());
  parallel_for(static_cast<int64_t>(blocks.size()), compute.threads, [&](int64_t b) {
    stop_if_interrupted();
    const auto& block = blocks[static_cast<size_t>(b)];
    auto& own = scores[static_cast<size_t>(b)];
    own = score_of(block);
    const auto null = null_of(block);
    own.p = permutation_p(own.r, null);
    own.subject_null = subject_sums(null, plan.responses, block.begin);
  });
  return scores;
}

// A prediction without variance predicts nothing: its r is 0, not absent, so that means over targets are fair.
Tensor scored_r(const Tensor& responses, const Tensor& predictions) {
  return at::nan_to_num(pearson(responses, predictions));
}

// r within each of the test stories: stories x b.
Tensor scores_by_story(const EncodingPlan& plan, const Tensor& responses, const Tensor& predictions) {
  if (plan.study.encode.test.empty()) return {};
  std::vector<Tensor> r;
  for (const auto& story : plan.responses.scored_stories()) {
    const auto within_story = [&](const Tensor& rows) { return rows.slice(0, story.begin, story.end); };
    r.push_back(scored_r(within_story(responses), within_story(predictions)));
  }
  return at::stack(r);
}

// r of every draw when the space's rows are shifted and everything is fitted anew: draws x b.
Tensor refit_null(const EncodingPlan& plan, const Tensor& design, const RowRange& columns, const Compute& compute) {
  const auto lengths = plan.responses.story_lengths();
  std::vector<Tensor> draws;
  for (const auto& shift : plan.shifts) {
    stop_if_interrupted();
    const auto predictions = fit(plan, {shifted(design, lengths, shift)}, columns, compute).front().predictions;
    draws.push_back(scored_r(plan.responses.scored_columns(columns), predictions));
  }
  return at::stack(draws);
}

// Predictions of the columns from columns.begin on, as one range of them.
struct PredictedColumns {
  const Tensor& predictions;
  int64_t first = 0;
  Tensor of(const RowRange& block) const { return predictions.slice(1, block.begin - first, block.end - first); }
};

std::vector<ColumnScores> score_alone(const EncodingPlan& plan, const Tensor& design, const RidgeResult& result,
                                      const RowRange& columns, const Compute& compute) {
  const auto& responses = plan.responses;
  const PredictedColumns predicted{result.predictions, columns.begin};
  const Tensor refitted = plan.study.permutation.refit ? refit_null(plan, design, columns, compute) : Tensor();
  return score_columns(
      plan, columns, compute,
      [&](const RowRange& block) {
        const auto y = responses.scored_columns(block), own = predicted.of(block);
        const auto sums = pair_sums(y, own);
        return ColumnScores{
            .r = at::nan_to_num(pearson(sums)), .r2 = r_squared(sums), .story_r = scores_by_story(plan, y, own)};
      },
      [&](const RowRange& block) {
        if (refitted.defined()) return refitted.slice(1, block.begin - columns.begin, block.end - columns.begin);
        return at::nan_to_num(
            shift_null(responses.scored_columns(block), predicted.of(block), responses.scored_lengths(), plan.shifts));
      });
}

// The joint model against the controls alone, on the same held-out rows: r is the increment.
std::vector<ColumnScores> score_increment(const EncodingPlan& plan, const RidgeResult& joint, const RowRange& columns,
                                          const Compute& compute) {
  const auto& responses = plan.responses;
  const auto controls = encoding_file(plan.work, controls_id, "0");
  const auto alone = read_predictions(controls, columns.begin, columns.size());
  const auto alone_r = at::nan_to_num(Hdf5Reader(controls).read("r"));
  const PredictedColumns predicted{joint.predictions, columns.begin}, of_controls{alone, columns.begin};
  const SwapOptions swaps{
      .count = plan.study.permutation.count, .block = plan.study.min_shift(), .seed = plan.study.seed};
  return score_columns(
      plan, columns, compute,
      [&](const RowRange& block) {
        return ColumnScores{.r = scored_r(responses.scored_columns(block), predicted.of(block)) -
                                 alone_r.slice(0, block.begin, block.end)};
      },
      [&](const RowRange& block) {
        return swap_null(responses.scored_columns(block), predicted.of(block), of_controls.of(block),
                         responses.scored_lengths(), swaps);
      });
}

// Columns that are encoded together. A penalty that all share is chosen by all.
std::vector<RowRange> encoded_blocks(const EncodingPlan& plan) {
  const RowRange all{0, plan.responses.matrix.targets()};
  return cut(all, plan.study.encode.ridge.penalty_mode == PenaltyMode::per_target ? plan.columns : all.size());
}

void write_scores(const EncodingPlan& plan, const ColumnScores& alone, const ColumnScores& increment,
                  Hdf5Writer& file) {
  const auto write = [&](const char* name, const Tensor& values) {
    file.write(name, hide_bad(values, plan.responses));
  };
  const auto counts = good_targets(plan.responses);
  write("r", alone.r);
  write("r2", alone.r2);
  write("p", alone.p);
  if (alone.story_r.defined()) write("story_r", alone.story_r);
  file.write("subject_null", alone.subject_null / counts);
  if (!increment.r.defined()) return;
  write("increment", increment.r);
  write("increment_p", increment.p);
  file.write("increment_null", increment.subject_null / counts);
}

}  // namespace

void score_space(const EncodingPlan& plan, const std::vector<Tensor>& bands, const Compute& compute, Hdf5Writer& file) {
  std::vector<ColumnScores> alone, increment;
  std::vector<Tensor> penalties, inner_scores;
  const auto add = [](std::vector<ColumnScores>& all, const std::vector<ColumnScores>& more) {
    all.insert(all.end(), more.begin(), more.end());
  };
  for (const auto& columns : encoded_blocks(plan)) {
    const auto results = fit(plan, bands, columns, compute);
    add(alone, score_alone(plan, bands.back(), results[0], columns, compute));
    if (results.size() > 1) add(increment, score_increment(plan, results[1], columns, compute));
    file.write_columns("predictions", plan.responses.matrix.targets(), columns.begin,
                       results[0].predictions.to(at::kFloat));
    penalties.push_back(results[0].penalties);
    inner_scores.push_back(results[0].inner_scores);
  }
  file.write("penalties", hide_bad(at::cat(penalties, 1), plan.responses));
  file.write("inner_scores", hide_bad(at::cat(inner_scores, 1), plan.responses));
  write_scores(plan, joined(alone), increment.empty() ? ColumnScores() : joined(increment), file);
}

Tensor subject_means(const Tensor& values, const Responses& responses) {
  return subject_sums(values, responses, 0) / good_targets(responses);
}

}  // namespace arcuate
