// How well a causal model predicts each word of a story from the words before it.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "core/compute.h"
#include "model/model.h"
#include "model/passes.h"

namespace arcuate {

/// float64, one number a word, in bits; NaN for a word that nothing precedes in its window, or without a token.
struct WordPredictions {
  at::Tensor surprisal;  ///< - sum over the word's tokens of log2 p(token | the window's tokens before it).
  at::Tensor entropy;    ///< Of the model's distribution over the word's first token, before it.
};

/// Tokens of all words, one after another: word w has [first[w], first[w + 1]).
struct FlatTokens {
  std::vector<int64_t> ids{}, first{0};
};
FlatTokens flatten(std::span<const std::vector<int64_t>> words);

/// Fills `predicting` of passes whose `wanted` are words (row w is word w): the token before each of a word's tokens,
/// whose row is the predicted token's place in `flat`. Words that begin a pass are not predicted.
void add_predicting(std::span<Pass> passes, const FlatTokens& flat);

/// From the states of the predicting tokens, as run_passes gives them. Of a streamed model the head is read now.
WordPredictions predictions_of(const Model& model, const FlatTokens& flat, std::span<const Pass> passes,
                               const at::Tensor& states, const Compute& compute);

/// Errors: usage, for a model without a next-token head or one that the memory limit does not hold.
void check_predicts(const Model& model, int threads);

}  // namespace arcuate
