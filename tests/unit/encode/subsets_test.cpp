// Nested subsets of training data: what they hold, that all of it is what ridge gives, and that more data help.
#include "encode/subsets.h"

#include <algorithm>
#include <cmath>

#include "core/tensor.h"
#include "encode/score.h"
#include "fixture.h"

using namespace arcuate;
using test::contains;
using test::largest_difference;
using test::message_of;

namespace {

struct World {
  RidgeProblem problem{};
  std::vector<RowRange> stories = stack_ranges(std::vector<int64_t>{40, 30, 50, 40, 40, 60});
  std::vector<Fold> outer{};  // the last story is the test set
  RidgeOptions ridge{.penalties = {1, 10, 100}};

  World() {
    const auto x = random_normals(260, 20, 1);
    problem = {.bands = {x}, .responses = x.matmul(random_normals(20, 6, 2)) + 6 * random_normals(260, 6, 3)};
    Fold fold{.train = all_rows(200), .test = {}};
    for (int64_t row = 200; row < 260; ++row) fold.test.push_back(row);
    outer = {fold};
  }
  std::vector<SubsetScore> score(const SubsetOptions& options, int threads = 1) const {
    return score_subsets(problem, outer, stories, options, ridge, {.threads = threads});
  }
};

double mean(const SubsetScore& s) { return s.r.mean().item<double>(); }

}  // namespace

TEST(Subsets, units_are_stories_or_chunks_within_them) {
  const auto stories = stack_ranges(std::vector<int64_t>{7, 3, 5});
  const auto rows = all_rows(12);
  const auto whole = training_units(rows, stories, 0);
  ASSERT_EQ(whole.size(), 3u);
  EXPECT_EQ(whole[1], (std::vector<int64_t>{7, 8, 9}));
  EXPECT_EQ(whole[2], (std::vector<int64_t>{10, 11}));
  const auto chunks = training_units(rows, stories, 3);
  ASSERT_EQ(chunks.size(), 4u);
  EXPECT_EQ(chunks[1], (std::vector<int64_t>{3, 4, 5, 6}));
  EXPECT_EQ(chunks[3], (std::vector<int64_t>{10, 11}));
}

TEST(Subsets, counts_double_unless_they_are_given) {
  EXPECT_EQ(subset_counts({}, 11), (std::vector<int64_t>{1, 2, 4, 8, 11}));
  EXPECT_EQ(subset_counts({}, 8), (std::vector<int64_t>{1, 2, 4, 8}));
  EXPECT_EQ(subset_counts({5, 2, 5}, 8), (std::vector<int64_t>{2, 5}));
  EXPECT_TRUE(contains(message_of([] { subset_counts({2, 9}, 8); }), {"2 to 9 units", "8 units"}));
  EXPECT_TRUE(contains(message_of([] { subset_counts({0}, 8); }), {"0 to 0 units"}));
}

TEST(Subsets, all_units_are_the_whole_training_data) {
  const World world;
  const auto scores = world.score({.counts = {1, 5}});
  ASSERT_EQ(scores.size(), 2u);
  EXPECT_EQ(scores[1].training_rows, 200);
  const auto fit =
      ridge_cross_validated(world.problem, nested_splits(world.outer, world.stories, 5, 0), world.ridge, {});
  const auto r = pearson(world.problem.responses.whole().slice(0, 200), fit.predictions.slice(0, 200));
  EXPECT_LT(largest_difference(scores[1].r, r), 1e-12);
  EXPECT_GT(largest_difference(scores[0].r, r), 0.01);
}

TEST(Subsets, are_nested_and_their_order_is_random) {
  // Rows that are told apart by the powers of 2 in the subsets' sizes: stories of 1, 2, 4, 8, 16 rows.
  World world;
  world.stories = stack_ranges(std::vector<int64_t>{10, 20, 40, 80, 110});
  world.outer[0].train = all_rows(150);
  world.outer[0].test.clear();
  for (int64_t row = 150; row < 260; ++row) world.outer[0].test.push_back(row);
  const auto scores = world.score({.counts = {1, 2, 3, 4}, .orders = 6, .seed = 3});
  ASSERT_EQ(scores.size(), 24u);
  bool differ = false;
  for (size_t order = 0; order < 6; ++order) {
    int64_t before = 0;
    for (size_t i = 0; i < 4; ++i) {
      const auto& s = scores[4 * order + i];
      EXPECT_EQ(s.order, static_cast<int64_t>(order));
      const auto held = static_cast<int64_t>(s.training_rows) / 10;  // a bit for each story
      EXPECT_EQ(held & before, before);
      before = held;
    }
    EXPECT_EQ(before, 15);
    differ = differ || scores[4 * order].training_rows != scores[0].training_rows;
  }
  EXPECT_TRUE(differ);
}

TEST(Subsets, more_data_predict_better) {
  const World world;
  const auto scores = world.score({.counts = {1, 4, 16}, .chunk = 10, .orders = 3});
  ASSERT_EQ(scores.size(), 9u);
  double one = 0, four = 0, sixteen = 0;
  for (size_t order = 0; order < 3; ++order)
    one += mean(scores[3 * order]), four += mean(scores[3 * order + 1]), sixteen += mean(scores[3 * order + 2]);
  EXPECT_GT(four, one + 0.1);
  EXPECT_GT(sixteen, four + 0.1);
}

TEST(Subsets, the_seed_decides_and_threads_do_not) {
  const World world;
  const SubsetOptions options{.counts = {2}, .seed = 1};
  EXPECT_TRUE(at::equal(world.score(options)[0].r, world.score(options, 4)[0].r));
  bool differ = false;
  for (uint64_t seed = 2; seed < 6; ++seed)
    differ = differ || !at::equal(world.score({.counts = {2}, .seed = seed})[0].r, world.score(options)[0].r);
  EXPECT_TRUE(differ);
}

TEST(Subsets, a_subset_too_small_for_its_inner_folds_is_named) {
  const World world;
  EXPECT_TRUE(contains(message_of([&] { world.score({.counts = {1}, .chunk = 3}); }),
                       {"5 folds of 3 rows", "subset of 1 units"}));
}
