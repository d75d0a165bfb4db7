#include "model/extract.h"

#include <algorithm>

#include "fixture.h"
#include "io/json.h"
#include "model/twin_states.h"

using namespace arcuate;
namespace fs = std::filesystem;
using arcuate::test::contains;
using arcuate::test::largest_difference;
using arcuate::test::message_of;

namespace {

const std::vector<std::string> story{"Once", "upon",  "a",     "time",  "there",  "was",  "a",    "little",
                                     "girl", "named", "Lily.", "She",   "didn't", "like", "the",  "dark",
                                     "wood", "and",   "so,",   "every", "day,",   "she",  "went", "home"};

// The state of one word of a text that the model sees with the `words` - 1 words before it.
at::Tensor state_of(const Model& model, const Tokenizer& tokenizer, const std::vector<std::string>& text, int64_t word,
                    int64_t words, int64_t layer) {
  std::vector<int64_t> ids = tokenizer.template_prefix();
  for (int64_t i = std::max<int64_t>(0, word + 1 - words); i <= word; ++i)
    for (int64_t id : tokenizer.encode_word(text[static_cast<size_t>(i)], true)) ids.push_back(id);
  const std::vector<int64_t> layers{layer};
  return model.states(at::tensor(ids, at::kLong).unsqueeze(0), layers)[0][0][-1];
}

// The definition, one window a word and no batching.
at::Tensor one_by_one(const Model& model, const Tokenizer& tokenizer, int64_t words, int64_t layer) {
  std::vector<at::Tensor> rows;
  for (int64_t word = 0; word < std::ssize(story); ++word)
    rows.push_back(state_of(model, tokenizer, story, word, words, layer));
  return at::stack(rows);
}

// The words of the story from right to left: none stands in its own place.
std::vector<std::string> other_words() { return {story.rbegin(), story.rend()}; }

struct Loaded {
  Model model;
  Tokenizer tokenizer;
};
Loaded load(const std::filesystem::path& folder) {
  return {Model::load(folder, {.type = at::kDouble}), Tokenizer::load(folder)};
}

// A model of a reference configuration, untrained, with the tokenizer of stories260K, whose template also gets an end.
struct Untrained {
  test::TemporaryFolder folder;
  Untrained(const std::string& name, const fs::path& tokenizer_of, const Json& changes) {
    auto config = read_json(test::source_path("reference/models/" + name + "/config.json"));
    config["vocab_size"] = 512;
    config.update(changes);
    write_json(folder / "config.json", config);
    auto tokenizer = read_json(tokenizer_of / "tokenizer.json");
    auto& processor = tokenizer["post_processor"];
    processor["single"].push_back({{"SpecialToken", {{"id", "</s>"}, {"type_id", 0}}}});
    processor["special_tokens"]["</s>"] = {
        {"id", "</s>"}, {"ids", Json::array({2})}, {"tokens", Json::array({"</s>"})}};
    write_json(folder / "tokenizer.json", tokenizer);
  }
  Model model() const { return Model::load(folder.path(), {.type = at::kDouble, .random_init = 7}); }
  Tokenizer tokenizer() const { return Tokenizer::load(folder.path()); }
};

// The state of a word's last token where `before` words stand before it and `after` behind, between <s> and </s>.
at::Tensor state_between(const Model& model, const Tokenizer& tokenizer, int64_t word, int64_t before, int64_t after,
                         bool special) {
  std::vector<int64_t> ids;
  int64_t last = 0;
  if (special) ids.push_back(1);
  for (int64_t i = std::max<int64_t>(0, word - before); i <= std::min<int64_t>(word + after, std::ssize(story) - 1);
       ++i) {
    for (int64_t id : tokenizer.encode_word(story[static_cast<size_t>(i)], true)) ids.push_back(id);
    if (i == word) last = std::ssize(ids) - 1;
  }
  if (special && !model.spec().block.causal) ids.push_back(2);
  const std::vector<int64_t> layers{2};
  return model.states(at::tensor(ids, at::kLong).unsqueeze(0), layers)[0][0][last];
}

}  // namespace

TEST(Extract, batched_windows_give_the_states_of_the_definition) {
  ARCUATE_DATA_OR_SKIP(root, "models/stories260K");
  for (const char* name : {"stories260K", "tales-100k"}) {
    const auto [model, tokenizer] = load(root.parent_path() / name);
    for (int64_t tokens_per_batch : {1, 60, 4096}) {
      const auto result =
          extract(model, tokenizer, story,
                  {.context = {.kind = ContextKind::fixed, .words = 5}, .tokens_per_batch = tokens_per_batch}, {});
      ASSERT_EQ(result.states.size(0), model.spec().layers + 1);
      for (int64_t layer = 0; layer <= model.spec().layers; ++layer)
        EXPECT_LT(largest_difference(result.states[layer], one_by_one(model, tokenizer, 5, layer)), 1e-12)
            << name << " " << layer;
    }
  }
}

TEST(Extract, a_growing_context_restarts_where_its_options_say) {
  ARCUATE_DATA_OR_SKIP(folder, "models/stories260K");
  const auto [model, tokenizer] = load(folder);
  const auto full = extract(model, tokenizer, story, {.context = {.kind = ContextKind::full}}, {}).states[3];
  const auto grow =
      extract(model, tokenizer, story, {.context = {.kind = ContextKind::grow, .words = 10, .keep = 4}}, {}).states[3];
  EXPECT_LT(largest_difference(full.slice(0, 0, 10), grow.slice(0, 0, 10)), 1e-12);
  EXPECT_GT(largest_difference(full[10], grow[10]), 1e-3);
  EXPECT_LT(largest_difference(grow[10], one_by_one(model, tokenizer, 4, 3)[10]),
            1e-12);  // the first word after the restart
}

TEST(Extract, options_change_what_is_extracted) {
  ARCUATE_DATA_OR_SKIP(folder, "models/stories260K");
  const auto [model, tokenizer] = load(folder);
  const auto usual = extract(model, tokenizer, story, {}, {});
  const auto some = extract(model, tokenizer, story, {.layers = {2, 6}}, {});
  EXPECT_EQ(some.layers, (std::vector<int64_t>{2, 6}));
  EXPECT_LT(largest_difference(some.states[0], usual.states[2]), 1e-12);
  EXPECT_EQ(model.layer_name(6), "final");
  EXPECT_GT(largest_difference(extract(model, tokenizer, story, {.start_token = StartToken::never}, {}).states[4],
                               usual.states[4]),
            1e-2);
  EXPECT_LT(largest_difference(extract(model, tokenizer, story, {.start_token = StartToken::always}, {}).states[4],
                               usual.states[4]),
            1e-12);
}

TEST(Extract, feed_forward_units_are_those_of_the_words_last_token) {
  ARCUATE_DATA_OR_SKIP(folder, "models/stories260K");
  const auto [model, tokenizer] = load(folder);
  const ContextOptions whole{.kind = ContextKind::full};
  const auto units = extract(model, tokenizer, story, {.context = whole, .units = Units::ffn}, {});
  ASSERT_EQ(units.layers, (std::vector<int64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(units.units, Units::ffn);
  std::vector<int64_t> ids = tokenizer.template_prefix();
  for (const auto& word : story)
    for (int64_t id : tokenizer.encode_word(word, true)) ids.push_back(id);
  const auto direct = model.states(at::tensor(ids, at::kLong).unsqueeze(0), units.layers, Units::ffn);
  for (size_t layer = 0; layer < units.layers.size(); ++layer)
    EXPECT_LT(largest_difference(units.states[static_cast<int64_t>(layer)][-1], direct[layer][0][-1]), 1e-12) << layer;
}

TEST(Extract, gives_the_same_bytes_for_any_number_of_threads) {
  ARCUATE_DATA_OR_SKIP(folder, "models/tales-100k");
  const auto model = Model::load(folder);
  const auto tokenizer = Tokenizer::load(folder);
  const ExtractOptions options{.context = {.kind = ContextKind::fixed, .words = 6}, .tokens_per_batch = 64};
  EXPECT_TRUE(at::equal(extract(model, tokenizer, story, options, {.threads = 1}).states,
                        extract(model, tokenizer, story, options, {.threads = 3}).states));
}

TEST(Extract, a_model_that_sees_both_sides_has_windows_that_end_with_the_word_or_lie_around_it) {
  ARCUATE_DATA_OR_SKIP(root, "models/stories260K");
  const Untrained bert("bert", root, {{"max_position_embeddings", 60}, {"initializer_range", 0.5}});
  const auto model = bert.model();
  const auto tokenizer = bert.tokenizer();
  struct Case {
    ContextOptions context;
    int64_t before, after;
  };
  for (const auto& [context, before, after] : {Case{{.kind = ContextKind::fixed, .words = 5}, 4, 0},
                                               Case{{.kind = ContextKind::grow, .words = 1000, .keep = 1}, 1000, 0},
                                               Case{{.kind = ContextKind::centred, .words = 6}, 3, 2}})
    for (const bool special : {true, false}) {
      const auto states = extract(model, tokenizer, story,
                                  {.context = context,
                                   .layers = {2},
                                   .start_token = special ? StartToken::from_tokenizer : StartToken::never},
                                  {.threads = 2})
                              .states[0];
      for (int64_t word = 0; word < 18; ++word)
        EXPECT_LT(largest_difference(states[word], state_between(model, tokenizer, word, before, after, special)),
                  1e-12)
            << context_text(context) << " " << word;
    }
}

TEST(Extract, angles_that_depend_on_the_length_of_a_sequence_are_those_of_the_words_window) {
  ARCUATE_DATA_OR_SKIP(root, "models/stories260K");
  const Untrained llama("llama-dynamic", root, {{"initializer_range", 0.5}, {"max_position_embeddings", 12}});
  const auto model = llama.model();
  const auto tokenizer = llama.tokenizer();
  EXPECT_EQ(model.spec().max_tokens, 36);
  const auto result =
      extract(model, tokenizer, story, {.context = {.kind = ContextKind::fixed, .words = 6}, .layers = {2}}, {});
  for (int64_t word = 0; word < std::ssize(story); ++word)
    EXPECT_LT(largest_difference(result.states[0][word], state_between(model, tokenizer, word, 5, 0, true)), 1e-12)
        << word;
}

TEST(Extract, a_centred_context_is_refused_for_a_causal_model) {
  ARCUATE_DATA_OR_SKIP(folder, "models/stories260K");
  const auto [model, tokenizer] = load(folder);
  const ContextOptions centred{.kind = ContextKind::centred, .words = 21};
  EXPECT_TRUE(contains(message_of([&] { extract(model, tokenizer, story, {.context = centred}, {}); }),
                       {"centred:21 needs a model that sees both sides", "llama", "the last 11"}));
}

TEST(Extract, continuations_follow_the_words_that_were_heard) {
  ARCUATE_DATA_OR_SKIP(folder, "models/stories260K");
  const auto [model, tokenizer] = load(folder);
  const auto other = other_words();
  constexpr int64_t ahead = 3, layer = 3;
  const auto words = std::ssize(story);
  for (const int64_t seen : {4, 1000}) {
    const ContextOptions context{.kind = seen == 4 ? ContextKind::fixed : ContextKind::full, .words = seen};
    const auto states =
        continued_states(model, tokenizer, story, other, ahead, {.context = context, .layers = {layer}}, {});
    ASSERT_EQ(states.sizes().vec(), (std::vector<int64_t>{1, words, ahead, model.spec().block.width}));
    for (int64_t n = 0; n < words; ++n) {
      auto text = story;
      std::copy(other.begin() + n + 1, other.end(), text.begin() + n + 1);
      for (int64_t h = 1; h <= ahead; ++h) {
        const auto own = states[0][n][h - 1];
        if (n + h < words)
          EXPECT_LT(largest_difference(own, state_of(model, tokenizer, text, n + h, seen, layer)), 1e-12)
              << n << " " << h;
        else
          EXPECT_EQ(own.abs().max().item<double>(), 0) << n << " " << h;
      }
    }
  }
  EXPECT_TRUE(contains(message_of([&] { continued_states(model, tokenizer, story, other, 0, {}, {}); }),
                       {"continuations of 0 words"}));
  const std::vector<std::string> shorter(other.begin() + 1, other.end());
  EXPECT_TRUE(contains(message_of([&] { continued_states(model, tokenizer, story, shorter, 2, {}, {}); }),
                       {"a text of 23 words continues one of 24"}));
}

TEST(Extract, the_syntactic_part_is_the_mean_over_texts_of_either_past) {
  ARCUATE_DATA_OR_SKIP(folder, "models/stories260K");
  const auto [model, tokenizer] = load(folder);
  auto third = other_words();
  std::rotate(third.begin(), third.begin() + 5, third.end());
  const std::vector<std::vector<std::string>> twins{other_words(), third};
  const ExtractOptions options{.layers = {2, 4}};
  const auto whole = mean_twin_states(model, tokenizer, story, twins, {.past = TwinPast::twin}, options, {});
  const auto mean = [&](const auto& states_of) { return (states_of(twins[0]) + states_of(twins[1])) / 2; };
  EXPECT_LT(largest_difference(
                whole, mean([&](const auto& text) { return extract(model, tokenizer, text, options, {}).states; })),
            1e-12);
  const auto continued = mean_twin_states(model, tokenizer, story, twins, {.ahead = 2}, options, {});
  EXPECT_LT(largest_difference(continued, mean([&](const auto& text) {
                                 return continued_states(model, tokenizer, story, text, 2, options, {});
                               })),
            1e-12);
  EXPECT_TRUE(contains(message_of([&] { mean_twin_states(model, tokenizer, story, {}, {}, options, {}); }),
                       {"at least one text"}));
}

TEST(Extract, gives_on_a_device_what_the_processor_gives) {
  if (!at::hasCUDA()) GTEST_SKIP() << "there is no CUDA device";
  const auto folder = test::source_path("../models/tales-1m");
  const auto tokenizer = Tokenizer::load(folder);
  const auto states = [&](c10::Device device, Units units) {
    const auto model = Model::load(folder, {.type = at::kFloat, .device = device});
    return extract(model, tokenizer, story, {.context = {.kind = ContextKind::fixed, .words = 6}, .units = units},
                   {.threads = 2, .device = device})
        .states;
  };
  for (const auto units : {Units::residual, Units::ffn})
    EXPECT_LT(largest_difference(states(at::kCPU, units), states(c10::Device(at::kCUDA, 0), units)), 1e-4);
}
