// Grids grow where choices pile up, in their own ratio, split by split and never by test rows.
#include "encode/grid_growth.h"

#include "core/tensor.h"
#include "fixture.h"

using namespace arcuate;
using test::contains;
using test::largest_difference;
using test::message_of;

namespace {

RidgeOptions with(std::vector<double> penalties) { return {.penalties = std::move(penalties), .keep_curves = true}; }

struct World {
  RidgeProblem problem{};
  std::vector<RidgeSplit> splits{};
  at::Tensor middling{};  // targets that choose between 1 and 1000 in every split
  World() {
    const auto x = random_normals(60, 8, 1);
    problem = {.bands = {x}, .responses = x.mm(random_normals(8, 30, 2)) * 0.25 + random_normals(60, 30, 3)};
    const std::vector<RowRange> whole{{0, 60}};
    splits = nested_splits(contiguous_folds(all_rows(60), whole, 3, 0), whole, 4, 0);
    const auto chosen = ridge_cross_validated(problem, splits, with(parse_penalties("log:-3:6:19")), {}).penalties;
    middling = chosen.gt(1).logical_and(chosen.lt(1000)).all(0).nonzero().squeeze(1);
    EXPECT_GE(middling.numel(), 5);
  }
};

}  // namespace

TEST(GridGrowth, extends_where_choices_pile_up_until_they_do_not) {
  World world;
  const auto counted = world.middling;
  const auto fit = ridge_with_growing_grids(world.problem, world.splits, with({0.01, 0.02, 0.04}),
                                            {.times = 40, .counted = counted}, {});
  for (size_t k = 0; k < world.splits.size(); ++k) {
    const auto& grid = world.splits[k].penalties;
    EXPECT_EQ(grid.front(), 0.01);  // nothing piled up there
    for (size_t i = 1; i < grid.size(); ++i) EXPECT_NEAR(grid[i] / grid[i - 1], 2, 1e-12);
    const auto own = fit.penalties[static_cast<int64_t>(k)].index_select(0, counted);
    EXPECT_LT(edge_shares(own, grid).largest, 0.01);
    EXPECT_GT(own.max().item<double>(), 0.04);
  }
  EXPECT_EQ(fit.grid.size(), static_cast<size_t>(fit.curves.size(1)));
  // The same as asking for those grids at once.
  const auto again = ridge_cross_validated(world.problem, world.splits, with({0.01, 0.02, 0.04}), {});
  EXPECT_TRUE(at::equal(again.predictions, fit.predictions));
}

TEST(GridGrowth, ends_after_the_given_number_of_times) {
  for (const int64_t times : {1, 3}) {
    World world;
    ridge_with_growing_grids(world.problem, world.splits, with({0.01, 0.02, 0.04}),
                             {.times = times, .counted = world.middling}, {});
    for (const auto& split : world.splits) EXPECT_EQ(std::ssize(split.penalties), 3 + times);
  }
}

TEST(GridGrowth, goes_down_too_and_by_a_quarter_of_the_first_grid) {
  World world;
  ridge_with_growing_grids(world.problem, world.splits, with({1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13}),
                           {.times = 1, .counted = world.middling}, {});
  EXPECT_EQ(std::ssize(world.splits[0].penalties), 10);
  EXPECT_NEAR(world.splits[0].penalties.front(), 1e4, 1e-8);
}

TEST(GridGrowth, without_a_reason_or_times_changes_nothing) {
  World world;
  const auto options = with({1e-3, 1e-1, 10, 1e3, 1e6});
  const auto usual = ridge_cross_validated(world.problem, world.splits, options, {});
  for (const int64_t times : {0, 2}) {
    auto own = world;
    const auto fit =
        ridge_with_growing_grids(own.problem, own.splits, options, {.times = times, .counted = world.middling}, {});
    EXPECT_TRUE(at::equal(fit.predictions, usual.predictions));
    EXPECT_EQ(own.splits[0].penalties, options.penalties);
  }
}

// Other responses in the rows that the first split tests: its grid and choices stay, those of others may not.
TEST(GridGrowth, a_splits_test_rows_have_no_say_in_its_grid) {
  World world;
  auto other = world;
  const auto responses = world.problem.responses.whole().clone();
  other.problem.responses = responses;
  responses.slice(0, 0, 20).copy_(other.problem.bands[0].slice(0, 0, 20).slice(1, 0, 1) * 50);
  const GridGrowth growth{.times = 12};
  const auto a = ridge_with_growing_grids(world.problem, world.splits, with({0.01, 0.02, 0.04}), growth, {});
  const auto b = ridge_with_growing_grids(other.problem, other.splits, with({0.01, 0.02, 0.04}), growth, {});
  EXPECT_EQ(world.splits[0].penalties, other.splits[0].penalties);
  EXPECT_TRUE(at::equal(a.penalties[0], b.penalties[0]));
  EXPECT_GT(largest_difference(a.penalties, b.penalties), 0);
}

TEST(GridGrowth, takes_other_criteria_than_folds) {
  World world;
  auto options = with({0.01, 0.02, 0.04});
  options.criterion = PenaltyCriterion::left_out;
  for (auto& split : world.splits) split.inner.clear();
  const auto fit = ridge_with_growing_grids(world.problem, world.splits, options, {.times = 6}, {});
  for (const auto& split : world.splits) EXPECT_EQ(split.penalties.size(), 9u);
  const auto same = ridge_cross_validated(world.problem, world.splits, options, {});
  EXPECT_TRUE(at::equal(fit.penalties, same.penalties));
  EXPECT_GT(fit.penalties.gt(0.04).sum().item<int64_t>(), 0);
}

TEST(GridGrowth, needs_a_ratio_and_penalties) {
  World world;
  auto fractions = with({0.5, 1});
  fractions.fractional = true;
  EXPECT_TRUE(
      contains(message_of([&] { ridge_with_growing_grids(world.problem, world.splits, fractions, {.times = 1}, {}); }),
               {"a grid of fractions of the length of the weights does not grow"}));
  EXPECT_TRUE(
      contains(message_of([&] { ridge_with_growing_grids(world.problem, world.splits, with({1}), {.times = 1}, {}); }),
               {"there is only one"}));
}
