// Which penalty each target takes: alone, with all others or with its group; the best or the largest within one
// standard error. Values of tests/reference/make_ridge_choice.py and of explicit normal equations.
#include "encode/ridge_choice.h"

#include <cmath>

#include "core/tensor.h"
#include "encode/plain_ridge.h"
#include "fixture.h"
#include "ridge_variants.h"

using namespace arcuate;
using at::Tensor;
using test::contains;
using test::Fixture;
using test::largest_difference;
using test::message_of;
using test::RidgeVariant;

namespace {

struct Mode {
  const char* name;
  PenaltyMode mode;
};
constexpr Mode modes[] = {
    {"per_target", PenaltyMode::per_target}, {"shared", PenaltyMode::shared}, {"group", PenaltyMode::group}};

struct World {
  Fixture fixture{"ridge_choice/choice.safetensors"};
  RidgeProblem problem{.bands = {fixture["x"]}, .responses = fixture["y"]};
  std::vector<RidgeSplit> splits{};
  RidgeOptions options{.penalties = to_vector(fixture["penalties"]), .keep_curves = true};
  World() {
    for (const double group : to_vector(fixture["groups"]))
      problem.target_groups.push_back(static_cast<int64_t>(group));
    const std::vector<RowRange> whole{{0, 64}};
    splits = nested_splits(contiguous_folds(all_rows(64), whole, 4, 0), whole, 5, 0);
  }
  RidgeResult solve(const RidgeOptions& how, int threads = 1) const {
    return ridge_cross_validated(problem, splits, how, {.threads = threads});
  }
};

class RidgeChoice : public testing::TestWithParam<RidgeVariant> {};

}  // namespace

TEST_P(RidgeChoice, agrees_with_scikit_learn_for_every_mode_and_rule) {
  World world;
  for (const auto& mode : modes)
    for (const auto rule : {ChoiceRule::best, ChoiceRule::one_standard_error}) {
      const auto name = std::string(mode.name) + (rule == ChoiceRule::best ? ".best" : ".one_se");
      SCOPED_TRACE(name);
      auto options = GetParam().of(world.options);
      options.penalty_mode = mode.mode, options.rule = rule;
      const auto result = world.solve(options);
      EXPECT_TRUE(at::equal(result.penalties, world.fixture[name]));
      EXPECT_LT(largest_difference(result.curves, world.fixture["curves"]), GetParam().limit(1e-4, 1e-10));
      const auto again = world.solve(options, 3);
      EXPECT_TRUE(at::equal(again.predictions, result.predictions));
      EXPECT_TRUE(at::equal(again.inner_scores, result.inner_scores));
    }
}

INSTANTIATE_TEST_SUITE_P(Variants, RidgeChoice, testing::ValuesIn(test::ridge_variants()), test::variant_name);

TEST(RidgeChoicePlain, agrees_for_bands_and_every_score) {
  World world;
  world.problem.bands = {world.fixture["x"].slice(1, 0, 3), world.fixture["x"].slice(1, 3)};
  const RidgeModel model{.scales = {{1, 1}, {0.2, 1}, {0, 1}}};
  for (const auto select : {Select::mse, Select::r2, Select::r})
    for (const auto& mode : modes) {
      auto options = world.options;
      options.select = select, options.penalty_mode = mode.mode, options.rule = ChoiceRule::one_standard_error;
      options.type = at::kDouble;
      const auto result = ridge_cross_validated(world.problem, {model}, world.splits, options, {}).front();
      for (int64_t k = 0; k < std::ssize(world.splits); ++k) {
        const auto plain = plain_ridge(world.problem, model, world.splits[static_cast<size_t>(k)], options);
        EXPECT_TRUE(at::equal(result.penalties[k], plain.penalties)) << mode.name;
        EXPECT_TRUE(at::equal(result.scales[k], plain.scales)) << mode.name;
        EXPECT_LT(largest_difference(result.curves[k], plain.curve), 1e-10);
        const auto rows = index_tensor(world.splits[static_cast<size_t>(k)].outer.test);
        EXPECT_LT(largest_difference(result.predictions.index_select(0, rows), plain.predictions), 1e-10);
      }
    }
}

// 480 targets are a block and 16 blocks a batch: groups that cross their borders are one.
TEST(RidgeChoicePlain, groups_may_lie_anywhere_among_many_targets) {
  const auto x = random_normals(40, 4, 1);
  RidgeProblem problem{.bands = {x}, .responses = x.mm(random_normals(4, 8000, 2)) + 3 * random_normals(40, 8000, 3)};
  for (int64_t v = 0; v < 8000; ++v) problem.target_groups.push_back(v * 7919 % 13 * 10);
  const std::vector<RowRange> whole{{0, 40}};
  const auto splits = nested_splits({contiguous_folds(all_rows(40), whole, 4, 0).front()}, whole, 4, 0);
  RidgeOptions options{.penalties = parse_penalties("log:-1:3:60"),
                       .penalty_mode = PenaltyMode::group,
                       .rule = ChoiceRule::one_standard_error,
                       .type = at::kDouble};
  const auto result = ridge_cross_validated(problem, splits, options, {.threads = 2});
  const auto plain = plain_ridge(problem, {.scales = {{1}}}, splits[0], options);
  EXPECT_TRUE(at::equal(ridge_cross_validated(problem, splits, options, {}).inner_scores, result.inner_scores));
  EXPECT_TRUE(at::equal(result.penalties[0], plain.penalties));
  options.rule = ChoiceRule::best;
  EXPECT_GT(largest_difference(ridge_cross_validated(problem, splits, options, {}).penalties[0], plain.penalties), 0);
}

// The rule needs exact scores: bfloat16 changes nothing.
TEST(RidgeChoicePlain, bfloat16_is_not_used_for_standard_errors_or_groups) {
  const World world;
  auto options = world.options;
  options.method = Method::eigenbasis;
  for (const auto& mode : modes) {
    options.penalty_mode = mode.mode, options.rule = ChoiceRule::one_standard_error;
    options.bf16_scores = false;
    const auto exact = world.solve(options);
    options.bf16_scores = true;
    EXPECT_TRUE(at::equal(world.solve(options).curves, exact.curves));
  }
}

TEST(RidgeChoicePlain, splits_may_have_penalties_of_their_own) {
  World world;
  const auto usual = world.solve(world.options);
  world.splits[1].penalties = {10, 1000, 0.5};
  const auto result = world.solve(world.options);
  EXPECT_EQ(std::ssize(result.grid), std::ssize(world.options.penalties) + 1);  // 0.5 is new
  EXPECT_TRUE(at::equal(result.penalties[0], usual.penalties[0]));
  for (const double penalty : to_vector(result.penalties[1]))
    EXPECT_TRUE(penalty == 10 || penalty == 1000 || penalty == 0.5);
  const auto known = at::isfinite(result.curves.select(2, 0));
  EXPECT_EQ(known[0].sum().item<int64_t>(), 11);
  EXPECT_EQ(known[1].sum().item<int64_t>(), 3);
  EXPECT_LT(largest_difference(result.curves.select(0, 1).select(0, 5), usual.curves.select(0, 1).select(0, 4)), 1e-5);
}

TEST(RidgeChoicePlain, a_split_without_test_rows_only_chooses) {
  World world;
  const RidgeSplit whole{.outer = {.train = all_rows(64), .test = {}},
                         .inner = contiguous_folds(all_rows(64), std::vector<RowRange>{{0, 64}}, 5, 0)};
  for (const auto& variant : test::ridge_variants()) {
    SCOPED_TRACE(variant.name);
    const auto result = ridge_cross_validated(world.problem, {whole}, variant.of(world.options), {});
    EXPECT_TRUE(at::equal(result.penalties[0], world.fixture["all.penalties"]));
    EXPECT_TRUE(at::isnan(result.predictions).all().item<bool>());
  }
}

TEST(RidgeChoicePlain, refuses_what_it_cannot_choose_by) {
  World world;
  auto options = world.options;
  options.rule = ChoiceRule::one_standard_error;
  world.splits[2].inner.resize(2);
  EXPECT_TRUE(contains(message_of([&] { world.solve(options); }), {"at least 3 inner folds", "split 3 has 2"}));
  options = world.options;
  options.penalty_mode = PenaltyMode::group;
  world.problem.target_groups.pop_back();
  EXPECT_TRUE(contains(message_of([&] { world.solve(options); }), {"13 groups for 14 targets"}));
  world.problem.target_groups.push_back(-1);
  EXPECT_TRUE(contains(message_of([&] { world.solve(options); }), {"numbers from 0", "-1"}));
}
