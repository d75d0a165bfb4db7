#include "model/extract.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

#include "core/error.h"

namespace arcuate {
namespace {

PassOptions pass_options(const Model& model, const ExtractOptions& options) {
  return {.layers = options.layers.empty() ? all_layers(model.spec().layers, options.units) : options.layers,
          .units = options.units,
          .tokens_per_batch = options.tokens_per_batch};
}

std::vector<Window> windows_of(const PassText& text, const Model& model, const ExtractOptions& options) {
  const auto& spec = model.spec();
  if (spec.block.causal && options.context.kind == ContextKind::centred)
    bad_usage("the context {} needs a model that sees both sides; {} sees the words before: ask for the last {}",
              context_text(options.context), spec.family, options.context.words / 2 + 1);
  std::vector<int64_t> counts;
  for (const auto& ids : text.words) counts.push_back(std::ssize(ids));
  const int64_t special = text.special.count();
  const auto windows = context_windows(counts, options.context, spec.max_tokens, special);
  return passes_of_their_own(windows, counts, causal_tokens(spec), special);
}

}  // namespace

StoryPasses story_passes(const Model& model, const Tokenizer& tokenizer, std::span<const std::vector<int64_t>> tokens,
                         const ExtractOptions& options) {
  const PassText text{.words = {tokens.begin(), tokens.end()},
                      .special = special_tokens(tokenizer, options.start_token, model.spec()),
                      .pooling = options.pooling};
  StoryPasses story;
  for (const auto& window : windows_of(text, model, options)) {
    story.passes.push_back(window_pass(window, text, window.wanted));
    story.cut += window.cut ? 1 : 0;
  }
  return story;
}

// A row for every word from those of words with tokens, … x rows x width.
static at::Tensor states_of_words(const at::Tensor& states, const std::vector<int64_t>& places) {
  const auto row = at::tensor(places, at::kLong);
  return states.index_select(-2, row.clamp_min(0)) * (row >= 0).unsqueeze(1);
}

namespace {

// Words with tokens, and for every word the place among them of itself or the last such word before; -1 without one.
struct SpokenWords {
  explicit SpokenWords(std::vector<std::vector<int64_t>> all) : tokens(std::move(all)) {
    int64_t last = -1;
    for (const auto& word : tokens) {
      spoken.push_back(!word.empty());
      places.push_back(word.empty() ? last : ++last);
    }
    std::erase_if(tokens, [](const auto& word) { return word.empty(); });
  }
  bool all() const { return tokens.size() == places.size(); }

  std::vector<std::vector<int64_t>> tokens;
  std::vector<int64_t> places{};
  std::vector<int64_t> spoken{};  // 0 or 1
};

// Surprisal and entropy of words that no token has are NaN, states of words before the first that has one are 0.
void spread(const SpokenWords& words, Activations& made) {
  if (words.all()) return;
  made.states = states_of_words(made.states, words.places);
  if (!made.predictions.surprisal.defined()) return;
  const auto place = at::tensor(words.places, at::kLong).clamp_min(0),
             silent = at::tensor(words.spoken, at::kLong) == 0;
  for (auto* numbers : {&made.predictions.surprisal, &made.predictions.entropy})
    *numbers = numbers->index_select(0, place).masked_fill(silent, std::numeric_limits<double>::quiet_NaN());
}

Activations described(const StoryPasses& story, const PassOptions& wanted) {
  Activations made{.layers = wanted.layers, .units = wanted.units, .states = {}, .syntactic = {}};
  made.windows = std::ssize(story.passes);
  made.cut = story.cut;
  for (const auto& pass : story.passes) made.tokens += std::ssize(pass.ids);
  return made;
}

}  // namespace

StoryInput story_input(const Model& model, const Tokenizer& tokenizer, std::span<const std::string> words,
                       const ExtractOptions& options) {
  SpokenWords spoken(tokenize_words(tokenizer, words, options.untokenized));
  const auto passes = story_passes(model, tokenizer, spoken.tokens, options);
  const auto wanted = pass_options(model, options);
  StoryInput story{.made = described(passes, wanted),
                   .batches = batches_of(passes.passes, wanted.tokens_per_batch, causal_tokens(model.spec())),
                   .rows = std::ssize(spoken.tokens)};
  if (!spoken.all()) story.word_rows = std::move(spoken.places);
  return story;
}

at::Tensor word_states(const StoryInput& story, const at::Tensor& states) {
  return story.word_rows.empty() ? states : states_of_words(states, story.word_rows);
}

Activations extract(const Model& model, const Tokenizer& tokenizer, std::span<const std::string> words,
                    const ExtractOptions& options, const Compute& compute) {
  if (options.predictions) check_predicts(model, compute.threads);
  const SpokenWords spoken(tokenize_words(tokenizer, words, options.untokenized));
  auto story = story_passes(model, tokenizer, spoken.tokens, options);
  auto wanted = pass_options(model, options);
  const auto flat = flatten(spoken.tokens);
  if (options.predictions) {
    add_predicting(story.passes, flat);
    wanted.predicting_rows = std::ssize(flat.ids);
  }
  auto result = described(story, wanted);
  const auto states = run_passes(model, story.passes, std::ssize(spoken.tokens), wanted, compute);
  result.states = states.wanted;
  if (options.predictions) result.predictions = predictions_of(model, flat, story.passes, states.predicting, compute);
  spread(spoken, result);
  return result;
}

WordPredictions word_predictions(const Model& model, const Tokenizer& tokenizer, std::span<const std::string> words,
                                 const ExtractOptions& options, const Compute& compute) {
  auto last = options;
  last.layers = {model.spec().layers + 1};
  last.units = Units::residual;
  last.predictions = true;
  return extract(model, tokenizer, words, last, compute).predictions;
}

at::Tensor continued_states(const Model& model, const Tokenizer& tokenizer, std::span<const std::string> words,
                            std::span<const std::string> other, int64_t ahead, const ExtractOptions& options,
                            const Compute& compute) {
  if (ahead < 1) bad_usage("continuations of {} words; at least 1 is needed", ahead);
  const auto count = std::ssize(words);
  if (count != std::ssize(other))
    bad_input("a text of {} words continues one of {}: expected as many", other.size(), words.size());
  const auto tokens = tokenize_words(tokenizer, words), other_tokens = tokenize_words(tokenizer, other);
  PassText text{.special = special_tokens(tokenizer, options.start_token, model.spec()), .pooling = options.pooling};
  std::vector<Pass> passes;
  for (int64_t n = 0; n + 1 < count; ++n) {
    text.words.assign(tokens.begin(), tokens.begin() + n + 1);
    text.words.insert(text.words.end(), other_tokens.begin() + n + 1,
                      other_tokens.begin() + std::min(n + 1 + ahead, count));
    for (auto window : windows_of(text, model, options)) {
      if (window.end <= n + 1) continue;
      window.wanted = std::max(window.wanted, n + 1);
      passes.push_back(window_pass(window, text, n * ahead + window.wanted - (n + 1)));
    }
  }
  const auto states = run_passes(model, passes, count * ahead, pass_options(model, options), compute).wanted;
  return states.view({states.size(0), count, ahead, states.size(2)});
}

}  // namespace arcuate
