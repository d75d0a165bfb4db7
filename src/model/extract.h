// The hidden states of every word of a story: one model, one context rule, all layers wanted.
#pragma once
#include <ATen/core/Tensor.h>

#include <span>
#include <string>
#include <vector>

#include "core/compute.h"
#include "input/tokenizer.h"
#include "model/context.h"
#include "model/model.h"
#include "model/passes.h"
#include "model/surprisal.h"

namespace arcuate {

struct ExtractOptions {
  ContextOptions context{};
  std::vector<int64_t> layers{};  ///< Ascending; empty: 0 … L, or 1 … L for units of a block's inside.
  Units units = Units::residual;
  StartToken start_token = StartToken::from_tokenizer;
  Pooling pooling = Pooling::last;
  Untokenized untokenized = Untokenized::error;  ///< `previous`: zeros where no word stands before.
  int64_t tokens_per_batch = 4096;  ///< Windows of similar length run together; changes speed and memory only.
  bool predictions = false;         ///< Also surprisal and entropy, of the same passes.
};

struct Activations {
  std::vector<int64_t> layers;      ///< Layer numbers, ascending.
  Units units = Units::residual;    ///< What was tapped of them.
  at::Tensor states;                ///< layers x words x width, in the model's arithmetic type.
  WordPredictions predictions{};    ///< On request.
  at::Tensor syntactic;             ///< layers x words (x ahead) x width, on request (model/twin_states.h).
  int64_t windows = 0, tokens = 0;  ///< Passes and tokens (without padding) that were needed.
  int64_t cut = 0;                  ///< Windows with less context than asked for, for want of positions.
};

/// The passes that give the states of words of these tokens, row w of the result being word w's. Errors: as extract().
struct StoryPasses {
  std::vector<Pass> passes;
  int64_t cut = 0;  ///< As in Activations.
};
StoryPasses story_passes(const Model& model, const Tokenizer& tokenizer, std::span<const std::vector<int64_t>> tokens,
                         const ExtractOptions& options);

/// A story made ready to go through a model.
struct StoryInput {
  Activations made{};  ///< All but the states.
  std::vector<ModelBatch> batches{};
  int64_t rows = 0;                  ///< That the batches make: one a word with tokens.
  std::vector<int64_t> word_rows{};  ///< The row of each word, -1 for zeros; empty: each word has its own.
};
/// Without predictions. Errors: as extract().
StoryInput story_input(const Model& model, const Tokenizer& tokenizer, std::span<const std::string> words,
                       const ExtractOptions& options);
/// Of one layer: rows x width -> words x width.
at::Tensor word_states(const StoryInput& story, const at::Tensor& states);

/// State of each word's last token, or the mean of its tokens'. Every word is tokenised as it stands in running text
/// (with its leading space). Errors: input, naming the word that has no token or too many; for predictions those of
/// check_predicts.
Activations extract(const Model& model, const Tokenizer& tokenizer, std::span<const std::string> words,
                    const ExtractOptions& options, const Compute& compute);

/// The predictions alone; layers and units are not looked at.
WordPredictions word_predictions(const Model& model, const Tokenizer& tokenizer, std::span<const std::string> words,
                                 const ExtractOptions& options, const Compute& compute);

/// Continuations of each word (Caucheteux, Gramfort & King 2023): the text whose words are those of the story up to
/// word n and those of `other` behind it gives the states of the words n + 1 … n + `ahead`. Each word n has passes of
/// its own, so this costs as many times the tokens of a context as the story has words.
/// layers x words x ahead x width; 0 where the story ends before. Errors: usage (ahead < 1), input (as above; texts of
/// different length).
at::Tensor continued_states(const Model& model, const Tokenizer& tokenizer, std::span<const std::string> words,
                            std::span<const std::string> other, int64_t ahead, const ExtractOptions& options,
                            const Compute& compute);

}  // namespace arcuate
