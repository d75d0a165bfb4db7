// A voice for stories that nobody read aloud: a buzz with the envelope of syllables, loud where a word is said. It is
// no speech: it gives models of sound something to hear whose power follows the words.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "input/story.h"

namespace arcuate {

struct VoiceOptions {
  int64_t rate = 16000;      ///< Samples a second.
  double pitch = 120;        ///< Hz.
  double syllable = 0.2;     ///< Seconds.
  double background = 1e-3;  ///< Amplitude of the noise beneath, where a word's is about 0.3.
  uint64_t seed = 0;
};

/// Samples in -1 … 1 from 0 to two seconds after the last word, float32.
at::Tensor speak_aloud(const std::vector<Word>& words, const VoiceOptions& options = {});

/// Mean power in dB over steps of `seconds`: 10 log10(mean of squares), float64.
at::Tensor power_over_time(const at::Tensor& samples, int64_t rate, double seconds);

}  // namespace arcuate
