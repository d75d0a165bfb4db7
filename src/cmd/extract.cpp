// arcuate extract: the hidden states of one model for the words of one story, or for one recording.
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/run.h"
#include "cmd/extract_sound_support.h"
#include "cmd/groups.h"
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
#include "model/surprisal.h"
#include "model/twin_states.h"
#include "study/activations_file.h"
#include "study/spaces.h"
#include "study/study_plan.h"
#include "study/unit.h"

namespace arcuate {
namespace {

enum class Precision { f32, f64 };

struct Options {
  fs::path model{}, words{};
  groups::OutputFile output{};
  std::vector<std::string> layers{"all"};
  Units units = Units::residual;
  std::string context = "grow:512:256";
  std::optional<uint64_t> random_init{};
  StartToken start_token = StartToken::from_tokenizer;
  Precision precision = Precision::f32;
  bool surprisal = false;
  std::string tier{};
  bool lowercase = false;
  Untimed untimed = Untimed::error;
  ExtractSound sound{};
  std::vector<fs::path> twins{};
  TwinOptions twin_options{};
};

void describe_model(cli::Spec<Options>& s) {
  s.section("Model");
  s.option("model", &Options::model, "folder of the model, in the layout of Hugging Face").required().metavar("DIR");
  s.option("layers", &Options::layers,
           "layers to keep: numbers (0 is the embedding, or what a speech model's first block reads; l the state after "
           "block l), final (after the last norm), or all; "
           "units of feed-forward networks and attention have neither 0 nor final")
      .metavar("LIST");
  s.option("units", &Options::units,
           "which activations of a layer: the residual stream, what the second layer of its feed-forward network gives "
           "before it is added to the stream, or what its attention heads give, side by side, before their output "
           "projection")
      .choices({{"residual", Units::residual}, {"ffn", Units::ffn}, {"attention", Units::attention}});
  s.option("context", &Options::context,
           "words that the model sees: N (the last N), grow:N:M (grows to N words, then restarts with the last M), "
           "full, or centred:N (N around the word, for models that see both sides)")
      .metavar("RULE");
  s.option("random-init", &Options::random_init, "an untrained twin: weights are drawn from this seed instead of read")
      .metavar("SEED");
  s.option("start-token", &Options::start_token,
           "special tokens before each window: as the tokenizer's template says, always its start token, or never")
      .choices(
          {{"tokenizer", StartToken::from_tokenizer}, {"always", StartToken::always}, {"never", StartToken::never}});
  s.flag("surprisal", &Options::surprisal,
         "also store surprisal and entropy of every word, in bits, by the model's predictions of the next token");
  s.option("precision", &Options::precision, "arithmetic of the forward pass, and of the states in the file")
      .choices({{"f32", Precision::f32}, {"f64", Precision::f64}});
}

void describe_story(cli::Spec<Options>& s) {
  s.section("Story");
  s.option("words", &Options::words,
           "words and their times: .TextGrid, or .tsv or .csv with columns onset, offset (or duration) and word")
      .metavar("FILE");
  s.option("tier", &Options::tier,
           "TextGrid tier, by name or number from 1; if not given, the one called word(s), else the only one");
  s.flag("lowercase", &Options::lowercase, "turn A-Z into a-z before the model reads them");
  s.option("untimed", &Options::untimed,
           "words whose time is n/a: an error, left out, or placed between their neighbours")
      .choices({{"error", Untimed::error}, {"drop", Untimed::drop}, {"interpolate", Untimed::interpolate}});
}

void describe_twins_options(cli::Spec<TwinOptions>& s) {
  s.option("twins-past", &TwinOptions::past,
           "what the model reads before a word of such a text: the story's own words up to the present one, so that "
           "each word has continuations of its own, or the text's words")
      .choices({{"story", TwinPast::story}, {"twin", TwinPast::twin}});
  s.option("ahead", &TwinOptions::ahead, "words of each continuation").range(1, 100000);
}

void describe_twins(cli::Spec<Options>& s) {
  s.section("Syntactic part");
  s.option("twins", &Options::twins,
           "texts with the story's syntax and other words, word tables of as many words (see the command twins): the "
           "mean of their states is stored too")
      .metavar("FILE");
  s.group(describe_twins_options, &Options::twin_options);
}

void describe(cli::Spec<Options>& s) {
  s.summary("hidden states of a language or speech model along a story");
  s.description(
      "For a model that reads text, give the story's words; for one that hears sound (HuBERT, wav2vec 2.0, WavLM, "
      "Whisper), give the recording with --sound.");
  s.description(
      "Words: writes an HDF5 file with one dataset layer/<name> (words x width) a layer: the state of each word's last "
      "token. "
      "Beside them stand word, onset and offset, and with --surprisal surprisal and entropy. One pass serves all words "
      "that share the beginning of their context.");
  s.description(
      "Sound: windows slide over the recording, and layer/<name> (windows x width) holds the state of the last frame "
      "that "
      "hears the window; the dataset times holds the windows' ends in seconds. preprocessor_config.json in the model's "
      "folder says how sound is normalised.");
  s.description(
      "With --twins a dataset syntactic/<name> a layer joins them, 1 x words x words ahead x width (without the third "
      "where texts have a past of their own): the mean over the texts, as forecast --syntactic takes it.");
  s.description(
      "With --memory-limit, or where the weights would not fit in the memory that is free, the model is read layer by "
      "layer: each layer once, for all windows, before the next; the states between layers lie in a scratch file "
      "beside the output where they do not fit. The file has the same bytes, and a limit below the least that this "
      "takes is "
      "refused before any work. Models larger than memory run in this way.");
  describe_model(s);
  describe_story(s);
  describe_twins(s);
  s.section("Sound");
  s.group(describe_extract_sound, &Options::sound);
  s.section("");
  s.group(groups::output_file, &Options::output);
  s.example("arcuate extract --model models/tales-1m --words story.TextGrid --output story.h5", "all layers");
  s.example(
      "arcuate extract --model models/tales-1m --words story.tsv --output twin.h5 --random-init 1 --layers 4,final",
      "two layers of an untrained twin");
  s.example("arcuate extract --model llama-2-7b --words story.tsv --output 7b.h5 --layers 16 --memory-limit 3GB",
            "one layer of a model that is larger than the memory it may take");
  s.example(
      "arcuate extract --model models/tales-1m --words story.tsv --output parts.h5 --layers 4 --twins twins/*.tsv",
      "a layer, and the syntactic part of the 30 words after each word");
  s.example("arcuate extract --model hubert-base-ls960 --sound story.wav --output heard.h5 --layers 9",
            "a layer of a speech model, every 0.1 s");
}

// The files of the model that the states depend on, by content: moved files give the same key.
Json model_files(const Options& options, std::span<const char* const> others) {
  Json files = Json::object();
  const auto add = [&](const fs::path& file) {
    if (fs::exists(file)) files[file.filename().string()] = sha256_file(file);
  };
  add(options.model / "config.json");
  for (const char* name : others) add(options.model / name);
  if (!options.random_init)
    for (const auto& file : weight_files(options.model)) add(file);
  return files;
}

std::string activation_key(const Options& options, const std::vector<int64_t>& layers, const Story& story) {
  Json words = Json::array(), twins = Json::array();
  for (const auto& word : story.words) words.push_back({word.onset, word.offset, word.text});
  for (const auto& file : options.twins) twins.push_back(sha256_file(file));
  return unit_key({{"kind", "extract command"},
                   {"files", model_files(options, tokenizer_file_names())},
                   {"words", words},
                   {"layers", layers},
                   {"units", units_name(options.units)},
                   {"context", context_text(parse_context(options.context))},
                   {"random_init", options.random_init ? Json(*options.random_init) : Json()},
                   {"start_token", static_cast<int>(options.start_token)},
                   {"twins", twins},
                   {"twins_past", static_cast<int>(options.twin_options.past)},
                   {"ahead", options.twin_options.ahead},
                   {"surprisal", options.surprisal},
                   {"precision", options.precision == Precision::f64 ? "f64" : "f32"}});
}

std::vector<std::string> texts_of(const Story& story) {
  std::vector<std::string> texts;
  for (const auto& word : story.words) texts.push_back(word.text);
  return texts;
}

// Words as the story's are read.
std::vector<std::vector<std::string>> read_twins(const Options& options, const Story& story) {
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

Activations run_model(const Options& options, const Model& model, const Story& story, const ExtractOptions& extraction,
                      cli::Run& run) {
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
          .to(activations.states.scalar_type());
  return activations;
}

void write_predictions(Hdf5Writer& file, const Options& options, const Model& model, const Story& story,
                       const ExtractOptions& extraction, cli::Run& run) {
  auto bar = run.console.progress("predicting words");
  run.compute.progress = bar.callback();
  const auto found = word_predictions(model, Tokenizer::load(options.model), texts_of(story), extraction, run.compute);
  file.write("surprisal", found.surprisal);
  file.write("entropy", found.entropy);
}

// "all" stays empty: extract() knows which layers have such units.
std::vector<int64_t> wanted_layers(const Options& options, const ModelSpec& spec) {
  const auto text = join(options.layers, ",");
  if (text == "all") return {};
  const auto layers = parse_layers(text, spec.layers);
  if (options.units != Units::residual && (layers.front() < 1 || layers.back() > spec.layers))
    bad_usage("--layers {}: the embedding (0) and 'final' have no {}; --units {} has 1 to {}", text,
              options.units == Units::ffn ? "feed-forward network" : "attention", units_name(options.units),
              spec.layers);
  return layers;
}

fs::path folder_of(const fs::path& output) { return output.has_parent_path() ? output.parent_path() : fs::path("."); }

at::ScalarType type_of(const Options& options) {
  return options.precision == Precision::f64 ? at::kDouble : at::kFloat;
}

// Layer by layer where a limit is given or the weights would not fit in what is free.
std::optional<Streaming> streaming_of(const Options& options, const ModelSpec& spec, at::ScalarType type,
                                      const cli::Run& run) {
  const auto limit = memory_limit(run.common.memory_limit.count);
  const double weights = count_weights(spec) * static_cast<double>(at::elementSize(type));
  const bool fits = weights < static_cast<double>(limit.bytes - resident_bytes());
  if (!limit.given && (fits || options.random_init)) return std::nullopt;
  return Streaming{.memory = limit.bytes, .scratch = folder_of(options.output.path)};
}

// Options that only a story of words has, and that were set.
std::vector<std::string> word_options(const Options& o) {
  const Options usual;
  std::vector<std::string> set;
  const auto note = [&](bool differs, const char* name) {
    if (differs) set.emplace_back(name);
  };
  note(!o.words.empty(), "--words");
  note(o.context != usual.context, "--context");
  note(o.start_token != usual.start_token, "--start-token");
  note(o.surprisal, "--surprisal");
  note(!o.tier.empty(), "--tier");
  note(o.lowercase, "--lowercase");
  note(o.untimed != usual.untimed, "--untimed");
  note(!o.twins.empty(), "--twins");
  return set;
}

void check_kind(const Options& options, const ModelSpec& spec) {
  const auto set = word_options(options);
  if (spec.sound && options.sound.file.empty())
    bad_usage("{} hears sound: give a recording with --sound{}", spec.family,
              options.words.empty() ? "" : " in the place of --words");
  if (spec.sound && !set.empty())
    bad_usage("{} hears sound; {} {} about words that a model reads", spec.family, join(set, ", "),
              set.size() == 1 ? "is" : "are");
  if (!spec.sound && options.words.empty())
    bad_usage("{} reads text: give a story with --words{}", spec.family,
              options.sound.file.empty() ? "" : " in the place of --sound");
  if (!spec.sound && !options.sound.file.empty())
    bad_usage("{} reads text; --sound is for models that hear", spec.family);
}

Model load_model(const Options& options, const ModelSpec& spec, cli::Run& run) {
  const auto type = type_of(options);
  return Model::load(options.model, {.type = type,
                                     .device = run.compute.device,
                                     .random_init = options.random_init,
                                     .streaming = streaming_of(options, spec, type, run)});
}

void tell_model(const Options& options, const ModelSpec& spec, const cli::Run& run) {
  run.console.info("model      {}: {} layers of width {}{}", spec.family, spec.layers, spec.block.width,
                   options.random_init ? fmt::format(", untrained (seed {})", *options.random_init) : "");
}

// Of rows that are called `rows`.
void tell_written(const Options& options, const Activations& made, const char* rows, const cli::Run& run) {
  run.console.info("written    {} ({} layers x {} {} x {})", options.output.path.string(), made.layers.size(),
                   made.states.size(1), rows, made.states.size(2));
}

constexpr const char* sound_files[] = {"preprocessor_config.json"};

int run_sound(const Options& options, const ModelSpec& spec, cli::Run& run) {
  const SoundExtractOptions extraction{
      .windows = windows_of(options.sound), .layers = wanted_layers(options, spec), .units = options.units};
  tell_model(options, spec, run);
  read_sound_input(options.model, spec);
  if (run.common.dry_run) return 0;
  const auto model = load_model(options, spec, run);
  ensure_writable_folder(folder_of(options.output.path));
  const auto heard = hear(options.sound, model, options.model, extraction, run);
  const auto& made = heard.activations;
  Hdf5Writer file(options.output.path);
  file.attribute("format", activations_format);
  file.attribute("key", unit_key({{"kind", "extract command"},
                                  {"files", model_files(options, sound_files)},
                                  {"heard", sound_key(options.sound)},
                                  {"layers", made.layers},
                                  {"units", units_name(options.units)},
                                  {"random_init", options.random_init ? Json(*options.random_init) : Json()},
                                  {"precision", options.precision == Precision::f64 ? "f64" : "f32"}}));
  write_heard(file, heard, model, windows_of(options.sound), options.sound.start);
  file.finish();
  run.console.info("heard      {} frames in {} windows", made.tokens, made.windows);
  tell_written(options, made, "windows", run);
  return 0;
}

int run(const Options& options, cli::Run& run) {
  const auto& output = options.output.path;
  refuse_to_replace(output, run.common.force);
  const auto spec = read_spec(options.model);
  check_kind(options, spec);
  if (spec.sound) return run_sound(options, spec, run);
  const ExtractOptions extraction{.context = parse_context(options.context),
                                  .layers = wanted_layers(options, spec),
                                  .units = options.units,
                                  .start_token = options.start_token};
  const auto story =
      read_story(options.words, {.tier = options.tier, .lowercase = options.lowercase, .untimed = options.untimed});
  tell_model(options, spec, run);
  run.console.info("story      {} words", story.words.size());
  if (options.surprisal && spec.head == Head::none)
    bad_usage("--surprisal needs a model that predicts the next word; {} has no next-token head", spec.family);
  if (options.surprisal && streaming_of(options, spec, type_of(options), run))
    bad_usage("--surprisal needs the whole model in memory, which the limit (or what is free) does not allow for");
  if (run.common.dry_run) return 0;
  const auto model = load_model(options, spec, run);
  ensure_writable_folder(folder_of(output));
  const auto activations = run_model(options, model, story, extraction, run);
  Hdf5Writer file(output);
  file.attribute("format", activations_format);
  file.attribute("key", activation_key(options, activations.layers, story));
  write_activations(file, activations, model, story.words);
  if (options.surprisal) write_predictions(file, options, model, story, extraction, run);
  file.finish();
  run.console.info("read       {} tokens in {} windows", activations.tokens, activations.windows);
  tell_written(options, activations, "words", run);
  return 0;
}

}  // namespace
namespace commands {
extern const cli::Command extract = cli::command<Options, describe, run>("extract");
}
}  // namespace arcuate
