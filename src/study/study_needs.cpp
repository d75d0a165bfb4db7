#include "study/study_needs.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "io/sound_file.h"
#include "model/checkpoint.h"
#include "model/sound_input.h"
#include "model/sound_stem.h"
#include "study/feature_kinds.h"

namespace arcuate {
namespace {

// The largest of a unit's arrays, and what they come to.
class Arrays {
 public:
  void add(const std::string& name, double count, int64_t item) {
    const auto bytes = static_cast<int64_t>(count * static_cast<double>(item));
    needs_.memory += bytes;
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

constexpr double tokens_per_word = 1.3, tokens_per_batch = 4096;

// How many words a model reads for each word of the text.
double words_read(const ContextOptions& context, double words, bool causal) {
  if (!causal && context.kind != ContextKind::tokens)
    return context.kind == ContextKind::full ? words / 2 : std::min(real(context.words), words);
  switch (context.kind) {
    case ContextKind::fixed:
    case ContextKind::centred:
      return std::min(real(context.words), words);
    case ContextKind::grow:
      if (real(context.words) >= words) return 1;
      return real(context.words) / std::max(1.0, real(context.words - context.keep));
    case ContextKind::full:
      return 1;
    case ContextKind::tokens:
      return std::min(real(context.tokens) / tokens_per_word, words);
  }
  return 1;
}

// Of one thread that takes a batch of sequences of `length` tokens through a model: what is wanted of them, what lies
// on the way through a block, and the weights of attention.
double batch_values(const ModelSpec& spec, double tokens, double length, double wanted_widths) {
  const double width = real(spec.block.width), longest = std::min(length, real(spec.max_tokens));
  const double batch = std::max(std::min(tokens, tokens_per_batch), longest);
  return batch * (wanted_widths + 6 * width + 2 * real(spec.block.ffn_width) + 3 * real(spec.block.heads) * longest);
}

int64_t item_of(const Study& study) { return study.precision == at::kDouble ? 8 : 4; }

double context_tokens(const ContextOptions& context, double words) {
  if (context.kind == ContextKind::tokens) return std::min(real(context.tokens), tokens_per_word * words);
  return tokens_per_word * (context.kind == ContextKind::full ? words : std::min(real(context.words), words));
}

int64_t subject_count(const EncodingPlan& plan) { return std::ssize(plan.responses.subjects); }

}  // namespace

UnitNeeds extraction_needs(const Study& study, const FeatureSpace& space, int64_t words) {
  const auto spec = read_spec(space.model->path);
  const int64_t item = item_of(study), width = spec.block.width;  // of feed-forward units too
  const double weights = count_weights(spec), widths = real(std::ssize(space.layers) * width);
  const double tokens =
      tokens_per_word * words_read(space.model->context, real(words), spec.block.causal) * real(words);
  Arrays arrays;
  arrays.add(fmt::format("weights of {}", space.id), weights, item);
  arrays.add(fmt::format("states of {}: {} layers x {} words x {}", space.id, space.layers.size(), words, width),
             widths * real(words), item);
  arrays.add_of_a_thread(batch_values(spec, tokens, context_tokens(space.model->context, real(words)), widths), item);
  auto needs = arrays.needs();
  needs.disk = static_cast<int64_t>(widths) * words * item + words * 64;
  needs.work = std::max(1.0, tokens * weights);
  return needs;
}

UnitNeeds hearing_needs(const Study& study, const FeatureSpace& space, const std::filesystem::path& sound) {
  const auto spec = read_spec(space.model->path);
  const auto input = read_sound_input(space.model->path, spec);
  const double seconds = sound_file_seconds(sound), window = std::min(space.model->sound_window, seconds);
  const double windows = std::floor(seconds / space.model->sound_stride), rate = real(input.rate);
  const double frames = real(sound_frames(input, *spec.sound, static_cast<int64_t>(window * rate)).count);
  const double weights = count_weights(spec), widths = real(std::ssize(space.layers) * spec.block.width);
  const int64_t item = item_of(study);
  Arrays arrays;
  arrays.add(fmt::format("weights of {}", space.id), weights, item);
  arrays.add("samples of the recording", seconds * rate * 3, 4);
  arrays.add(fmt::format("states of {}: {} layers x {} windows x {}", space.id, space.layers.size(), windows,
                         spec.block.width),
             widths * windows, item);
  arrays.add_of_a_thread(
      batch_values(spec, windows * frames, frames, widths) + real(stem_work(*spec.sound, static_cast<int64_t>(frames))),
      item);
  auto needs = arrays.needs();
  needs.disk = static_cast<int64_t>(widths * windows) * item;
  needs.work = std::max(1.0, windows * frames * weights);
  return needs;
}

UnitNeeds twin_needs(const Study& study, const FeatureSpace& space, int64_t words, int64_t texts, int64_t ahead) {
  const auto spec = read_spec(space.model->path);
  const double width = real(spec.block.width), states = real(words * std::max<int64_t>(ahead, 1)) * width;
  const double length = context_tokens(space.model->context, real(words)) + tokens_per_word * real(ahead);
  const double tokens =
      ahead > 0 ? real(words) * length
                : tokens_per_word * words_read(space.model->context, real(words), spec.block.causal) * real(words);
  Arrays arrays;
  arrays.add("states of words ahead", 3 * states, item_of(study));
  arrays.add("tokens of all passes", tokens, 8);
  arrays.add_of_a_thread(batch_values(spec, tokens, length, width), item_of(study));
  auto needs = arrays.needs();
  needs.disk = static_cast<int64_t>(states) * 4;
  needs.work = std::max(1.0, real(texts) * tokens * count_weights(spec));
  return needs;
}

UnitNeeds forecast_needs(const EncodingPlan& plan, const FeatureSpace& space, int64_t words, int64_t ahead,
                         int64_t distances) {
  const double width = real(read_spec(space.model->path).block.width);
  Arrays arrays;
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

UnitNeeds prediction_needs(const EncodingPlan& plan, int64_t count, int64_t columns) {
  const int64_t rows = plan.responses.matrix.rows();
  Arrays arrays;
  for (int64_t i = 0; i < count; ++i)
    arrays.add(fmt::format("predictions: {} x {}", rows, columns), real(rows * columns), 8);
  return arrays.needs();
}

int64_t feature_width(const FeatureSpace& space, const std::vector<TimedStory>& stories) {
  if (space.model) return read_spec(space.model->path).block.width;
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
  Arrays arrays;
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
  Arrays arrays;
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
