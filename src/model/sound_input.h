// How a model wants its sound: what preprocessor_config.json of its folder says, whatever the family is called.
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <optional>

#include "input/log_mel.h"
#include "model/spec.h"

namespace arcuate {

struct SoundInput {
  int64_t rate = 16000;             ///< samples a second
  bool normalize = false;           ///< Each sound to mean 0 and variance 1.
  std::optional<MelOptions> mel{};  ///< The model reads Whisper's log-mel spectrum instead of samples.
  int64_t samples = 0;              ///< mel: every sound is filled up with zeros to so many samples.
};

/// Read from preprocessor_config.json. Errors: input; for a file that is missing, that disagrees with config.json (the
/// channels that the model reads) or that asks for what is not supported, everything at once.
SoundInput read_sound_input(const std::filesystem::path& folder, const ModelSpec& spec);

/// sounds: B x N. What the model reads of them (model_states), of the same type.
at::Tensor prepared_sound(const SoundInput& input, const at::Tensor& sounds);

/// T of one sound of N samples, and the last frame that hears any of it: T - 1, less where sounds are filled up.
struct SoundFrames {
  int64_t count = 0, last = 0;
};
SoundFrames sound_frames(const SoundInput& input, const SoundStem& stem, int64_t samples);

}  // namespace arcuate
