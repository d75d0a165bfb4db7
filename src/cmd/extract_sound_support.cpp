#include "cmd/extract_sound_support.h"

#include "core/error.h"
#include "core/hash.h"
#include "input/sound.h"

namespace arcuate {

void describe_extract_sound(cli::Spec<ExtractSound>& s) {
  s.option(
       "sound", &ExtractSound::file,
       "a recording (WAV, FLAC, Ogg, MP3 …, at any rate), for a model that hears sound; Whisper's decoder also reads "
       "--words beside it")
      .metavar("FILE");
  s.option(
       "sound-window", &ExtractSound::window,
       "seconds that the model hears, up to each time; fewer at the beginning of the recording. If not given, 16.1; "
       "with --words up to each word's end, and all that the model hears at once (30)")
      .range(0.001, 100000);
  s.option("sound-stride", &ExtractSound::stride, "seconds from one time to the next; the first is one after the start")
      .range(0.001, 100000);
  s.option("sound-start", &ExtractSound::start,
           "time of the recording's first sample, in seconds on the story's clock");
  s.option("language", &ExtractSound::language,
           "with --words: language of the transcript that Whisper's decoder reads, as in its token <|en|>")
      .metavar("CODE");
}

SoundWindowOptions windows_of(const ExtractSound& options) {
  return {.window = options.window.value_or(SoundWindowOptions{}.window), .stride = options.stride};
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

double word_window(const ExtractSound& options, const SoundInput& input) {
  return options.window.value_or(static_cast<double>(input.samples) / static_cast<double>(input.rate));
}

Activations hear_words(const ExtractSound& options, const HeardModels& models, std::vector<Word> words,
                       const HeardWordOptions& extraction, cli::Run& run) {
  const auto tokenizer =
      within("reading the tokenizer of the decoder's words", [&] { return Tokenizer::load(models.folder); });
  const HearingReader model{.encoder = models.encoder,
                            .decoder = models.decoder,
                            .tokenizer = tokenizer,
                            .input = read_sound_input(models.folder, models.encoder.spec())};
  const auto sound = read_sound(options.file, model.input.rate);
  run.console.info("sound      {:.1f} s", sound.seconds());
  for (auto& word : words) {
    word.onset -= options.start;
    word.offset -= options.start;
  }
  auto bar = run.console.progress("hearing and reading");
  run.compute.progress = bar.callback();
  return within(fmt::format("hearing '{}'", options.file.string()),
                [&] { return extract_heard_words(model, {sound.samples, std::move(words)}, extraction, run.compute); });
}

Json sound_key(const ExtractSound& options, double window) {
  return {
      {"sound", sha256_file(options.file)}, {"window", window}, {"stride", options.stride}, {"start", options.start}};
}

}  // namespace arcuate
