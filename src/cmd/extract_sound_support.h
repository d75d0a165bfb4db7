// What extract does with a model that hears sound.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "cli/run.h"
#include "cli/spec.h"
#include "io/json.h"
#include "model/sound_extract.h"

namespace arcuate {

struct ExtractSound {
  std::filesystem::path file{};
  double window = 16.1, stride = 0.1;  ///< seconds
  double start = 0;                    ///< Time of the first sample, in seconds on the clock of the words.
};

void describe_extract_sound(cli::Spec<ExtractSound>& s);

/// The states of all windows. `layers`: empty for all. Errors: those of read_sound, read_sound_input and extract_sound.
SoundActivations hear(const ExtractSound& options, const Model& model, const std::filesystem::path& model_folder,
                      const SoundExtractOptions& extraction, cli::Run& run);

/// The windows of `options`, in the library's words.
SoundWindowOptions windows_of(const ExtractSound& options);

/// What the states depend on besides the model.
Json sound_key(const ExtractSound& options);

}  // namespace arcuate
