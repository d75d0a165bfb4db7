// arcuate extract: the hidden states of one model for the words of one story, or for one recording.
#include <ATen/ATen.h>

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/run.h"
#include "cmd/extract_options_support.h"
#include "cmd/output_support.h"
#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "core/memory.h"
#include "core/text.h"
#include "input/story.h"
#include "input/tokenizer.h"
#include "model/checkpoint.h"
#include "model/extract.h"
#include "model/family.h"
#include "model/model.h"
#include "model/twin_states.h"
#include "study/activations_file.h"
#include "study/spaces.h"
#include "study/study_machine.h"
#include "study/unit.h"

namespace arcuate {
namespace {

// The files of the model that the states depend on, by content: moved files give the same key.
Json model_files(const ExtractCommand& options, std::initializer_list<std::span<const char* const>> others) {
  Json files = Json::object();
  const auto add = [&](const fs::path& file) {
    if (fs::exists(file)) files[file.filename().string()] = sha256_file(file);
  };
  add(options.model / "config.json");
  for (const auto& names : others)
    for (const char* name : names) add(options.model / name);
  if (!options.random_init)
    for (const auto& file : weight_files(options.model)) add(file);
  return files;
}

Json words_key(const Story& story) {
  Json words = Json::array();
  for (const auto& word : story.words) words.push_back({word.onset, word.offset, word.text});
  return words;
}

std::string activation_key(const ExtractCommand& options, const std::vector<int64_t>& layers, const Story& story) {
  Json twins = Json::array();
  for (const auto& file : options.twins) twins.push_back(sha256_file(file));
  return unit_key({{"kind", "extract command"},
                   {"files", model_files(options, {tokenizer_file_names()})},
                   {"words", words_key(story)},
                   {"layers", layers},
                   {"units", units_name(options.units)},
                   {"context", context_text(parse_context(options.context))},
                   {"random_init", options.random_init ? Json(*options.random_init) : Json()},
                   {"start_token", static_cast<int>(options.start_token)},
                   {"pooling", static_cast<int>(options.pooling)},
                   {"untokenized", static_cast<int>(options.untokenized)},
                   {"twins", twins},
                   {"twins_past", static_cast<int>(options.twin_options.past)},
                   {"ahead", options.twin_options.ahead},
                   {"surprisal", options.surprisal},
                   {"precision", precision_name(options.precision)},
                   {"store", static_cast<int>(options.store)}});
}

Story read_words(const ExtractCommand& options) {
  return read_story(options.words, {.tier = options.tier, .lowercase = options.lowercase, .untimed = options.untimed});
}

std::vector<std::string> texts_of(const Story& story) {
  std::vector<std::string> texts;
  for (const auto& word : story.words) texts.push_back(word.text);
  return texts;
}

// Words as the story's are read.
std::vector<std::vector<std::string>> read_twins(const ExtractCommand& options, const Story& story) {
  Problems problems(fmt::format("texts do not fit the story '{}'", options.words.string()));
  std::vector<std::vector<std::string>> twins;
  for (const auto& file : options.twins) {
    twins.push_back(texts_of(read_story(file, {.silence = {}, .keep_empty = true, .lowercase = options.lowercase})));
    if (twins.back().size() != story.words.size())
      problems.add("'{}' has {} words, the story has {}", file.string(), twins.back().size(), story.words.size());
  }
  problems.raise();
  return twins;
}

Activations run_model(const ExtractCommand& options, const Model& model, const Story& story,
                      const ExtractOptions& extraction, cli::Run& run) {
  const auto tokenizer = Tokenizer::load(options.model);
  const auto words = texts_of(story);
  const auto twins = read_twins(options, story);
  auto activations = within(fmt::format("reading the story '{}'", options.words.string()), [&] {
    auto bar = run.console.progress("extracting");
    run.compute.progress = bar.callback();
    return extract(model, tokenizer, words, extraction, run.compute);
  });
  if (twins.empty()) return activations;
  auto bar = run.console.progress("reading texts of the same syntax");
  run.compute.progress = bar.callback();
  activations.syntactic =
      mean_twin_states(model, tokenizer, words, twins, options.twin_options, extraction, run.compute)
          .to(at::promote_types(activations.states.scalar_type(), at::kFloat));
  return activations;
}

fs::path folder_of(const fs::path& output) { return output.has_parent_path() ? output.parent_path() : fs::path("."); }

std::optional<Streaming> streaming_of(const ExtractCommand& options, double weights, at::ScalarType type,
                                      const cli::Run& run) {
  const auto limit = memory_limit(run.common.memory_limit.count);
  if (!is_streamed(weights, type, limit)) return std::nullopt;
  return Streaming{.memory = limit.bytes, .scratch = folder_of(options.output.path)};
}

// `weights`: of all models that are loaded together.
Model load_model(const ExtractCommand& options, double weights, const cli::Run& run, ModelPart part = ModelPart::main) {
  const auto type = arithmetic_of(options);
  return Model::load(options.model, {.type = type,
                                     .device = run.compute.device,
                                     .random_init = options.random_init,
                                     .streaming = streaming_of(options, weights, type, run),
                                     .part = part});
}

void tell_model(const ExtractCommand& options, const ModelSpec& spec, const cli::Run& run) {
  run.console.info("model      {}{}: {} layers of width {}{}", spec.family, spec.block.cross ? ", its decoder" : "",
                   spec.layers, spec.block.width,
                   options.random_init ? fmt::format(", untrained (seed {})", *options.random_init) : "");
}

// Of rows that are called `rows`.
void tell_written(const ExtractCommand& options, const Activations& made, const char* rows, const cli::Run& run) {
  run.console.info("written    {} ({} layers x {} {} x {})", options.output.path.string(), made.layers.size(),
                   made.states.size(1), rows, made.states.size(2));
}

constexpr const char* sound_files[] = {"preprocessor_config.json"};

int run_sound(const ExtractCommand& options, const ModelSpec& spec, cli::Run& run) {
  const SoundExtractOptions extraction{
      .windows = windows_of(options.sound), .layers = wanted_layers(options, spec), .units = options.units};
  tell_model(options, spec, run);
  read_sound_input(options.model, spec);
  if (run.common.dry_run) return 0;
  const auto model = load_model(options, count_weights(spec), run);
  ensure_writable_folder(folder_of(options.output.path));
  auto heard = hear(options.sound, model, options.model, extraction, run);
  auto& made = heard.activations;
  made.states = stored_states(made.states, options.store);
  Hdf5Writer file(options.output.path);
  file.attribute("format", activations_format);
  file.attribute("key", unit_key({{"kind", "extract command"},
                                  {"files", model_files(options, {sound_files})},
                                  {"heard", sound_key(options.sound, windows_of(options.sound).window)},
                                  {"layers", made.layers},
                                  {"units", units_name(options.units)},
                                  {"random_init", options.random_init ? Json(*options.random_init) : Json()},
                                  {"precision", precision_name(options.precision)},
                                  {"store", static_cast<int>(options.store)}}));
  write_heard(file, heard, model, windows_of(options.sound), options.sound.start);
  file.finish();
  run.console.info("heard      {} frames in {} windows", made.tokens, made.windows);
  tell_written(options, made, "windows", run);
  return 0;
}

std::string heard_words_key(const ExtractCommand& options, const Activations& made, const Story& story, double window) {
  return unit_key({{"kind", "extract command"},
                   {"files", model_files(options, {tokenizer_file_names(), sound_files})},
                   {"heard", sound_key(options.sound, window)},
                   {"words", words_key(story)},
                   {"language", options.sound.language},
                   {"layers", made.layers},
                   {"units", units_name(options.units)},
                   {"pooling", static_cast<int>(options.pooling)},
                   {"random_init", options.random_init ? Json(*options.random_init) : Json()},
                   {"precision", precision_name(options.precision)},
                   {"store", static_cast<int>(options.store)}});
}

// Words that the model's encoder hears and its decoder reads.
int run_heard_words(const ExtractCommand& options, const ModelSpec& encoder_spec, cli::Run& run) {
  const auto spec = read_spec(options.model, ModelPart::decoder);
  const auto story = read_words(options);
  tell_model(options, spec, run);
  run.console.info("story      {} words", story.words.size());
  const HeardWordOptions extraction{.window = word_window(options.sound, read_sound_input(options.model, encoder_spec)),
                                    .layers = wanted_layers(options, spec),
                                    .units = options.units,
                                    .pooling = options.pooling,
                                    .language = options.sound.language};
  if (run.common.dry_run) return 0;
  const double weights = count_weights(encoder_spec) + count_weights(spec);
  const auto encoder = load_model(options, weights, run),
             decoder = load_model(options, weights, run, ModelPart::decoder);
  ensure_writable_folder(folder_of(options.output.path));
  auto made = hear_words(options.sound, {encoder, decoder, options.model}, story.words, extraction, run);
  made.states = stored_states(made.states, options.store);
  Hdf5Writer file(options.output.path);
  file.attribute("format", activations_format);
  file.attribute("key", heard_words_key(options, made, story, extraction.window));
  write_activations(file, made, decoder, story.words);
  file.attribute("part", "decoder");
  file.attribute("sound_window", extraction.window);
  file.attribute("sound_start", options.sound.start);
  file.finish();
  run.console.info("read       {} tokens in {} windows of sound", made.tokens, made.windows);
  tell_written(options, made, "words", run);
  return 0;
}

int run(const ExtractCommand& options, cli::Run& run) {
  const auto& output = options.output.path;
  refuse_to_replace(output, run.common.force);
  const auto spec = read_spec(options.model);
  check_extract(options, spec, run);
  if (spec.sound) return options.words.empty() ? run_sound(options, spec, run) : run_heard_words(options, spec, run);
  const ExtractOptions extraction{.context = parse_context(options.context),
                                  .layers = wanted_layers(options, spec),
                                  .units = options.units,
                                  .start_token = options.start_token,
                                  .pooling = options.pooling,
                                  .untokenized = options.untokenized,
                                  .predictions = options.surprisal};
  const auto story = read_words(options);
  tell_model(options, spec, run);
  run.console.info("story      {} words", story.words.size());
  if (options.surprisal && spec.head == Head::none)
    bad_usage("--surprisal needs a model that predicts the next word; {} has no next-token head", spec.family);
  if (run.common.dry_run) return 0;
  const auto model = load_model(options, count_weights(spec), run);
  ensure_writable_folder(folder_of(output));
  auto activations = run_model(options, model, story, extraction, run);
  activations.states = stored_states(activations.states, options.store);
  Hdf5Writer file(output);
  file.attribute("format", activations_format);
  file.attribute("key", activation_key(options, activations.layers, story));
  write_activations(file, activations, model, story.words);
  if (options.surprisal) {
    file.write("surprisal", activations.predictions.surprisal);
    file.write("entropy", activations.predictions.entropy);
  }
  file.finish();
  if (activations.cut > 0)
    run.console.warn(
        "{} of {} windows hold less context than asked for: more would exceed the model's {} positions. Ask for fewer "
        "words with --context, or for the tokens that fit with --context tokens:N",
        activations.cut, activations.windows, spec.max_tokens);
  run.console.info("read       {} tokens in {} windows", activations.tokens, activations.windows);
  tell_written(options, activations, "words", run);
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command extract = cli::command<ExtractCommand, describe_extract, run>("extract");
}
}  // namespace arcuate
