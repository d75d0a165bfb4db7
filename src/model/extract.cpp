#include "model/extract.h"

#include <ATen/ATen.h>

#include <algorithm>

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

// The row of each word among those with tokens: its own, or that of the last such word before; -1 without one.
static std::vector<int64_t> rows_with_tokens(std::vector<std::vector<int64_t>>& tokens) {
  std::vector<int64_t> rows;
  int64_t last = -1;
  for (const auto& word : tokens) rows.push_back(word.empty() ? last : ++last);
  std::erase_if(tokens, [](const auto& word) { return word.empty(); });
  return rows;
}

Activations extract(const Model& model, const Tokenizer& tokenizer, std::span<const std::string> words,
                    const ExtractOptions& options, const Compute& compute) {
  auto tokens = tokenize_words(tokenizer, words, options.untokenized);
  const auto rows = rows_with_tokens(tokens);
  const auto story = story_passes(model, tokenizer, tokens, options);
  const auto wanted = pass_options(model, options);
  Activations result{.layers = wanted.layers, .units = wanted.units, .states = {}, .syntactic = {}};
  result.windows = std::ssize(story.passes);
  result.cut = story.cut;
  for (const auto& pass : story.passes) result.tokens += std::ssize(pass.ids);
  result.states = run_passes(model, story.passes, std::ssize(tokens), wanted, compute);
  if (tokens.size() == words.size()) return result;
  const auto row = at::tensor(rows, at::kLong);
  result.states = result.states.index_select(1, row.clamp_min(0)) * (row >= 0).view({1, -1, 1});
  return result;
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
  const auto states = run_passes(model, passes, count * ahead, pass_options(model, options), compute);
  return states.view({states.size(0), count, ahead, states.size(2)});
}

}  // namespace arcuate
