#include "analysis/forecast_windows.h"

#include <ATen/ATen.h>

#include "core/error.h"
#include "core/random.h"
#include "core/tensor.h"
#include "encode/delays.h"
#include "encode/pca.h"

namespace arcuate {

using at::Tensor;

namespace {

struct Scaling {
  Tensor mean, deviation;
  Tensor apply(const Tensor& states) const { return (states.to(at::kDouble) - mean) / deviation; }
};

Scaling fit_scaling(const Tensor& states, const Tensor& rows, bool scale) {
  const auto train = states.index_select(0, rows).to(at::kDouble);
  Scaling scaling{train.mean(0, true), at::ones({1, train.size(1)}, at::kDouble)};
  if (!scale) return scaling;
  const auto deviation = (train - scaling.mean).square().mean(0, true).sqrt();
  // What rounding leaves of a constant feature is no variance.
  scaling.deviation = at::where(deviation > 1e-12 * train.abs().amax(0, true), deviation, scaling.deviation);
  return scaling;
}

Tensor training_rows(const std::vector<bool>& training) {
  std::vector<int64_t> rows;
  for (size_t n = 0; n < training.size(); ++n)
    if (training[n]) rows.push_back(static_cast<int64_t>(n));
  if (rows.size() < 2) bad_input("{} words lie in training volumes: at least 2 are needed", rows.size());
  return index_tensor(rows);
}

// Words n whose window, which reaches from n + first to n + last, lies in the story and holds training words only.
Tensor whole_windows(const std::vector<bool>& training, std::span<const RowRange> stories, int64_t first,
                     int64_t last) {
  std::vector<int64_t> rows;
  for (const auto& story : stories)
    for (int64_t n = story.begin; n < story.end; ++n) {
      bool whole = n + first >= story.begin && n + last < story.end;
      for (int64_t m = n + first; whole && m <= n + last; ++m) whole = training[static_cast<size_t>(m)];
      if (whole) rows.push_back(n);
    }
  return index_tensor(rows);
}

}  // namespace

Tensor words_ahead(const Tensor& states, int64_t offset, std::span<const RowRange> stories) {
  const std::vector<int64_t> shift{-offset};
  return delayed(states.flatten(1), shift, stories).view(states.sizes());
}

Tensor random_words(std::span<const RowRange> stories, int64_t window, uint64_t seed) {
  Random random(derive_seed(seed, "random windows"));
  std::vector<int64_t> words;
  for (const auto& story : stories)
    for (int64_t i = 0; i < story.size() * window; ++i)
      words.push_back(story.begin + static_cast<int64_t>(random.below(static_cast<uint64_t>(story.size()))));
  return index_tensor(words).view({-1, window});
}

ReducedWords::ReducedWords(const WordSeries& words, const std::vector<bool>& training, const WindowOptions& options)
    : stories_(words.stories), options_(options) {
  const auto rows = training_rows(training);
  const auto source = words.ahead.defined() ? words.ahead : words.present;
  const auto scaling = fit_scaling(words.present, rows, options.scale);
  const auto source_scaling = fit_scaling(source, rows, options.scale);
  past_ = scaling.apply(words.present);
  ahead_ = source_scaling.apply(source);
  if (words.continued.defined()) continued_ = source_scaling.apply(words.continued);
  present_ = past_;
  if (options.components == 0) return;
  within("in the PCA of the present words",
         [&] { present_ = pca_scores(fit_pca(past_.index_select(0, rows), options.components), past_); });
  // A window of each story, or of continuations alone, at the distance where it first holds nothing else.
  const int64_t w = options.window, distance = continued_.defined() ? w : 0;
  const auto whole = whole_windows(training, stories_, distance - w + 1, distance);
  std::vector<Tensor> places;
  for (int64_t place = 0; place < w; ++place)
    places.push_back(slot_ahead(distance - w + 1 + place, place).index_select(0, whole));
  within("in the PCA of the windows, whose words must all lie in training volumes", [&] {
    const auto pca = fit_pca(at::cat(places, 1), options.components);
    components_ = pca.components;
    offset_ = -pca.mean.mm(components_.t());
  });
}

// What the words in one place of the windows add to the scores; the words themselves before there are components.
Tensor ReducedWords::slot(const Tensor& states, int64_t place) const {
  if (!components_.defined()) return states;
  const int64_t width = states.size(1);
  return states.mm(components_.slice(1, place * width, (place + 1) * width).t());
}

Tensor ReducedWords::slot_ahead(int64_t offset, int64_t place) const {
  if (!continued_.defined()) return words_ahead(slot(ahead_, place), offset, stories_);
  if (offset <= 0) return words_ahead(slot(past_, place), offset, stories_);
  if (offset > continued_.size(1))
    bad_usage("a window reaches {} words ahead; the continuations have {}", offset, continued_.size(1));
  // Words that would lie behind the story's end are no words: 0 like those of words_ahead.
  const auto inside = words_ahead(at::ones({ahead_.size(0), 1}, at::kDouble), offset, stories_);
  return slot(continued_.select(1, offset - 1), place) * inside;
}

Tensor ReducedWords::joined(const std::vector<Tensor>& slots) const {
  if (!components_.defined()) return at::cat(slots, 1);
  return at::stack(slots).sum(0) + offset_;
}

Tensor ReducedWords::window_ahead(int64_t distance) const {
  std::vector<Tensor> slots;
  for (int64_t place = 0; place < options_.window; ++place)
    slots.push_back(slot_ahead(distance - options_.window + 1 + place, place));
  return joined(slots);
}

Tensor ReducedWords::random_window(uint64_t seed) const {
  const auto words = random_words(stories_, options_.window, seed);
  std::vector<Tensor> slots;
  for (int64_t place = 0; place < options_.window; ++place)
    slots.push_back(slot(ahead_, place).index_select(0, words.select(1, place)));
  return joined(slots);
}

Tensor ReducedWords::window(const FutureWindow& which) const {
  if (which.kind == Future::random) return random_window(which.seed);
  const auto windows = window_ahead(which.distance);
  if (which.kind == Future::ahead) return windows;
  Random random(derive_seed(which.seed, "shuffled windows"));
  std::vector<int64_t> order;
  for (const auto& story : stories_)
    for (const int64_t word : random.permutation(story.size())) order.push_back(story.begin + word);
  return windows.index_select(0, index_tensor(order));
}

}  // namespace arcuate
