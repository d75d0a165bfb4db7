// Which words the model sees before each word. Counted in words, or in tokens; a window never exceeds the model's
// positions.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace arcuate {

enum class ContextKind {
  fixed,   ///< Each word sees exactly the last `words` words, itself included.
  grow,    ///< The window grows to `words` words, then restarts with the last `keep` (itself included in both).
  full,    ///< The whole story so far; restarts as `grow` does, with half a window, only where positions end.
  tokens,  ///< Each word sees the last `tokens` tokens, its own included; the word at the window's edge may be cut.
  centred  ///< `words` words around each word, of an even number one more before it. For models that see both sides.
};

struct ContextOptions {
  ContextKind kind = ContextKind::grow;
  int64_t words = 512;    ///< Longest window in words, the current one included.
  int64_t keep = 256;     ///< Words in the first window after a restart, the current one included.
  int64_t tokens = 1024;  ///< Of `tokens`, without special ones.
  /// Of `tokens`: the story's end stands before its beginning, so that its first words see its last (as in public code
  /// of Caucheteux, Gramfort & King 2023). Only to match.
  bool wrap = false;
};

/// Words [first, end + after) go through the model together; the states of [wanted, end) are kept. Exact for causal
/// models: a word's state does not depend on what follows it, so one pass serves every word that shares the left edge.
/// A negative word counts from the story's end (`wrap`).
struct Window {
  int64_t first = 0, wanted = 0, end = 0;
  int64_t after = 0;  ///< Words that are seen behind the last one that is wanted.
  int64_t skip = 0;   ///< Tokens of the first word that are left out.
  bool cut = false;   ///< Less than was asked for, for want of positions.
};

/// Windows for words of `token_counts` tokens, with `special` special tokens around each window. Where a window would
/// exceed `max_tokens` tokens, leading words are left out (of a centred one, those farthest from its word). Errors:
/// input, for a single word longer than that, or than a context in tokens; usage, for such a context that the positions
/// do not hold.
std::vector<Window> context_windows(std::span<const int64_t> token_counts, const ContextOptions& options,
                                    int64_t max_tokens, int64_t special);

/// The same windows for a model whose states depend on what follows in sequences of more than `causal_tokens` tokens
/// (all, if it sees both sides): in those every word gets a pass of its own, which ends with it.
std::vector<Window> passes_of_their_own(std::span<const Window> windows, std::span<const int64_t> token_counts,
                                        int64_t causal_tokens, int64_t special);

/// "41", "grow:512:256", "full", "tokens:1024", "tokens:1024:wrap" or "centred:21".
ContextOptions parse_context(const std::string& text);
std::string context_text(const ContextOptions& options);

}  // namespace arcuate
