// The states of words that a model hears and reads. For each word its encoder hears the sound that ends with the word,
// and its decoder reads the words that begin in that sound while it attends to it (Whisper; Goldstein et al. 2025).
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "core/compute.h"
#include "input/story.h"
#include "input/tokenizer.h"
#include "model/extract.h"
#include "model/sound_input.h"

namespace arcuate {

/// The models and the rules of one folder.
struct HearingReader {
  const Model& encoder;
  const Model& decoder;  ///< Its part `decoder`.
  const Tokenizer& tokenizer;
  SoundInput input{};
};

struct RecordedStory {
  at::Tensor samples;         ///< N, at the rate of the model's input.
  std::vector<Word> words{};  ///< Their times are in seconds from the first sample.
};

struct HeardWordOptions {
  double window = 30;             ///< Seconds of sound up to each word's end; less at the beginning.
  std::vector<int64_t> layers{};  ///< Of the decoder, ascending; empty: 0 … L, or 1 … L for units of a block's inside.
  Units units = Units::residual;
  Pooling pooling = Pooling::last;
  std::string language = "en";  ///< Of the transcript: its token stands behind the one that begins it.
};

/// "<|startoftranscript|><|en|><|transcribe|><|notimestamps|>", what Whisper reads before a transcript without times.
/// Errors: input, naming those of them that the tokenizer does not have.
std::vector<int64_t> transcript_start(const Tokenizer& tokenizer, const std::string& language);

/// `states`: layers x words x width. `tokens`: read by the decoder. Errors: usage, for a window longer than what the
/// model is filled up to; input, for words outside of the sound, words without a token, and windows with more words
/// than the decoder has positions.
Activations extract_heard_words(const HearingReader& model, const RecordedStory& story, const HeardWordOptions& options,
                                const Compute& compute);

}  // namespace arcuate
