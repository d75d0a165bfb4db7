// The check by explicit normal equations finds agreement where there is some, and a fault where one is planted.
#include "encode/verify_ridge.h"

#include "core/tensor.h"
#include "fixture.h"
#include "ridge_variants.h"

using namespace arcuate;

namespace {

struct World {
  RidgeProblem problem{};
  std::vector<RidgeSplit> splits{};
  explicit World(int64_t features) {
    const auto x = random_normals(60, features, 1) + 0.3;
    problem = {.bands = {x}, .responses = x.mm(random_normals(features, 9, 2)) * 0.3 + random_normals(60, 9, 3)};
    const std::vector<RowRange> whole{{0, 60}};
    splits = nested_splits(contiguous_folds(all_rows(60), whole, 3, 1), whole, 4, 1);
  }
};

const std::vector<int64_t> some{0, 3, 4, 8};

}  // namespace

TEST(VerifyRidge, finds_every_variant_in_agreement) {
  for (const int64_t features : {8, 70}) {
    const World world(features);
    for (const auto standardize : {Standardize::none, Standardize::both})
      for (const auto rule : {ChoiceRule::best, ChoiceRule::one_standard_error})
        for (const auto& variant : test::ridge_variants()) {
          SCOPED_TRACE(variant.name);
          const auto options = variant.of({.penalties = {1, 10, 100, 1000}, .rule = rule, .standardize = standardize});
          const auto fit = ridge_cross_validated(world.problem, world.splits, options, {});
          const auto found = verify_ridge(world.problem, world.splits, options, fit, some, {.threads = 2});
          EXPECT_LT(found.r_difference, variant.limit(1e-5, 1e-10));
          EXPECT_EQ(found.choices, 12);
          EXPECT_EQ(found.other_choices, 0);
          EXPECT_EQ(found.targets, some);
        }
  }
}

TEST(VerifyRidge, finds_a_penalty_and_a_score_that_are_wrong) {
  const World world(8);
  const RidgeOptions options{.penalties = {1, 100, 10000}};
  auto fit = ridge_cross_validated(world.problem, world.splits, options, {});
  fit.r[3] += 0.01;
  auto found = verify_ridge(world.problem, world.splits, options, fit, some, {});
  EXPECT_NEAR(found.r_difference, 0.01, 1e-5);
  EXPECT_EQ(found.other_choices, 0);
  fit.r[3] -= 0.01;
  fit.penalties[1][4] = fit.penalties[1][4].item<double>() == 1 ? 100.0 : 1.0;
  found = verify_ridge(world.problem, world.splits, options, fit, some, {});
  EXPECT_EQ(found.other_choices, 1);
  EXPECT_GT(found.score_difference, 1e-6);
  EXPECT_GT(found.r_difference, 1e-6);
}

TEST(VerifyRidge, takes_the_fits_penalties_where_targets_choose_together) {
  const World world(8);
  for (const auto mode : {PenaltyMode::shared, PenaltyMode::group}) {
    auto problem = world.problem;
    problem.target_groups = {0, 0, 1, 1, 2, 2, 2, 0, 1};
    const RidgeOptions options{.penalties = {1, 100, 10000}, .penalty_mode = mode};
    const auto fit = ridge_cross_validated(problem, world.splits, options, {});
    const auto found = verify_ridge(problem, world.splits, options, fit, some, {});
    EXPECT_EQ(found.choices, 0);
    EXPECT_LT(found.r_difference, 1e-5);
  }
}

TEST(VerifyRidge, draws_targets_by_the_seed) {
  const auto from = all_rows(50);
  const auto drawn = draw_targets(from, 10, 1);
  EXPECT_EQ(drawn.size(), 10u);
  EXPECT_EQ(drawn, draw_targets(from, 10, 1));
  EXPECT_NE(drawn, draw_targets(from, 10, 2));
  EXPECT_EQ(draw_targets(from, 99, 1), from);
}
