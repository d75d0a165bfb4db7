#include "model/heard_words.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/error.h"
#include "model/batches.h"
#include "model/heard_states.h"

namespace arcuate {
namespace {

// What one word's pass hears and reads.
struct HeardPass {
  SoundWindow sound{};
  Pass text{};
};

int64_t sample_of(double seconds, const SoundInput& input) {
  return std::llround(seconds * static_cast<double>(input.rate));
}

// A word may end a step of the spectrum behind the sound: times are rounded.
void check_times(const RecordedStory& story, const SoundInput& input) {
  const auto rate = static_cast<double>(input.rate);
  const double seconds = static_cast<double>(story.samples.numel()) / rate;
  const double least = 1 / rate, most = seconds + static_cast<double>(input.mel ? input.mel->hop : 1) / rate;
  Problems problems(fmt::format(
      "words lie outside of the recording, which has {:.3f} s. Is it the story's, and does it begin when --sound-start "
      "says?",
      seconds));
  for (size_t i = 0; i < story.words.size(); ++i) {
    const auto& word = story.words[i];
    if (word.onset < 0 || word.offset < least || word.offset > most)
      problems.add("word {} ('{}') is from {:.3f} to {:.3f} s", i + 1, word.text, word.onset, word.offset);
  }
  problems.raise();
}

class Passes {
 public:
  Passes(const HearingReader& model, const RecordedStory& story, const HeardWordOptions& options)
      : model_(model),
        story_(story),
        options_(options),
        tokens_(tokenize_words(model.tokenizer, texts_of(story.words))),
        text_{.words = {tokens_.begin(), tokens_.end()},
              .special = {.before = transcript_start(model.tokenizer, options.language)},
              .pooling = options.pooling} {}

  std::vector<HeardPass> all() const {
    std::vector<HeardPass> passes;
    for (int64_t word = 0; word < std::ssize(story_.words); ++word) passes.push_back(of(word));
    check_positions(passes);
    return passes;
  }

 private:
  static std::vector<std::string> texts_of(const std::vector<Word>& words) {
    std::vector<std::string> texts;
    for (const auto& word : words) texts.push_back(word.text);
    return texts;
  }

  HeardPass of(int64_t word) const {
    const double offset = story_.words[static_cast<size_t>(word)].offset, begin = offset - options_.window;
    const int64_t end = std::min(sample_of(offset, model_.input), story_.samples.numel());
    int64_t first_word = word;
    while (first_word > 0 && story_.words[static_cast<size_t>(first_word) - 1].onset >= begin) --first_word;
    return {.sound = {.first = std::max<int64_t>(end - sample_of(options_.window, model_.input), 0), .end = end},
            .text = window_pass({.first = first_word, .wanted = word, .end = word + 1}, text_, word)};
  }

  void check_positions(const std::vector<HeardPass>& passes) const {
    const auto tokens = [](const HeardPass& pass) { return std::ssize(pass.text.ids); };
    const auto longest = std::ranges::max_element(passes, {}, tokens);
    const int64_t most = model_.decoder.spec().max_tokens;
    if (longest == passes.end() || tokens(*longest) <= most) return;
    bad_input(
        "the words in the {} s up to word {} ('{}') are {} tokens, with {} special ones; the decoder has {} positions. "
        "Ask for a shorter --sound-window",
        options_.window, longest - passes.begin() + 1, story_.words[static_cast<size_t>(longest - passes.begin())].text,
        tokens(*longest), text_.special.count(), most);
  }

  const HearingReader& model_;
  const RecordedStory& story_;
  const HeardWordOptions& options_;
  std::vector<std::vector<int64_t>> tokens_;
  PassText text_;
};

// `place`: of the pass among the windows that are heard.
ModelBatch batch_of(const Pass& text, const HeardStates& heard, size_t place) {
  ModelBatch batch{.sequences = 1, .length = std::ssize(text.ids)};
  for (const auto& wanted : text.wanted) {
    batch.wanted.tokens.push_back(wanted.token);
    batch.wanted.rows.push_back(wanted.row);
    if (text.wanted.size() > 1) batch.wanted.shares.push_back(wanted.share);
  }
  batch.input = [&text] { return ModelInput(at::tensor(text.ids, at::kLong).unsqueeze(0)); };
  batch.heard = [&heard, place] { return heard.of(place); };
  batch.heard_frames = heard.frames();
  return batch;
}

}  // namespace

static std::optional<int64_t> token_named(const Tokenizer& tokenizer, const std::string& text) {
  for (int64_t id = 0; id < tokenizer.vocabulary_size(); ++id)
    if (tokenizer.token(id) == text) return id;
  return {};
}

std::vector<int64_t> transcript_start(const Tokenizer& tokenizer, const std::string& language) {
  std::vector<int64_t> ids;
  Problems problems(
      "the tokenizer does not have the tokens that begin a transcript. Is --language written as in 'en', and is the "
      "tokenizer the model's?");
  for (const std::string& name :
       {std::string("startoftranscript"), language, std::string("transcribe"), std::string("notimestamps")}) {
    const auto text = fmt::format("<|{}|>", name);
    if (const auto id = token_named(tokenizer, text))
      ids.push_back(*id);
    else
      problems.add("'{}'", text);
  }
  problems.raise();
  return ids;
}

Activations extract_heard_words(const HearingReader& model, const RecordedStory& story, const HeardWordOptions& options,
                                const Compute& compute) {
  const double longest = static_cast<double>(model.input.samples) / static_cast<double>(model.input.rate);
  if (sample_of(options.window, model.input) < 1 || (model.input.mel && options.window > longest))
    bad_usage("windows of {} s: at least one sample and at most the {} s that the model hears are needed",
              options.window, longest);
  check_times(story, model.input);
  const auto passes = Passes(model, story, options).all();
  const auto samples = story.samples.to(at::promote_types(model.decoder.type(), at::kFloat));
  Activations result;
  result.layers = options.layers.empty() ? all_layers(model.decoder.spec().layers, options.units) : options.layers;
  result.units = options.units;
  result.windows = std::ssize(passes);
  check_layers(result.layers, model.decoder.spec(), options.units);
  std::vector<SoundWindow> windows;
  for (const auto& pass : passes) windows.push_back(pass.sound);
  const HeardStates heard(model.encoder, model.input, samples, std::move(windows), compute);
  std::vector<ModelBatch> batches;
  for (size_t i = 0; i < passes.size(); ++i) {
    batches.push_back(batch_of(passes[i].text, heard, i));
    result.tokens += batches.back().length;
  }
  const Taps taps{.layers = result.layers, .units = result.units};
  result.states = run_batches(model.decoder, batches, result.windows, taps, compute).wanted;
  return result;
}

}  // namespace arcuate
