#include "cmd/extract_options_support.h"

#include <ATen/ATen.h>

#include "core/error.h"
#include "core/text.h"
#include "model/family.h"
#include "study/spaces.h"

namespace arcuate {
namespace {

void describe_model(cli::Spec<ExtractCommand>& s) {
  s.section("Model");
  s.option("model", &ExtractCommand::model,
           "folder of the model as it lies on Hugging Face: config.json, the weights (.safetensors or .bin), and for "
           "words the tokenizer's files, for sound preprocessor_config.json")
      .required()
      .metavar("DIR");
  s.option("layers", &ExtractCommand::layers,
           "layers to keep: numbers (0 is the embedding, or what a speech model's first block reads; l the state after "
           "block l), final (after the last norm), or all, which is 0 and every l; units of feed-forward networks and "
           "attention have neither 0 nor final")
      .metavar("LIST");
  s.option("units", &ExtractCommand::units,
           "which activations of a layer: the residual stream, what the second layer of its feed-forward network gives "
           "before it is added to the stream, or what its attention heads give, side by side, before their output "
           "projection")
      .choices({{"residual", Units::residual}, {"ffn", Units::ffn}, {"attention", Units::attention}});
  s.option("context", &ExtractCommand::context,
           "words that the model sees: N (the last N), grow:N:M (grows to N words, then restarts with the last M), "
           "full, tokens:N (the last N tokens; tokens:N:wrap lets the first words see the story's end, to match), or "
           "centred:N (N around the word, for models that see both sides)")
      .metavar("RULE");
  s.option("random-init", &ExtractCommand::random_init,
           "an untrained twin: weights are drawn from this seed, as before training, instead of read")
      .metavar("SEED");
  s.option("start-token", &ExtractCommand::start_token,
           "special tokens before each window: as the tokenizer's template says, always its start token, or never")
      .choices(
          {{"tokenizer", StartToken::from_tokenizer}, {"always", StartToken::always}, {"never", StartToken::never}});
  s.option("pooling", &ExtractCommand::pooling, "state of a word of several tokens: of its last one, or their mean")
      .choices({{"last", Pooling::last}, {"mean", Pooling::mean}});
  s.option("untokenized", &ExtractCommand::untokenized,
           "words of which the tokenizer leaves nothing: an error, or the state of the word before")
      .choices({{"error", Untokenized::error}, {"previous", Untokenized::previous}});
  s.flag("surprisal", &ExtractCommand::surprisal,
         "also store surprisal and entropy of every word, in bits, by the model's predictions of the next token");
  s.option("precision", &ExtractCommand::precision,
           "arithmetic of the forward pass: float32, float64, bfloat16 (fast where the processor has it) or, on a GPU, "
           "float16")
      .choices({{"f32", ExtractPrecision::f32},
                {"f64", ExtractPrecision::f64},
                {"bf16", ExtractPrecision::bf16},
                {"f16", ExtractPrecision::f16}});
  s.option(
       "store", &ExtractCommand::store,
       "numbers in the file: as-computed (float64 with --precision f64, float32 otherwise), f32, or f16, which takes "
       "half the space for three digits")
      .choices({{"as-computed", ExtractStore::as_computed}, {"f32", ExtractStore::f32}, {"f16", ExtractStore::f16}});
}

void describe_story(cli::Spec<ExtractCommand>& s) {
  s.section("Story");
  s.option(
       "words", &ExtractCommand::words,
       "words and their times: .TextGrid, what Gentle, the Montreal Forced Aligner or WhisperX wrote (.csv, .json), "
       "or .tsv or .csv with columns onset, offset (or duration) and word")
      .metavar("FILE");
  s.option("tier", &ExtractCommand::tier,
           "TextGrid tier, by name or number from 1; if not given, the one called word(s), else the only one");
  s.flag("lowercase", &ExtractCommand::lowercase, "turn A-Z into a-z before the model reads them");
  s.option("untimed", &ExtractCommand::untimed,
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

void describe_twins(cli::Spec<ExtractCommand>& s) {
  s.section("Syntactic part");
  s.option("twins", &ExtractCommand::twins,
           "texts with the story's syntax and other words, word tables of as many words (see the command twins): the "
           "mean of their states is stored too")
      .metavar("FILE");
  s.group(describe_twins_options, &ExtractCommand::twin_options);
}

}  // namespace

void describe_extract(cli::Spec<ExtractCommand>& s) {
  s.summary("hidden states of a language or speech model along a story");
  s.description(
      "For a model that reads text (GPT-2, OPT, LLaMA, Mistral, Qwen 2, BERT, RoBERTa, DistilBERT), give the story's "
      "words with --words; for one that hears sound (HuBERT, wav2vec 2.0, WavLM, Whisper), give the recording with "
      "--sound. Whisper also takes both. A study (arcuate run) extracts by itself; forecast and networks take files "
      "that "
      "this command writes.");
  s.description(
      "Words: writes an HDF5 file with one dataset layer/<name> (words x width) for each of --layers: the state of "
      "each "
      "word's last token. Beside them stand word, onset and offset, and with --surprisal surprisal and entropy. One "
      "pass serves all words that share the beginning of their context.");
  s.description(
      "Sound: windows slide over the recording, and layer/<name> (windows x width) holds the state of the last frame "
      "that hears the window; the dataset times holds the windows' ends in seconds. preprocessor_config.json says how "
      "sound is normalised.");
  s.description(
      "Sound and words: each word has a pass of its own, in which Whisper's encoder hears the 30 seconds that end with "
      "the word, and its decoder reads the words that begin in them. layer/<name> (words x width) are the decoder's "
      "states of the words, which know both. The folder needs the tokenizer's files.");
  s.description(
      "With --twins a dataset syntactic/<name> a layer joins them, 1 x words x words ahead x width (without the third "
      "where texts have a past of their own): the mean over the texts, as forecast --syntactic takes it.");
  s.description(
      "With --memory-limit, or where the weights would not fit in the memory that is free, the model is read layer by "
      "layer (an untrained twin: drawn): each layer once, for all windows, before the next; the states between layers "
      "lie in a scratch file beside the output where they do not fit. The file has the same bytes, and a limit below "
      "the least that this takes is refused before any work. Models larger than memory run in this way. What Whisper's "
      "encoder hears for each word lies in a scratch file until its decoder has read them all.");
  describe_model(s);
  describe_story(s);
  describe_twins(s);
  s.section("Sound");
  s.group(describe_extract_sound, &ExtractCommand::sound);
  s.section("");
  s.group(groups::output_file, &ExtractCommand::output);
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
  s.example(
      "arcuate extract --model whisper-tiny --sound story.wav --words story.TextGrid --output words.h5 --pooling mean",
      "what Whisper's decoder makes of each word that it hears and reads");
}

std::vector<int64_t> wanted_layers(const ExtractCommand& options, const ModelSpec& spec) {
  const auto text = join(options.layers, ",");
  if (text == "all") return {};
  const auto layers = parse_layers(text, spec.layers);
  if (options.units != Units::residual && (layers.front() < 1 || layers.back() > spec.layers))
    bad_usage("--layers {}: the embedding (0) and 'final' have no {}; --units {} has 1 to {}", text,
              options.units == Units::ffn ? "feed-forward network" : "attention", units_name(options.units),
              spec.layers);
  return layers;
}

at::ScalarType arithmetic_of(const ExtractCommand& options) {
  switch (options.precision) {
    case ExtractPrecision::f64:
      return at::kDouble;
    case ExtractPrecision::bf16:
      return at::kBFloat16;
    case ExtractPrecision::f16:
      return at::kHalf;
    case ExtractPrecision::f32:
      break;
  }
  return at::kFloat;
}

const char* precision_name(ExtractPrecision precision) {
  constexpr const char* names[] = {"f32", "f64", "bf16", "f16"};
  return names[static_cast<size_t>(precision)];
}

at::Tensor stored_states(const at::Tensor& states, ExtractStore store) {
  if (store == ExtractStore::as_computed && states.scalar_type() == at::kDouble) return states;
  const auto kept = states.to(store == ExtractStore::f16 ? at::kHalf : at::kFloat);
  if (store == ExtractStore::f16 && at::isinf(kept).any().item<bool>())
    fail(Fault::failed, "states as large as {:.3g} do not fit into float16; use --store f32",
         states.abs().max().item<double>());
  return kept;
}

namespace {

struct SetOption {
  bool set;
  const char* name;
};

std::string names_of(std::initializer_list<SetOption> options) {
  std::vector<std::string> names;
  for (const auto& [set, name] : options)
    if (set) names.emplace_back(name);
  return join(names, ", ");
}

// Options that were set and that only a model has which reads text and nothing else …
std::string options_of_text(const ExtractCommand& o) {
  const ExtractCommand usual;
  return names_of({{o.context != usual.context, "--context"},
                   {o.start_token != usual.start_token, "--start-token"},
                   {o.untokenized != usual.untokenized, "--untokenized"},
                   {o.surprisal, "--surprisal"},
                   {!o.twins.empty(), "--twins"}});
}
// … and that any has that reads words.
std::string options_of_words(const ExtractCommand& o) {
  const ExtractCommand usual;
  return names_of({{o.pooling != usual.pooling, "--pooling"},
                   {!o.tier.empty(), "--tier"},
                   {o.lowercase, "--lowercase"},
                   {o.untimed != usual.untimed, "--untimed"}});
}

void refuse(const ModelSpec& spec, const std::string& names, const char* why) {
  if (!names.empty())
    bad_usage("{} hears sound; {} {} {}", spec.family, names, names.find(',') != names.npos ? "are" : "is", why);
}

void check_heard(const ExtractCommand& options, const ModelSpec& spec) {
  const bool words = !options.words.empty(), decodes = family_of(spec).decoder != nullptr;
  const char* beside = decodes ? " beside --words, for its decoder" : " in the place of --words";
  if (options.sound.file.empty())
    bad_usage("{} hears sound: give a recording with --sound{}", spec.family, words ? beside : "");
  if (words && !decodes)
    bad_usage("{} hears sound and has no decoder that reads words beside it: leave out --words. Families with one: {}",
              spec.family, families_with_decoder());
  const auto of_text = options_of_text(options), of_words = options_of_words(options);
  if (words) {
    refuse(spec, of_text, "about models that read text alone");
    refuse(spec, names_of({{options.sound.stride != ExtractSound{}.stride, "--sound-stride"}}), "not about its words");
    return;
  }
  refuse(spec, of_text + (of_text.empty() || of_words.empty() ? "" : ", ") + of_words,
         "about words that a model reads");
  refuse(spec, names_of({{options.sound.language != ExtractSound{}.language, "--language"}}), "about --words");
}

void check_kind(const ExtractCommand& options, const ModelSpec& spec) {
  if (spec.sound) return check_heard(options, spec);
  if (options.words.empty())
    bad_usage("{} reads text: give a story with --words{}", spec.family,
              options.sound.file.empty() ? "" : " in the place of --sound");
  if (!options.sound.file.empty()) bad_usage("{} reads text; --sound is for models that hear", spec.family);
}

void check_precision(const ExtractCommand& options, const cli::Run& run) {
  if (options.precision == ExtractPrecision::f16 && run.compute.device.is_cpu())
    bad_usage("--precision f16 needs a GPU (--device cuda); processors compute with f32, or with bf16");
}

}  // namespace

void check_extract(const ExtractCommand& options, const ModelSpec& spec, const cli::Run& run) {
  check_kind(options, spec);
  check_precision(options, run);
}

}  // namespace arcuate
