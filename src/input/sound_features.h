// What ears hear before any language: loudness over time, and the spectrum in bands as wide as the ear's.
#pragma once
#include <ATen/core/Tensor.h>

#include <vector>

#include "input/sound.h"

namespace arcuate {

/// A value, or several, at moments of a sound.
struct SoundFeature {
  at::Tensor values;          ///< T x F, float64
  std::vector<double> times;  ///< T, seconds from the first sample
};

/// Amplitude envelope: the root mean square of consecutive steps of `step` seconds, at their middle. T x 1; what is
/// left at the end is no step. Errors: input, for a sound shorter than one step.
SoundFeature sound_envelope(const Sound& sound, double step);
/// Sound power: 10 log10 of the mean square of such steps, in dB, of at least -120.
SoundFeature sound_power(const Sound& sound, double step);
/// Log-mel spectrogram: log10 of the power in `bands` bands of Slaney's mel scale from 0 Hz to half the rate, of at
/// least 1e-10, in Hann windows of 25 ms every `step` seconds; row t is centred on t step. T x bands. Errors: input, as
/// above.
SoundFeature mel_spectrogram(const Sound& sound, int64_t bands, double step);

}  // namespace arcuate
