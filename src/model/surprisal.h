// How well a causal model predicts each word of a story from the words before it.
#pragma once
#include "model/extract.h"

namespace arcuate {

/// float64, one number a word, in bits; NaN for a word that nothing precedes in its window.
struct WordPredictions {
  at::Tensor surprisal;  ///< - sum over the word's tokens of log2 p(token | the window's tokens before it).
  at::Tensor entropy;    ///< Of the model's distribution over the word's first token, before it.
};

/// With the windows, special tokens and arithmetic of extract(); layers and units are not looked at. One more pass over
/// the text; of a streamed model the head is read behind it. NaN also for words without a token. Errors: usage, for a
/// model without a next-token head or one that the memory limit does not hold; those of extract().
WordPredictions word_predictions(const Model& model, const Tokenizer& tokenizer, std::span<const std::string> words,
                                 const ExtractOptions& options, const Compute& compute);

}  // namespace arcuate
