#include "study/recipes.h"

#include "core/text.h"
#include "study/study.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;

namespace {

// The recipe on networks needs the user's templates.
const std::string templates = "[[analysis]]\nkind = 'networks'\ntemplates = 't.tsv'\n";

Study with_recipe(const std::string& recipe, const std::string& more = "") {
  const auto text = "recipe = '" + recipe + "'\n" + more + (recipe == "sun2024" && more.empty() ? templates : "") +
                    "\n[dataset]\nroot = 'd'\n[[feature]]\nkind = 'word_rate'\n"
                    "[[model]]\npath = 'a'\n[[model]]\npath = 'b'\n";
  return parse_study(text, "s.toml", "", {});
}

}  // namespace

TEST(Recipe, fills_in_what_the_file_does_not_say) {
  const auto study = with_recipe("caucheteux2023");
  EXPECT_EQ(study.align.options.method, AlignMethod::sum);
  EXPECT_EQ(study.align.delays, (std::vector<int64_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(study.encode.ridge.penalties.size(), 10u);
  EXPECT_EQ(study.encode.inner_folds, 5);  // neither says it: the program's own default
}

TEST(Recipe, what_the_file_says_wins_key_by_key) {
  const auto study = with_recipe("caucheteux2023", "align.delays = [2]\nencode = { gap = 9 }");
  EXPECT_EQ(study.align.delays, (std::vector<int64_t>{2}));
  EXPECT_EQ(study.align.options.method, AlignMethod::sum);
  EXPECT_EQ(study.encode.gap, 9);
  EXPECT_EQ(study.encode.penalties, "log:-1:8:10");
}

TEST(Recipe, every_one_makes_a_study_whose_resolved_file_says_the_same) {
  ASSERT_EQ(recipes().size(), 4u);
  for (const auto& recipe : recipes()) {
    const auto text = resolved_toml(with_recipe(recipe.name));
    EXPECT_TRUE(text.find(std::string("recipe = '") + recipe.name) != text.npos);
    EXPECT_EQ(resolved_toml(parse_study(text, "resolved", "", {})), text) << recipe.name;
    EXPECT_NE(text, resolved_toml(parse_study("[dataset]\nroot='d'\n[[feature]]\nkind='word_rate'\n", "s", "", {})));
  }
}

TEST(Recipe, antonello2023_chooses_huths_penalties_on_random_chunks) {
  const auto& encode = with_recipe("antonello2023").encode;
  ASSERT_EQ(encode.ridge.penalties.size(), 15u);
  EXPECT_NEAR(encode.ridge.penalties.front(), 1e2, 1e-9);  // alpha = 10
  EXPECT_NEAR(encode.ridge.penalties.back(), 1e8, 1e-3);
  EXPECT_EQ(encode.inner_rule.rule, InnerRule::chunks);
  EXPECT_EQ(encode.inner_rule.chunks.length, 20);
}

TEST(Recipe, an_analysis_of_the_file_is_completed_by_the_recipes) {
  const auto study = with_recipe("antonello2023", "[[analysis]]\nkind = 'scaling'\nbase = 'mean'\n");
  ASSERT_EQ(study.analyses.size(), 2u);
  const auto text = resolved_toml(study);
  EXPECT_NE(text.find("base = 'mean'"), text.npos);
  EXPECT_NE(text.find("score = 'signed_square'"), text.npos);  // from the recipe
  EXPECT_EQ(with_recipe("antonello2023").analyses.size(), 2u);
}

TEST(Recipe, of_networks_asks_for_templates) {
  EXPECT_TRUE(contains(message_of([] { with_recipe("sun2024", "seed = 1"); }),
                       {"needs 'analysis.templates': a .tsv with a column target"}));
  const auto text = resolved_toml(with_recipe("sun2024", templates + "atoms = 32\n"));
  EXPECT_NE(text.find("atoms = 32"), text.npos);
  EXPECT_NE(text.find("templates = 't.tsv'"), text.npos);
  EXPECT_NE(text.find("match_iou = 0.2"), text.npos);
}

TEST(Recipe, an_unknown_one_is_named_with_the_nearest) {
  EXPECT_TRUE(contains(message_of([] { with_recipe("caucheteux2022"); }),
                       {"no recipe 'caucheteux2022'", "did you mean 'caucheteux2023'"}));
}

TEST(Recipe, an_unknown_kind_of_analysis_is_named_and_its_keys_are_not) {
  const auto message = message_of([] { with_recipe("li2024", "[[analysis]]\nkind = 'shapes'\nq = 2\n"); });
  EXPECT_TRUE(contains(message, {"an [[analysis]] has the kind 'shapes'"}));
  EXPECT_EQ(message.find("unknown key"), message.npos) << message;
}
