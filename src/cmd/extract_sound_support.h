// What extract does with a model that hears sound.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/run.h"
#include "cli/spec.h"
#include "io/json.h"
#include "model/heard_words.h"
#include "model/sound_extract.h"

namespace arcuate {

struct ExtractSound {
  std::filesystem::path file{};
  std::optional<double> window{};  ///< Seconds; if not given, 16.1, or with words all that the model hears at once.
  double stride = 0.1;             ///< seconds
  double start = 0;                ///< Time of the first sample, in seconds on the clock of the words.
  std::string language = "en";     ///< Of the transcript that a decoder reads.
};

void describe_extract_sound(cli::Spec<ExtractSound>& s);

/// The states of all windows. `layers`: empty for all. Errors: those of read_sound, read_sound_input and extract_sound.
SoundActivations hear(const ExtractSound& options, const Model& model, const std::filesystem::path& model_folder,
                      const SoundExtractOptions& extraction, cli::Run& run);

/// A story that an encoder hears and a decoder reads; its times are on its own clock.
struct HeardModels {
  const Model& encoder;
  const Model& decoder;
  std::filesystem::path folder{};
};
Activations hear_words(const ExtractSound& options, const HeardModels& models, std::vector<Word> words,
                       const HeardWordOptions& extraction, cli::Run& run);

/// Seconds that a window of words holds.
double word_window(const ExtractSound& options, const SoundInput& input);

/// The windows of `options`, in the library's words.
SoundWindowOptions windows_of(const ExtractSound& options);

/// What the states depend on besides the model.
Json sound_key(const ExtractSound& options, double window);

}  // namespace arcuate
