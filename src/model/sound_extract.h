// The states of a model that hears sound: windows slide over it, and each gives the state of the last frame that hears
// it (Antonello, Vaidya & Huth 2023: 16.1 s, every 0.1 s).
#pragma once
#include <ATen/core/Tensor.h>

#include <vector>

#include "core/compute.h"
#include "model/batches.h"
#include "model/extract.h"
#include "model/sound_input.h"

namespace arcuate {

struct SoundWindowOptions {
  double window = 16.1;  ///< Seconds that the model hears, the last of them at the window's end; less at the beginning.
  double stride = 0.1;   ///< Seconds from one window's end to the next; the first ends after one.
};

/// Samples [first, end).
struct SoundWindow {
  int64_t first = 0, end = 0;
};

/// Windows over N samples at `rate`; those at the beginning that would be shorter than `least` samples are left out.
/// Errors: usage, for a window or stride below one sample, or a stride longer than the window; input, for a sound that
/// is shorter than the first window.
std::vector<SoundWindow> sound_windows(int64_t samples, int64_t rate, int64_t least, const SoundWindowOptions& options);

struct SoundExtractOptions {
  SoundWindowOptions windows{};
  std::vector<int64_t> layers{};  ///< Ascending; empty: 0 … L, or 1 … L for units of a block's inside.
  Units units = Units::residual;
  int64_t frames_per_batch = 4096;  ///< Of several windows, at most. Changes speed and memory only.
};

struct SoundActivations {
  Activations activations;    ///< `states`: layers x windows x width. `tokens`: frames that were computed.
  std::vector<double> times;  ///< The window's end, in seconds from the first sample.
};

/// A recording made ready to go through a model; a row a window. It refers to the SoundInput.
struct RecordingInput {
  SoundActivations heard{};  ///< All but the states.
  std::vector<ModelBatch> batches{};
};
/// Arguments and errors: as extract_sound.
RecordingInput recording_input(const Model& model, const SoundInput& input, const at::Tensor& samples,
                               const SoundExtractOptions& options);

/// samples: N, at the rate of `input`. Errors: input and usage, as sound_windows; usage, for a window longer than what
/// the model is filled up to.
SoundActivations extract_sound(const Model& model, const SoundInput& input, const at::Tensor& samples,
                               const SoundExtractOptions& options, const Compute& compute);

}  // namespace arcuate
