// The syntactic part of a model's states: their mean over texts that share a story's syntax and none of its words
// (Caucheteux, Gramfort & King 2021, 2023). What is left of the story's own states is the semantic part.
#pragma once
#include "model/extract.h"

namespace arcuate {

/// What stands before a word of a text when the model reads it.
enum class TwinPast {
  story,  ///< The story's own words up to the present one: each word has continuations of its own, as in the paper.
  twin    ///< The text's own words: one pass over the text serves all.
};

struct TwinOptions {
  TwinPast past = TwinPast::story;
  int64_t ahead = 30;  ///< Words of a continuation.
};

/// float64: layers x words x ahead x width (as continued_states gives them), or with the text's own past
/// layers x words x width. Errors: usage, without texts; those of continued_states.
at::Tensor mean_twin_states(const Model& model, const Tokenizer& tokenizer, std::span<const std::string> words,
                            std::span<const std::vector<std::string>> twins, const TwinOptions& options,
                            const ExtractOptions& extraction, const Compute& compute);

}  // namespace arcuate
