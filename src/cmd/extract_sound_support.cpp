#include "cmd/extract_sound_support.h"

#include "core/error.h"
#include "core/hash.h"
#include "input/sound.h"

namespace arcuate {

void describe_extract_sound(cli::Spec<ExtractSound>& s) {
  s.option("sound", &ExtractSound::file,
           "a recording (WAV, FLAC, Ogg, MP3 …, at any rate), for a model that hears sound, in the place of --words")
      .metavar("FILE");
  s.option("sound-window", &ExtractSound::window,
           "seconds that the model hears, up to each time; fewer at the beginning of the recording")
      .range(0.001, 100000);
  s.option("sound-stride", &ExtractSound::stride, "seconds from one time to the next; the first is one after the start")
      .range(0.001, 100000);
  s.option("sound-start", &ExtractSound::start,
           "time of the recording's first sample, in seconds on the story's clock");
}

SoundWindowOptions windows_of(const ExtractSound& options) {
  return {.window = options.window, .stride = options.stride};
}

SoundActivations hear(const ExtractSound& options, const Model& model, const std::filesystem::path& model_folder,
                      const SoundExtractOptions& extraction, cli::Run& run) {
  const auto input = read_sound_input(model_folder, model.spec());
  const auto sound = read_sound(options.file, input.rate);
  run.console.info("sound      {:.1f} s", sound.seconds());
  auto bar = run.console.progress("hearing");
  run.compute.progress = bar.callback();
  return within(fmt::format("hearing '{}'", options.file.string()),
                [&] { return extract_sound(model, input, sound.samples, extraction, run.compute); });
}

Json sound_key(const ExtractSound& options) {
  return {{"sound", sha256_file(options.file)},
          {"window", options.window},
          {"stride", options.stride},
          {"start", options.start}};
}

}  // namespace arcuate
