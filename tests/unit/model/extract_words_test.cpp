// What stands for a word: contexts in tokens, means over tokens, words without any.
#include <ATen/ATen.h>

#include "fixture.h"
#include "model/extract.h"
#include "model/surprisal.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::largest_difference;
using arcuate::test::message_of;

namespace {

const std::vector<std::string> story{"once", "upon",  "a",    "time", "extraordinary", "creatures", "lived", "beneath",
                                     "the",  "great", "wood", "and",  "never",         "slept",     "there"};

struct Scene {
  Model model;
  Tokenizer tokenizer;

  explicit Scene(const std::filesystem::path& folder)
      : model(Model::load(folder, {.type = at::kDouble})), tokenizer(Tokenizer::load(folder)) {}

  std::vector<int64_t> tokens(size_t word) const { return tokenizer.encode_word(story[word], true); }

  // States of layer 3 of all tokens of one sequence behind the tokenizer's own start.
  at::Tensor states(const std::vector<int64_t>& tokens) const {
    auto ids = tokenizer.template_prefix();
    const auto start = std::ssize(ids);
    ids.insert(ids.end(), tokens.begin(), tokens.end());
    const std::vector<int64_t> layers{3};
    return model.states(at::tensor(ids, at::kLong).unsqueeze(0), layers)[0][0].slice(0, start);
  }
  at::Tensor extracted(const ExtractOptions& options, const std::vector<std::string>& words = story) const {
    auto of_layer = options;
    of_layer.layers = {3};
    return extract(model, tokenizer, words, of_layer, {}).states[0];
  }
};

}  // namespace

TEST(ExtractWords, a_context_in_tokens_is_the_last_of_them) {
  ARCUATE_DATA_OR_SKIP(root, "models/stories260K");
  const Scene scene(root);
  for (const bool wrap : {false, true})
    for (const int64_t count : {12, 20}) {
      const auto found = scene.extracted({.context = {.kind = ContextKind::tokens, .tokens = count, .wrap = wrap}});
      for (size_t word = 0; word < story.size(); ++word) {
        std::vector<int64_t> before;  // the story up to the word; wrapped: behind the rest of it
        for (size_t i = wrap ? word + 1 : story.size(); i < story.size(); ++i)
          for (const int64_t id : scene.tokens(i)) before.push_back(id);
        for (size_t i = 0; i <= word; ++i)
          for (const int64_t id : scene.tokens(i)) before.push_back(id);
        if (std::ssize(before) > count) before.erase(before.begin(), before.end() - count);
        EXPECT_LT(largest_difference(found[static_cast<int64_t>(word)], scene.states(before)[-1]), 1e-12) << word;
      }
    }
}

TEST(ExtractWords, the_mean_of_a_words_tokens_may_stand_for_it) {
  ARCUATE_DATA_OR_SKIP(root, "models/stories260K");
  const Scene scene(root);
  std::vector<int64_t> all;
  for (size_t word = 0; word < story.size(); ++word)
    for (const int64_t id : scene.tokens(word)) all.push_back(id);
  const auto states = scene.states(all);
  const auto mean = scene.extracted({.context = {.kind = ContextKind::full}, .pooling = Pooling::mean}),
             last = scene.extracted({.context = {.kind = ContextKind::full}});
  int64_t first = 0;
  for (size_t word = 0; word < story.size(); ++word) {
    const auto end = first + std::ssize(scene.tokens(word));
    EXPECT_LT(largest_difference(mean[static_cast<int64_t>(word)], states.slice(0, first, end).mean(0)), 1e-12);
    EXPECT_LT(largest_difference(last[static_cast<int64_t>(word)], states[end - 1]), 1e-12);
    first = end;
  }
}

TEST(ExtractWords, a_word_without_a_token_may_have_the_state_of_the_word_before) {
  ARCUATE_DATA_OR_SKIP(root, "models/stories260K");
  const Scene scene(root);
  const std::vector<std::string> words{"", "once", "upon", "", "", "a", ""}, spoken{"once", "upon", "a"};
  EXPECT_TRUE(contains(message_of([&] { scene.extracted({}, words); }), {"4 problems", "word 1 ('') has no token"}));
  const auto found = scene.extracted({.untokenized = Untokenized::previous}, words),
             expected = scene.extracted({}, spoken);
  EXPECT_EQ(found[0].abs().max().item<double>(), 0);
  const std::vector<int64_t> of_spoken{0, 1, 1, 1, 2, 2};
  for (size_t i = 0; i < of_spoken.size(); ++i)
    EXPECT_EQ(largest_difference(found[static_cast<int64_t>(i) + 1], expected[of_spoken[i]]), 0) << i;
  const auto predicted =
      word_predictions(scene.model, scene.tokenizer, words, {.untokenized = Untokenized::previous}, {});
  EXPECT_TRUE(at::equal(at::isnan(predicted.surprisal), at::tensor({1, 0, 0, 1, 1, 0, 1}, at::kLong).to(at::kBool)));
}

TEST(ExtractWords, surprisal_of_a_streamed_model_is_that_of_one_in_memory) {
  for (const char* name : {"models/stories260K", "models/tales-100k"}) {
    ARCUATE_DATA_OR_SKIP(root, name);
    const auto whole = Model::load(root);
    const auto tokenizer = Tokenizer::load(root);
    const test::TemporaryFolder folder;
    const auto streamed = [&](int64_t memory) {
      return Model::load(root, {.streaming = Streaming{.memory = memory, .scratch = folder.path()}});
    };
    const auto expected = word_predictions(whole, tokenizer, story, {}, {}),
               found = word_predictions(streamed(int64_t{1} << 40), tokenizer, story, {}, {});
    EXPECT_TRUE(at::equal(found.surprisal.nan_to_num(-1), expected.surprisal.nan_to_num(-1)));
    EXPECT_TRUE(at::equal(found.entropy.nan_to_num(-1), expected.entropy.nan_to_num(-1)));
    EXPECT_TRUE(contains(message_of([&] { word_predictions(streamed(1), tokenizer, story, {}, {}); }),
                         {"next-token head at once", "the limit is 0 MB"}));
  }
}

TEST(ExtractWords, windows_that_positions_cut_short_are_counted) {
  ARCUATE_DATA_OR_SKIP(root, "models/stories260K");
  const Scene scene(root);
  std::vector<std::string> words;
  for (int i = 0; i < 40; ++i) words.insert(words.end(), story.begin(), story.end());
  const auto cut = [&](const ContextOptions& context) {
    return extract(scene.model, scene.tokenizer, words, {.context = context, .layers = {0}}, {}).cut;
  };
  EXPECT_EQ(cut({.kind = ContextKind::fixed, .words = 30}), 0);
  EXPECT_GT(cut({.kind = ContextKind::fixed, .words = 500}), 200);
  EXPECT_GT(cut({.kind = ContextKind::grow, .words = 512, .keep = 256}), 0);
  EXPECT_EQ(cut({.kind = ContextKind::full}), 0);
}

TEST(ExtractWords, in_bfloat16_states_are_those_of_float32_to_two_digits) {
  for (const char* name : {"models/stories260K", "models/tales-100k"}) {
    ARCUATE_DATA_OR_SKIP(root, name);
    const auto tokenizer = Tokenizer::load(root);
    const auto states = [&](at::ScalarType type) {
      return extract(Model::load(root, {.type = type}), tokenizer, story, {}, {}).states.to(at::kDouble);
    };
    const auto exact = states(at::kFloat), rough = states(at::kBFloat16);
    for (int64_t layer = 0; layer < exact.size(0); ++layer) {
      const double error = largest_difference(exact[layer], rough[layer]) / exact[layer].abs().max().item<double>();
      EXPECT_LT(error, 0.05) << name << " " << layer;
      EXPECT_GT(error, 1e-5) << name << " " << layer;
    }
  }
}
