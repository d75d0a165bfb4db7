// Words that Whisper hears and reads against transformers, one word at a time (tests/reference/make_heard_words.py).
#include "model/heard_words.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "fixture.h"
#include "unit/model/reference_model.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::Fixture;
using arcuate::test::largest_difference;
using arcuate::test::message_of;
using arcuate::test::reference_model;
using arcuate::test::relative_difference;
namespace fs = std::filesystem;

namespace {

// One folder's models, and the story that the reference has.
struct Scene {
  explicit Scene(const std::string& name, at::ScalarType type = at::kFloat) : Scene(name, ModelOptions{.type = type}) {}
  Scene(const std::string& name, const ModelOptions& options)
      : encoder(Model::load(reference_model(name), options)),
        decoder(Model::load(reference_model(name), of_decoder(options))),
        tokenizer(Tokenizer::load(reference_model(name))),
        input(read_sound_input(reference_model(name), encoder.spec())) {
    const Fixture stored("sound/words.safetensors");
    const auto times = stored["times"];
    story.samples = stored["samples"];
    const char* const texts[] = {"the", "cat", "in", "a", "hat", "sat", "then", "ran"};
    for (int64_t i = 0; i < times.size(0); ++i)
      story.words.push_back(
          {.onset = times[i][0].item<double>(), .offset = times[i][1].item<double>(), .text = texts[i]});
  }

  Activations states(const HeardWordOptions& options = {.window = 0.5}, const Compute& compute = {}) const {
    return extract_heard_words({encoder, decoder, tokenizer, input}, story, options, compute);
  }
  std::string refusal(const HeardWordOptions& options = {.window = 0.5}) const {
    return message_of([&] { states(options); });
  }

  static ModelOptions of_decoder(ModelOptions options) {
    options.part = ModelPart::decoder;
    return options;
  }

  Model encoder, decoder;
  Tokenizer tokenizer;
  SoundInput input;
  RecordedStory story{};
};

}  // namespace

TEST(HeardWords, states_agree_with_the_original_library_word_by_word) {
  const Fixture expected("sound/words.safetensors");
  for (const std::string name : {"whisper-80", "whisper-128"})
    for (const auto type : {at::kDouble, at::kFloat}) {
      const Scene scene(name, type);
      const std::vector<int64_t> layers{0, 1, 2, 3};
      const auto last = scene.states({.window = 0.5, .layers = layers});
      const auto mean = scene.states({.window = 0.5, .layers = layers, .pooling = Pooling::mean});
      // Theirs go through float32 on the way to the model.
      EXPECT_LT(relative_difference(last.states, expected[name + ".last"]), 2e-5) << name;
      EXPECT_LT(relative_difference(mean.states, expected[name + ".mean"]), 2e-5) << name;
      EXPECT_EQ(last.windows, 8);
    }
}

TEST(HeardWords, bytes_do_not_depend_on_threads) {
  const Scene scene("whisper-80");
  EXPECT_TRUE(at::equal(scene.states().states, scene.states({.window = 0.5}, {.threads = 3}).states));
}

TEST(HeardWords, bytes_are_the_same_where_both_models_are_read_layer_by_layer) {
  const test::TemporaryFolder folder;
  const Streaming streaming{.memory = int64_t{1} << 40, .scratch = folder / "scratch"};
  for (const auto type : {at::kFloat, at::kBFloat16})
    for (const auto& seed : {std::optional<uint64_t>{}, std::optional<uint64_t>{4}}) {
      const Scene whole("whisper-80", ModelOptions{.type = type, .random_init = seed});
      const Scene layered("whisper-80", ModelOptions{.type = type, .random_init = seed, .streaming = streaming});
      for (const auto units : {Units::residual, Units::ffn})
        for (const int threads : {1, 3}) {
          const HeardWordOptions options{.window = 0.5, .layers = {1, 2}, .units = units, .pooling = Pooling::mean};
          EXPECT_TRUE(at::equal(layered.states(options, {.threads = threads}).states, whole.states(options).states));
        }
    }
  EXPECT_TRUE(std::filesystem::exists(folder / "scratch"));
}

TEST(HeardWords, a_limit_below_the_least_is_refused) {
  const test::TemporaryFolder folder;
  const Scene small("whisper-80", ModelOptions{.streaming = Streaming{.memory = 1, .scratch = folder.path()}});
  EXPECT_TRUE(contains(small.refusal(), {"layer by layer, needs at least", "the limit is 0 MB"}));
}

TEST(HeardWords, half_the_digits_are_near) {
  for (const auto pooling : {Pooling::last, Pooling::mean}) {
    const HeardWordOptions options{.window = 0.5, .pooling = pooling};
    const auto exact = Scene("whisper-80").states(options).states,
               half = Scene("whisper-80", at::kBFloat16).states(options).states;
    EXPECT_LT(relative_difference(half, exact), 0.1);
    EXPECT_GT(relative_difference(half, exact), 0);
  }
}

TEST(HeardWords, every_option_changes_the_states) {
  const Scene scene("whisper-80");
  const auto usual = scene.states().states;
  const auto differs = [&](const HeardWordOptions& options) {
    return largest_difference(scene.states(options).states, usual) > 1e-3;
  };
  EXPECT_TRUE(differs({.window = 0.4}));
  EXPECT_TRUE(differs({.window = 0.5, .units = Units::ffn}));
  EXPECT_TRUE(differs({.window = 0.5, .units = Units::attention}));
  EXPECT_TRUE(differs({.window = 0.5, .pooling = Pooling::mean}));
  EXPECT_TRUE(differs({.window = 0.5, .language = "de"}));
}

TEST(HeardWords, a_word_knows_what_was_said_before_it_and_nothing_that_follows) {
  const Scene scene("whisper-80");
  auto changed = scene, silent = scene;
  changed.story.words[1].text = "dog";
  silent.story.samples = scene.story.samples.clone();
  silent.story.samples.slice(0, 16'000) += 0.3;  // from 1 s on
  const auto usual = scene.states().states, other = changed.states().states, heard = silent.states().states;
  const auto differ = [&](const at::Tensor& x, int64_t word) { return largest_difference(x[2][word], usual[2][word]); };
  EXPECT_EQ(differ(other, 0), 0);
  for (int64_t word = 1; word < 4; ++word) EXPECT_GT(differ(other, word), 1e-3) << word;
  EXPECT_EQ(differ(other, 4), 0);  // a word that is longer than the window is read alone
  for (int64_t word = 0; word < 6; ++word) EXPECT_EQ(differ(heard, word), 0) << word;
  EXPECT_GT(differ(heard, 6), 1e-3);
}

TEST(HeardWords, words_that_do_not_fit_the_sound_are_named_at_once) {
  Scene scene("whisper-80");
  scene.story.words[0].onset = -0.05;
  scene.story.words[7].offset = 1.42;
  EXPECT_TRUE(contains(scene.refusal(), {"2 problems", "recording, which has 1.400 s", "--sound-start",
                                         "word 1 ('the') is from -0.050 to 0.110 s", "word 8 ('ran') is from 1.300"}));
  scene.story.words[0] = {.onset = 0, .offset = 0, .text = "the"};
  scene.story.words[7].offset = 1.405;  // within a step of the spectrum
  const auto message = scene.refusal();
  EXPECT_TRUE(contains(message, {"word 1 ('the') is from 0.000 to 0.000 s"}));
  EXPECT_EQ(message.find("word 8"), message.npos);
}

TEST(HeardWords, windows_that_the_model_cannot_take_are_refused) {
  Scene scene("whisper-80");
  EXPECT_TRUE(contains(scene.refusal({.window = 1.5}), {"windows of 1.5 s", "at most the 1 s that the model hears"}));
  EXPECT_TRUE(contains(scene.refusal({.window = 0}), {"windows of 0 s"}));
  EXPECT_TRUE(contains(scene.refusal({.window = 0.5, .language = "xx"}), {"'<|xx|>'", "--language"}));
  EXPECT_TRUE(contains(scene.refusal({.window = 0.5, .layers = {4}}), {"layer 4 was asked for", "0 to 2"}));
  scene.story.words[3].text = "antidisestablishment";
  EXPECT_TRUE(contains(scene.refusal(), {"the words in the 0.5 s up to word 4 ('antidisestablishment') are", "tokens",
                                         "4 special ones", "the decoder has 20 positions", "--sound-window"}));
  scene.story.words[3].text = "";
  EXPECT_TRUE(contains(scene.refusal(), {"word 4 ('') has no token"}));
}
