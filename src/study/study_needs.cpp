#include "study/study_needs.h"

#include <algorithm>
#include <numeric>

#include "core/memory.h"
#include "io/npy.h"
#include "model/checkpoint.h"

namespace arcuate {
namespace {

// The largest of a unit's arrays, and what they come to.
class Arrays {
 public:
  void add(const std::string& name, double count, int64_t item) {
    const auto bytes = static_cast<int64_t>(count * static_cast<double>(item));
    (bytes > largest_reused_block ? needs_.large : needs_.small) += bytes;
    if (bytes <= needs_.largest_bytes) return;
    needs_.largest_bytes = bytes;
    needs_.largest = name;
  }
  void add_of_a_thread(double count, int64_t item) {
    needs_.of_a_thread += static_cast<int64_t>(count * static_cast<double>(item));
  }
  UnitNeeds needs() const { return needs_; }

 private:
  UnitNeeds needs_{};
};

double real(int64_t value) { return static_cast<double>(value); }

// How many words a model reads for each word of the text.
double words_read(const ContextOptions& context, double words) {
  switch (context.kind) {
    case ContextKind::fixed:
      return std::min(real(context.words), words);
    case ContextKind::grow:
      if (real(context.words) >= words) return 1;
      return real(context.words) / std::max(1.0, real(context.words - context.keep));
    case ContextKind::full:
      return 1;
  }
  return 1;
}

int64_t subject_count(const EncodingPlan& plan) { return std::ssize(plan.responses.subjects); }

}  // namespace

UnitNeeds extraction_needs(const Study& study, const FeatureSpace& space, int64_t words) {
  constexpr double tokens_per_word = 1.3, tokens_per_batch = 4096;
  const auto spec = read_spec(space.model->path);
  const int64_t item = study.precision == at::kDouble ? 8 : 4;
  const double weights = count_weights(spec), layers = real(std::ssize(space.layers)), width = real(spec.block.width);
  const double states = layers * real(words) * width;
  const double tokens = tokens_per_word * words_read(space.model->context, real(words)) * real(words);
  const double batch = std::min(tokens, tokens_per_batch);
  Arrays arrays;
  arrays.add(fmt::format("weights of {}", space.id), weights, item);
  arrays.add(fmt::format("states of {}: {} layers x {} words x {}", space.id, space.layers.size(), words,
                         spec.block.width),
             states, item);
  // What a batch takes on its way through a block, and the states of the wanted layers.
  arrays.add_of_a_thread(batch * (layers * width + 6 * width + 2 * real(spec.block.ffn_width)), item);
  auto needs = arrays.needs();
  needs.disk = static_cast<int64_t>(states) * item + words * 64;
  needs.work = std::max(1.0, tokens * weights);
  return needs;
}

int64_t feature_width(const FeatureSpace& space, const std::vector<TimedStory>& stories) {
  if (space.model) return read_spec(space.model->path).block.width;
  if (space.feature->kind == "word_rate") return 1;
  if (space.feature->kind == "random") return space.feature->width;
  if (stories.empty()) return 1;
  const auto shape = npy_shape(feature_file(*space.feature, stories.front().stimulus->name));
  return shape.size() == 2 ? shape[1] : 1;
}

UnitNeeds encoding_needs(const EncodingPlan& plan, const std::vector<int64_t>& widths, int64_t columns) {
  const auto& study = plan.study;
  const double rows = real(plan.responses.matrix.size(0)), all = real(plan.responses.matrix.size(1));
  const double block = std::min(real(columns), all);
  const double features =
      real(std::accumulate(widths.begin(), widths.end(), int64_t{0}) * std::ssize(study.align.delays));
  const double side = std::min(rows, features), draws = real(std::ssize(plan.shifts));
  const bool increments = widths.size() > 1;
  const double models = increments ? 2 : 1, folds = real(std::ssize(plan.splits));
  const double inner = real(study.encode.inner_folds);
  const int64_t item = study.encode.ridge.type == at::kDouble ? 8 : 4;
  Arrays arrays;
  arrays.add(fmt::format("design: {} x {}", rows, features), 2 * rows * features, 8);
  arrays.add(fmt::format("centred design: {} x {}", rows, features), 2 * rows * features, item);
  arrays.add_of_a_thread(3 * side * side, 8);  // a decomposition
  for (int m = 0; m < static_cast<int>(models); ++m)
    arrays.add(fmt::format("held-out predictions: {} x {}", rows, block), rows * block, 8);
  arrays.add("predictions to be written", rows * block, 4);
  if (increments) arrays.add("predictions of the controls", rows * block, 4);
  arrays.add_of_a_thread(3 * draws * std::min(block, 1024.0), 8);  // a block of a null distribution
  auto needs = arrays.needs();
  needs.disk = static_cast<int64_t>(rows * all * 4 + all * 8 * (3 + 2 * (increments ? 1 : 0) + 2 * folds) +
                                    2 * draws * real(subject_count(plan)) * 8);
  needs.work = folds * inner * (rows * features * side + 10 * side * side * side) +
               all * (folds * (inner + 1) * rows * side + 3 * models * draws * rows);
  return needs;
}

UnitNeeds result_needs(const EncodingPlan& plan, const std::vector<FeatureSpace>& spaces) {
  const double columns = real(plan.responses.matrix.size(1)), folds = real(std::ssize(plan.splits));
  double layers = 0, most = 0;
  for (const auto& space : spaces) {
    layers += real(std::ssize(space.layers));
    most = std::max(most, real(std::ssize(space.layers)));
  }
  Arrays arrays;
  arrays.add(fmt::format("scores of {} layers at {} columns", layers, columns),
             layers * columns * (plan.control_design.defined() ? 6 + 2 * folds : 4 + 2 * folds), 8);
  arrays.add("choice of layers", 2 * most * folds * columns, 8);
  return arrays.needs();
}

}  // namespace arcuate
