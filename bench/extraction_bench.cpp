// Hidden states of all layers of models/tales-1m for a synthetic text of 2,000 words.
#include <string>
#include <vector>

#include "input/tokenizer.h"
#include "model/extract.h"
#include "support.h"

namespace arcuate::bench {
namespace {

constexpr int64_t text_words = 2000;

// Tokens that stand for a whole word: a space ("Ġ"), then a-z.
std::vector<std::string> whole_words(const Tokenizer& tokenizer) {
  const std::string space = "Ġ";
  std::vector<std::string> words;
  for (int64_t id = 0; id < tokenizer.vocabulary_size(); ++id) {
    const auto token = tokenizer.token(id);
    if (!token.starts_with(space) || token.size() < space.size() + 2) continue;
    const auto word = token.substr(space.size());
    if (word.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos) words.push_back(word);
  }
  return words;
}

// Words drawn at random, each fifth one a compound of two, so that some words have several tokens.
std::vector<std::string> synthetic_text(const Tokenizer& tokenizer) {
  const auto known = whole_words(tokenizer);
  Random random(1);
  std::vector<std::string> text;
  for (int64_t i = 0; i < text_words; ++i) {
    text.push_back(known[random.below(known.size())]);
    if (i % 5 == 4) text.back() += known[random.below(known.size())];
  }
  return text;
}

void extraction(benchmark::State& state, const std::string& context) {
  const auto model = Model::load(ARCUATE_MODEL);
  const auto tokenizer = Tokenizer::load(ARCUATE_MODEL);
  const auto words = synthetic_text(tokenizer);
  const ExtractOptions options{.context = parse_context(context)};
  const Compute compute{.threads = static_cast<int>(state.range(0))};
  Activations result;
  for (auto _ : state) result = extract(model, tokenizer, words, options, compute);
  state.counters["words/s"] = rate(text_words);
  state.counters["tokens/s"] = rate(result.tokens);
}

BENCHMARK_CAPTURE(extraction, fixed_41, "41")->Apply(with_threads);
BENCHMARK_CAPTURE(extraction, grow_100_50, "grow:100:50")->Apply(with_threads);

}  // namespace
}  // namespace arcuate::bench
