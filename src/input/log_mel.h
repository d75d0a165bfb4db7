// Mel spectra: power in bands that are as wide as the ear's, and Whisper's logarithm of them (Radford et al. 2022).
// Shapes: B sounds, N samples, M bands, F frames.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace arcuate {

struct MelOptions {
  int64_t bands = 80;
  int64_t rate = 16000;   ///< samples a second
  int64_t window = 400;   ///< samples of a Hann window, whose Fourier transform is taken
  int64_t hop = 160;      ///< samples from one frame to the next
  double lowest = 0;      ///< Hz, where the first triangle begins
  double highest = 8000;  ///< Hz, where the last one ends
};

/// M x (window / 2 + 1) float64: triangles between M + 2 points that are evenly spaced on Slaney's mel scale (Auditory
/// Toolbox, 1998: 200/3 Hz a mel up to 1000 Hz, then 27 mels for a factor of 6.4), each scaled by 2 / its width in Hz.
/// Errors: usage, for sizes below 1 and a range that is empty or reaches beyond rate / 2.
at::Tensor mel_filters(const MelOptions& options);

/// samples: B x N, at least window / 2 + 1. B x M x F float64, F = N / hop + 1: frame f is centred on sample f hop; the
/// sound is mirrored at its ends.
at::Tensor mel_power(const at::Tensor& samples, const MelOptions& options);

/// Whisper's input: the sound is cut or filled up with zeros to `length` samples, log10 of at least 1e-10, all within 8
/// of the largest of each sound, (x + 4) / 4. B x M x length / hop, of the type of `samples`.
at::Tensor whisper_log_mel(const at::Tensor& samples, int64_t length, const MelOptions& options);

}  // namespace arcuate
