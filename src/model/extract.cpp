#include "model/extract.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/error.h"

namespace arcuate {
namespace {

using WordTokens = std::vector<std::span<const int64_t>>;

PassOptions pass_options(const Model& model, const ExtractOptions& options) {
  return {.layers = options.layers.empty() ? all_layers(model.spec().layers, options.units) : options.layers,
          .units = options.units,
          .tokens_per_batch = options.tokens_per_batch};
}

std::vector<Window> windows_of(const WordTokens& words, const Model& model, const ExtractOptions& options,
                               int64_t special) {
  const auto& spec = model.spec();
  if (spec.block.causal && options.context.kind == ContextKind::centred)
    bad_usage("the context {} needs a model that sees both sides; {} sees the words before: ask for the last {}",
              context_text(options.context), spec.family, options.context.words / 2 + 1);
  std::vector<int64_t> counts;
  for (const auto& ids : words) counts.push_back(std::ssize(ids));
  const auto windows = context_windows(counts, options.context, spec.max_tokens, special);
  return passes_of_their_own(windows, counts, causal_tokens(spec), special);
}

}  // namespace

std::vector<Pass> story_passes(const Model& model, const Tokenizer& tokenizer,
                               std::span<const std::vector<int64_t>> tokens, const ExtractOptions& options) {
  const WordTokens text(tokens.begin(), tokens.end());
  const auto special = special_tokens(tokenizer, options.start_token, model.spec());
  std::vector<Pass> passes;
  for (const auto& window : windows_of(text, model, options, special.count()))
    passes.push_back(window_pass(window, text, special, window.wanted));
  return passes;
}

Activations extract(const Model& model, const Tokenizer& tokenizer, std::span<const std::string> words,
                    const ExtractOptions& options, const Compute& compute) {
  const auto passes = story_passes(model, tokenizer, tokenize_words(tokenizer, words), options);
  const auto wanted = pass_options(model, options);
  Activations result{.layers = wanted.layers, .units = wanted.units, .states = {}, .syntactic = {}};
  result.windows = std::ssize(passes);
  for (const auto& pass : passes) result.tokens += std::ssize(pass.ids);
  result.states = run_passes(model, passes, std::ssize(words), wanted, compute);
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
  const auto special = special_tokens(tokenizer, options.start_token, model.spec());
  std::vector<Pass> passes;
  for (int64_t n = 0; n + 1 < count; ++n) {
    WordTokens text(tokens.begin(), tokens.begin() + n + 1);
    text.insert(text.end(), other_tokens.begin() + n + 1, other_tokens.begin() + std::min(n + 1 + ahead, count));
    for (auto window : windows_of(text, model, options, special.count())) {
      if (window.end <= n + 1) continue;
      window.wanted = std::max(window.wanted, n + 1);
      passes.push_back(window_pass(window, text, special, n * ahead + window.wanted - (n + 1)));
    }
  }
  const auto states = run_passes(model, passes, count * ahead, pass_options(model, options), compute);
  return states.view({states.size(0), count, ahead, states.size(2)});
}

}  // namespace arcuate
