#include "model/extract.h"

#include "fixture.h"

using namespace arcuate;
using arcuate::test::largest_difference;

namespace {

const std::vector<std::string> story{"Once", "upon",  "a",     "time",  "there",  "was",  "a",    "little",
                                     "girl", "named", "Lily.", "She",   "didn't", "like", "the",  "dark",
                                     "wood", "and",   "so,",   "every", "day,",   "she",  "went", "home"};

// The definition, one window a word and no batching.
at::Tensor one_by_one(const Model& model, const Tokenizer& tokenizer, int64_t words, int64_t layer) {
  std::vector<at::Tensor> rows;
  for (int64_t word = 0; word < static_cast<int64_t>(story.size()); ++word) {
    std::vector<int64_t> ids = tokenizer.template_prefix();
    for (int64_t i = std::max<int64_t>(0, word + 1 - words); i <= word; ++i)
      for (int64_t id : tokenizer.encode_word(story[static_cast<size_t>(i)], true)) ids.push_back(id);
    const std::vector<int64_t> layers{layer};
    rows.push_back(model.states(at::tensor(ids, at::kLong).unsqueeze(0), layers)[0][0][-1]);
  }
  return at::stack(rows);
}

struct Loaded {
  Model model;
  Tokenizer tokenizer;
};
Loaded load(const std::filesystem::path& folder) {
  return {Model::load(folder, {.type = at::kDouble}), Tokenizer::load(folder)};
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
