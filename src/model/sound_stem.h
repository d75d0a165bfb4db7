// The stem of models that hear sound, and the arithmetic of its frames.
// Shapes: B sounds, N samples, T frames, C width.
#pragma once
#include <ATen/core/Tensor.h>

#include <span>

#include "model/spec.h"
#include "model/weights.h"

namespace arcuate {

/// input: B x N samples where `spec.sound` reads one channel, B x channels x N otherwise. B x T x C, what the first
/// block reads. With `lengths` sounds of so many samples lie one behind the other (B = 1), and so do their frames; each
/// is heard as if it were alone. Errors: input, for a sound that is too short for one frame, for another number of
/// channels, and for other than `max_tokens` frames where positions are stored.
at::Tensor sound_stem(const ModelSpec& spec, const ModelWeights& weights, const at::Tensor& input,
                      std::span<const int64_t> lengths = {});

/// Frames that the convolutions make of `inputs` samples (or frames of a spectrogram); 0 if there are too few.
int64_t stem_frames(const SoundStem& stem, int64_t inputs);
/// The fewest samples that make `frames` frames, or more than 2^36 if there would have to be so many.
int64_t stem_inputs(const SoundStem& stem, int64_t frames);
/// Numbers that the convolutions of a sound of `frames` frames hold at once: what one reads, its kernel at each place,
/// what it gives and the copies of it.
int64_t stem_work(const SoundStem& stem, int64_t frames);
/// The last frame that the convolutions let see any of the first `heard` of `inputs` samples. Whisper hears a sound
/// that is filled up to 30 s: this is the frame where the sound ends.
int64_t last_frame_of(const SoundStem& stem, int64_t heard, int64_t inputs);

}  // namespace arcuate
