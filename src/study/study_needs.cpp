#include "study/study_needs.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/family.h"
#include "study/feature_kinds.h"
#include "study/unit_arrays.h"

namespace arcuate {
namespace {

double real(int64_t value) { return static_cast<double>(value); }

int64_t subject_count(const EncodingPlan& plan) { return std::ssize(plan.responses.subjects); }

}  // namespace

UnitNeeds forecast_needs(const EncodingPlan& plan, const FeatureSpace& space, int64_t words, int64_t ahead,
                         int64_t distances) {
  const double width = real(spec_of(space).block.width);
  UnitArrays arrays;
  // On their way into a syntactic and a semantic part, and as reduced by each fold's training words.
  for (int64_t copy = 0; copy < 6 + std::ssize(plan.splits); ++copy)
    arrays.add("states of words ahead", real(words * ahead) * width, 8);
  arrays.add(fmt::format("scores of {} distances", distances), 6 * real(distances * plan.responses.matrix.targets()),
             8);
  // Responses, predictions and the null of swaps of a block of targets.
  const double block =
      std::min(real(subject_count(plan) > 1 ? plan.columns : targets_of_a_part), real(plan.responses.matrix.targets()));
  arrays.add("responses of a block", real(plan.responses.matrix.rows()) * block, 8);
  arrays.add_of_a_thread((6 * real(plan.responses.matrix.rows()) + 3 * real(plan.study.permutation.count)) *
                             std::min(block, real(targets_of_a_part)),
                         8);
  return arrays.needs();
}

int64_t feature_width(const FeatureSpace& space, const std::vector<TimedStory>& stories) {
  if (space.model) return spec_of(space).block.width;
  return stories.empty() ? 1 : feature_kind(space.feature->kind).width(space, stories.front());
}

UnitNeeds encoding_needs(const EncodingPlan& plan, const std::vector<int64_t>& widths, int64_t columns,
                         int64_t delays) {
  const auto& study = plan.study;
  const double rows = real(plan.responses.matrix.rows()), all = real(plan.responses.matrix.targets());
  const bool together = study.encode.ridge.penalty_mode != PenaltyMode::per_target;
  const double block = together ? all : std::min(real(columns), all);
  const double features = real(std::accumulate(widths.begin(), widths.end(), int64_t{0}) *
                               (delays > 0 ? delays : std::ssize(study.align.delays)));
  const bool increments = widths.size() > 1;
  const double side = std::min(rows, features), shifts = real(std::ssize(plan.shifts));
  const double draws = increments ? std::max(shifts, real(study.permutation.count)) : shifts;
  const double models = increments ? 2 : 1, folds = real(std::ssize(plan.splits));
  const double inner = real(study.encode.inner_folds);
  const int64_t item = study.encode.ridge.type == at::kDouble ? 8 : 4;
  UnitArrays arrays;
  arrays.add(fmt::format("design: {} x {}", rows, features), 2 * rows * features, 8);
  arrays.add(fmt::format("centred design: {} x {}", rows, features), 2 * rows * features, item);
  arrays.add_of_a_thread(3 * side * side, 8);  // a decomposition
  for (int m = 0; m < static_cast<int>(models); ++m)
    arrays.add(fmt::format("held-out predictions: {} x {}", rows, block), rows * block, 8);
  arrays.add("predictions to be written", rows * block, 4);
  if (increments) arrays.add("predictions of the controls", rows * block, 4);
  arrays.add_of_a_thread(3 * draws * std::min(block, 1024.0), 8);  // a block of a null distribution
  if (study.permutation.refit) arrays.add("null distribution of refitted models", 2 * draws * block, 8);
  auto needs = arrays.needs();
  needs.disk = static_cast<int64_t>(real(plan.responses.scored.size()) * all * 4 +
                                    all * 8 * (3 + 2 * (increments ? 1 : 0) + 2 * folds) +
                                    2 * draws * real(subject_count(plan)) * 8);
  needs.work = folds * inner * (rows * features * side + 10 * side * side * side) +
               all * (folds * (inner + 1) * rows * side + 3 * models * draws * rows);
  if (study.permutation.refit) needs.work *= 1 + draws;
  return needs;
}

int64_t fitting_columns(const EncodingPlan& plan, const std::vector<FeatureSpace>& spaces, int64_t bytes, int threads) {
  const int64_t least = encode_columns(1);
  int64_t width = 1;
  for (const auto& space : spaces) width = std::max(width, feature_width(space, plan.stories));
  std::vector<int64_t> widths{width};
  if (plan.control_design.defined()) widths.insert(widths.begin(), 1);
  int64_t columns = encode_columns(std::min(plan.study.encode.columns, plan.responses.matrix.targets() + least - 1));
  const auto taken = [&] {
    const auto needs = encoding_needs(plan, widths, columns);
    return needs.memory + threads * needs.of_a_thread;
  };
  while (columns > least && taken() > bytes) columns = encode_columns(columns / 2);
  return columns;
}

UnitNeeds result_needs(const EncodingPlan& plan, const std::vector<FeatureSpace>& spaces) {
  const double columns = real(plan.responses.matrix.targets()), folds = real(std::ssize(plan.splits));
  double models = 0, most = 0;
  for (const auto& space : spaces) {
    if (space.training == Training::trained) ++models;
    most = std::max(most, real(std::ssize(space.layers)));
  }
  UnitArrays arrays;
  arrays.add(fmt::format("scores of a layer at {} columns", columns), 2 * columns * (5 + 2 * folds), 8);
  arrays.add(fmt::format("headlines of {} models at {} columns", models, columns), models * columns * 4, 8);
  // Of one subject, whose predictions are put together from several layers: shifted in all ways, as spectra.
  const double targets = real(plan.responses.target_count()), rows = real(plan.responses.matrix.rows());
  arrays.add("choice of a subject's layers", 2 * most * folds * targets, 8);
  if (most > 1)
    arrays.add("null distribution of a subject", (3 * real(std::ssize(plan.shifts)) + 6 * rows) * targets, 8);
  return arrays.needs();
}

}  // namespace arcuate
