#include "model/context.h"

#include <algorithm>

#include "core/error.h"
#include "core/text.h"

namespace arcuate {
namespace {

// Running sums answer "how many tokens have words [a, b)?".
class TokenSpan {
 public:
  TokenSpan(std::span<const int64_t> counts, int64_t special) : sums_(counts.size() + 1, 0), special_(special) {
    for (size_t i = 0; i < counts.size(); ++i) sums_[i + 1] = sums_[i] + counts[i];
  }
  int64_t operator()(int64_t first, int64_t end) const {
    return special_ + sums_[static_cast<size_t>(end)] - sums_[static_cast<size_t>(first)];
  }

 private:
  std::vector<int64_t> sums_;
  int64_t special_;
};

// The earliest first word, not before `first`, from which the words up to `end` fit.
int64_t fitting_start(const TokenSpan& tokens, int64_t first, int64_t end, int64_t max_tokens) {
  while (tokens(first, end) > max_tokens) ++first;
  return first;
}

std::vector<Window> fixed_windows(const TokenSpan& tokens, int64_t words, int64_t length, int64_t max_tokens) {
  std::vector<Window> windows;
  for (int64_t word = 0; word < words; ++word) {
    const int64_t first = fitting_start(tokens, std::max<int64_t>(0, word + 1 - length), word + 1, max_tokens);
    const bool cut = first > std::max<int64_t>(0, word + 1 - length);
    if (!windows.empty() && windows.back().first == first && windows.back().cut == cut)
      windows.back().end = word + 1;  // same left edge: one pass serves both words
    else
      windows.push_back({.first = first, .wanted = word, .end = word + 1, .cut = cut});
  }
  return windows;
}

std::vector<Window> growing_windows(const TokenSpan& tokens, int64_t words, const ContextOptions& options,
                                    int64_t max_tokens) {
  std::vector<Window> windows;
  for (int64_t word = 0; word < words; ++word) {
    const bool few = !windows.empty() && word + 1 - windows.back().first <= options.words;
    if (few && tokens(windows.back().first, word + 1) <= max_tokens) {
      windows.back().end = word + 1;
      continue;
    }
    int64_t first = windows.empty() ? 0 : std::max(windows.back().first + 1, word + 1 - options.keep);
    // A restart forced by the positions keeps at most half of them, or the next word would force another one.
    if (!windows.empty()) first = fitting_start(tokens, first, word, std::max(max_tokens / 2, tokens(word, word)));
    windows.push_back({.first = fitting_start(tokens, first, word + 1, max_tokens),
                       .wanted = word,
                       .end = word + 1,
                       .cut = few && options.kind == ContextKind::grow});
  }
  return windows;
}

std::vector<Window> centred_windows(const TokenSpan& tokens, int64_t words, int64_t length, int64_t max_tokens) {
  std::vector<Window> windows;
  for (int64_t word = 0; word < words; ++word) {
    int64_t first = std::max<int64_t>(0, word - length / 2), last = std::min(words - 1, word + (length - 1) / 2);
    const bool cut = tokens(first, last + 1) > max_tokens;
    while (tokens(first, last + 1) > max_tokens)
      if (word - first > last - word)
        ++first;
      else
        --last;
    windows.push_back({.first = first, .wanted = word, .end = word + 1, .after = last - word, .cut = cut});
  }
  return windows;
}

// The window that ends with `word`.
Window last_tokens(std::span<const int64_t> counts, int64_t word, const ContextOptions& options) {
  const auto words = std::ssize(counts), earliest = options.wrap ? word + 1 - words : 0;
  Window window{.first = word + 1, .wanted = word, .end = word + 1};
  int64_t tokens = 0;
  while (tokens < options.tokens && window.first > earliest) {
    --window.first;
    tokens += counts[static_cast<size_t>((window.first + words) % words)];
  }
  window.skip = std::max<int64_t>(tokens - options.tokens, 0);
  return window;
}

std::vector<Window> token_windows(std::span<const int64_t> counts, const ContextOptions& options, int64_t max_tokens,
                                  int64_t special) {
  if (options.tokens + special > max_tokens)
    bad_usage("a context of {} tokens, with {} special ones, is more than the model's {} positions; ask for at most {}",
              options.tokens, special, max_tokens, max_tokens - special);
  std::vector<Window> windows;
  Problems problems(fmt::format("words are longer than a context of {} tokens", options.tokens));
  for (int64_t word = 0; word < std::ssize(counts); ++word) {
    if (counts[static_cast<size_t>(word)] > options.tokens)
      problems.add("word {} has {} tokens", word + 1, counts[static_cast<size_t>(word)]);
    const auto window = last_tokens(counts, word, options);
    const bool same_edge =
        !windows.empty() && windows.back().first == window.first && windows.back().skip + window.skip == 0;
    if (same_edge)
      windows.back().end = word + 1;
    else
      windows.push_back(window);
  }
  problems.raise();
  return windows;
}

}  // namespace

std::vector<Window> passes_of_their_own(std::span<const Window> windows, std::span<const int64_t> token_counts,
                                        int64_t causal_tokens, int64_t special) {
  const TokenSpan tokens(token_counts, special);
  std::vector<Window> passes;
  for (const auto& window : windows) {
    int64_t shared = window.end;
    while (shared > window.wanted && tokens(window.first, shared) > causal_tokens) --shared;
    auto pass = window;
    pass.end = shared;
    pass.after = 0;
    if (shared > window.wanted) passes.push_back(pass);
    pass.after = window.after;
    for (int64_t word = shared; word < window.end; ++word) {
      pass.wanted = word;
      pass.end = word + 1;
      passes.push_back(pass);
    }
  }
  return passes;
}

std::vector<Window> context_windows(std::span<const int64_t> token_counts, const ContextOptions& options,
                                    int64_t max_tokens, int64_t special) {
  const auto words = static_cast<int64_t>(token_counts.size());
  for (int64_t word = 0; word < words; ++word)
    if (special + token_counts[static_cast<size_t>(word)] > max_tokens)
      bad_input("word {} has {} tokens, which with {} special ones is more than the model's {} positions", word + 1,
                token_counts[static_cast<size_t>(word)], special, max_tokens);
  if (options.kind == ContextKind::tokens) return token_windows(token_counts, options, max_tokens, special);
  const TokenSpan tokens(token_counts, special);
  if (options.kind == ContextKind::centred) return centred_windows(tokens, words, options.words, max_tokens);
  if (options.kind == ContextKind::fixed) return fixed_windows(tokens, words, options.words, max_tokens);
  ContextOptions growth = options;
  if (options.kind == ContextKind::full) growth.words = growth.keep = std::max<int64_t>(words, 1);
  return growing_windows(tokens, words, growth, max_tokens);
}

static int64_t word_count(const std::string& text, const std::string& whole) {
  const auto count = to_integer(trim(text));
  if (!count || *count < 1) bad_usage("context '{}': '{}' is not a whole number (at least 1)", whole, text);
  return *count;
}

ContextOptions parse_context(const std::string& text) {
  const auto parts = split_fields(text, ':');
  if (parts.size() == 1 && parts[0] == "full") return {.kind = ContextKind::full};
  if (parts.size() == 1) return {.kind = ContextKind::fixed, .words = word_count(parts[0], text)};
  if (parts.size() == 2 && parts[0] == "centred")
    return {.kind = ContextKind::centred, .words = word_count(parts[1], text)};
  if (parts[0] == "tokens" && (parts.size() == 2 || (parts.size() == 3 && parts[2] == "wrap")))
    return {.kind = ContextKind::tokens, .tokens = word_count(parts[1], text), .wrap = parts.size() == 3};
  if (parts.size() != 3 || parts[0] != "grow")
    bad_usage("context '{}' is not one of: N, grow:N:M, full, tokens:N, tokens:N:wrap, centred:N", text);
  const ContextOptions options{
      .kind = ContextKind::grow, .words = word_count(parts[1], text), .keep = word_count(parts[2], text)};
  if (options.keep > options.words)
    bad_usage("context '{}': the words kept ({}) exceed the window ({})", text, options.keep, options.words);
  return options;
}

std::string context_text(const ContextOptions& options) {
  if (options.kind == ContextKind::full) return "full";
  if (options.kind == ContextKind::fixed) return std::to_string(options.words);
  if (options.kind == ContextKind::centred) return fmt::format("centred:{}", options.words);
  if (options.kind == ContextKind::tokens)
    return fmt::format("tokens:{}{}", options.tokens, options.wrap ? ":wrap" : "");
  return fmt::format("grow:{}:{}", options.words, options.keep);
}

}  // namespace arcuate
