// Passes: token sequences that go through a model, and the states that are wanted of them.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/compute.h"
#include "input/tokenizer.h"
#include "model/batches.h"
#include "model/context.h"
#include "model/model.h"

namespace arcuate {

enum class StartToken { from_tokenizer, always, never };  ///< Special tokens before each window, e.g. LLaMA's <s>.

/// Which state stands for a word of several tokens.
enum class Pooling { last, mean };
/// Words without a token (some tokenizers drop marks): an error, or the state of the word before.
enum class Untokenized { error, previous };

/// Every word as it stands in running text (with its leading space). Errors: input, naming all words without a token,
/// unless they may have none.
std::vector<std::vector<int64_t>> tokenize_words(const Tokenizer& tokenizer, std::span<const std::string> words,
                                                 Untokenized rule = Untokenized::error);

/// What stands around every window.
struct SpecialTokens {
  std::vector<int64_t> before{}, after{};
  int64_t count() const { return std::ssize(before) + std::ssize(after); }
};
/// Those after it only for a model that sees both sides, and as the tokenizer's template says ([SEP]). Errors: usage,
/// for `always` with a tokenizer that names no start token.
SpecialTokens special_tokens(const Tokenizer& tokenizer, StartToken choice, const ModelSpec& spec);

struct Pass {
  struct Wanted {
    int64_t token = 0;  ///< Place in `ids` …
    int64_t row = 0;    ///< … whose state is this row of the result, …
    double share = 1;   ///< … or so much of it.
  };
  std::vector<int64_t> ids{};
  std::vector<Wanted> wanted{};
  std::vector<Wanted> predicting{};  ///< Of the layer "final", into rows of their own (model/surprisal.h).
};

/// What windows are cut from.
struct PassText {
  std::vector<std::span<const int64_t>> words{};  ///< Tokens of each.
  SpecialTokens special{};
  Pooling pooling = Pooling::last;
};

/// The tokens of a window's words between the special ones; the last token of each wanted word, or all of them, give
/// the row `first_row` + its distance from the window's first wanted word.
Pass window_pass(const Window& window, const PassText& text, int64_t first_row);

struct PassOptions {
  std::vector<int64_t> layers{};  ///< Ascending, at least one.
  Units units = Units::residual;
  int64_t tokens_per_batch = 4096;  ///< At most: passes of similar length run together. Changes speed and memory only.
  int64_t predicting_rows = 0;      ///< Rows that `predicting` of the passes makes.
};

/// Passes of similar length together, so that little is padded, and of equal length where tokens would see the padding
/// (above `causal` tokens, see causal_tokens). Shorter passes are filled up on the right, which no token sees.
std::vector<ModelBatch> batches_of(std::span<const Pass> passes, int64_t tokens_per_batch, int64_t causal);

/// run_batches of all passes.
BatchStates run_passes(const Model& model, std::span<const Pass> passes, int64_t rows, const PassOptions& options,
                       const Compute& compute);

}  // namespace arcuate
