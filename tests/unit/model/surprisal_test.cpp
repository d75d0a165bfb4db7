#include "model/surprisal.h"

#include <ATen/ATen.h>

#include <cmath>

#include "fixture.h"
#include "model/extract.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::largest_difference;
using arcuate::test::message_of;

namespace {

const std::vector<std::string> story{"Once", "upon",          "a",    "time", "there", "was",
                                     "an",   "extraordinary", "girl", "named"};

struct Loaded {
  Model model;
  Tokenizer tokenizer;
};
Loaded load(const std::filesystem::path& folder) {
  return {Model::load(folder, {.type = at::kDouble}), Tokenizer::load(folder)};
}

// Bits by the definition, token by token, for the word behind the `words` - 1 before it and `start`.
std::pair<double, double> bits_of(const Loaded& loaded, int64_t word, int64_t words, std::vector<int64_t> ids) {
  const std::vector<int64_t> last{loaded.model.spec().layers + 1};
  const auto probabilities = [&] {
    return loaded.model.logits(loaded.model.states(at::tensor(ids, at::kLong).unsqueeze(0), last)[0])[0][-1].softmax(
        -1);
  };
  for (int64_t i = std::max<int64_t>(0, word + 1 - words); i < word; ++i)
    for (int64_t id : loaded.tokenizer.encode_word(story[static_cast<size_t>(i)], true)) ids.push_back(id);
  double surprisal = 0;
  const auto first = probabilities();
  for (int64_t id : loaded.tokenizer.encode_word(story[static_cast<size_t>(word)], true)) {
    surprisal -= std::log2(probabilities()[id].item<double>());
    ids.push_back(id);
  }
  return {surprisal, -(first * first.log2()).sum().item<double>()};
}

}  // namespace

TEST(Surprisal, is_that_of_all_tokens_of_a_word_and_entropy_that_of_the_first) {
  ARCUATE_DATA_OR_SKIP(root, "models/stories260K");
  const auto loaded = load(root);
  ASSERT_GT(loaded.tokenizer.encode_word("extraordinary", true).size(), 3u);
  for (const int64_t words : {3, 1000}) {
    const ContextOptions context{.kind = words == 3 ? ContextKind::fixed : ContextKind::full, .words = words};
    const auto found = word_predictions(loaded.model, loaded.tokenizer, story, {.context = context}, {});
    for (int64_t word = 0; word < std::ssize(story); ++word) {
      const auto [surprisal, entropy] = bits_of(loaded, word, words, {1});
      EXPECT_NEAR(found.surprisal[word].item<double>(), surprisal, 1e-10) << word;
      EXPECT_NEAR(found.entropy[word].item<double>(), entropy, 1e-10) << word;
    }
  }
}

TEST(Surprisal, a_word_that_nothing_precedes_has_none) {
  ARCUATE_DATA_OR_SKIP(root, "models/stories260K");
  const auto [model, tokenizer] = load(root);
  const auto found = word_predictions(model, tokenizer, story, {.start_token = StartToken::never}, {});
  EXPECT_TRUE(std::isnan(found.surprisal[0].item<double>()) && std::isnan(found.entropy[0].item<double>()));
  EXPECT_TRUE(at::isfinite(found.surprisal.slice(0, 1)).all().item<bool>());
  EXPECT_TRUE(at::isfinite(found.entropy.slice(0, 1)).all().item<bool>());
}

TEST(Surprisal, has_the_same_bytes_for_any_number_of_threads) {
  ARCUATE_DATA_OR_SKIP(root, "models/tales-100k");
  const auto model = Model::load(root);
  const auto tokenizer = Tokenizer::load(root);
  const ExtractOptions options{.context = {.kind = ContextKind::fixed, .words = 3}, .tokens_per_batch = 8};
  const auto one = word_predictions(model, tokenizer, story, options, {.threads = 1}),
             three = word_predictions(model, tokenizer, story, options, {.threads = 3});
  EXPECT_EQ(largest_difference(one.surprisal, three.surprisal), 0);
  EXPECT_EQ(largest_difference(one.entropy, three.entropy), 0);
}

TEST(Surprisal, comes_from_the_passes_that_give_the_states) {
  ARCUATE_DATA_OR_SKIP(root, "models/tales-100k");
  const auto model = Model::load(root);
  const auto tokenizer = Tokenizer::load(root);
  const ContextOptions context{.kind = ContextKind::fixed, .words = 3};
  const auto alone = word_predictions(model, tokenizer, story, {.context = context}, {});
  const int64_t final_layer = model.spec().layers + 1;
  for (const auto pooling : {Pooling::last, Pooling::mean})
    for (const auto& layers : {std::vector<int64_t>{0, 2}, {1, 2}, {1, final_layer}})
      for (const auto units : {Units::residual, Units::ffn, Units::attention}) {
        if (units != Units::residual && layers != std::vector<int64_t>{1, 2}) continue;
        ExtractOptions options{.context = context, .layers = layers, .units = units, .pooling = pooling};
        const auto states = extract(model, tokenizer, story, options, {}).states;
        int64_t runs = 0;
        options.predictions = true;
        const auto both = extract(model, tokenizer, story, options,
                                  {.progress = [&](int64_t done, int64_t all) { runs += done == all ? 1 : 0; }});
        EXPECT_TRUE(at::equal(both.states, states));
        EXPECT_EQ(largest_difference(both.predictions.surprisal, alone.surprisal), 0);
        EXPECT_EQ(largest_difference(both.predictions.entropy, alone.entropy), 0);
        EXPECT_EQ(runs, 1);
      }
}

TEST(Surprisal, needs_a_model_that_predicts_the_next_token) {
  ARCUATE_DATA_OR_SKIP(root, "models/stories260K");
  const auto model = Model::load(test::source_path("reference/models/bert"));
  EXPECT_TRUE(contains(message_of([&] { word_predictions(model, Tokenizer::load(root), story, {}, {}); }),
                       {"surprisal needs a model that predicts the next word", "bert"}));
}
