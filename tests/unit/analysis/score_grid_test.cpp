// Scores in order: what is averaged, what is chosen, and how units are weighed.
#include "analysis/score_grid.h"

#include <cmath>

#include "support.h"

using namespace arcuate;
using test::contains;
using test::message_of;

namespace {

ScoreRecord record(const std::string& model, double size, const std::string& subject, double score) {
  return {.model = model, .subject = subject, .size = size, .score = score};
}

ScoreRecord layered(const std::string& layer, double score, double choice = NAN) {
  return {.model = "m", .layer = layer, .size = 10, .score = score, .choice = choice};
}

}  // namespace

TEST(ScoreGrid, averages_targets_and_leaves_missing_scores_out) {
  const std::vector<ScoreRecord> records{record("a", 10, "s", 0.1), record("a", 10, "s", 0.3),
                                         record("a", 10, "s", NAN), record("a", 10, "t", 0.5),
                                         record("b", 20, "t", 0.7)};
  const auto grid = make_score_grid(records);
  EXPECT_EQ(grid.subjects, (std::vector<std::string>{"s", "t"}));
  ASSERT_EQ(grid.points.size(), 2u);
  EXPECT_DOUBLE_EQ(grid.points[0].scores[0], 0.2);
  EXPECT_DOUBLE_EQ(weighted_mean(grid, grid.points[0].scores, even_weights(grid)), 0.35);
  EXPECT_TRUE(std::isnan(grid.points[1].scores[0]));
  EXPECT_DOUBLE_EQ(weighted_mean(grid, grid.points[1].scores, even_weights(grid)), 0.7);
  EXPECT_TRUE(std::isnan(weighted_mean(grid, grid.points[1].scores, only_subject(grid, 0))));
}

TEST(ScoreGrid, a_subject_counts_once_however_many_stories_it_heard) {
  std::vector<ScoreRecord> records;
  for (const char* story : {"one", "two", "three"})
    records.push_back({.model = "m", .subject = "a", .story = story, .size = 1, .score = 0});
  records.push_back({.model = "m", .subject = "b", .story = "one", .size = 1, .score = 1});
  const auto grid = make_score_grid(records);
  EXPECT_DOUBLE_EQ(weighted_mean(grid, grid.points[0].scores, even_weights(grid)), 0.5);
  EXPECT_DOUBLE_EQ(weighted_mean(grid, grid.points[0].scores, {{1, 3}, {1, 1, 1}}), 0.75);
  EXPECT_DOUBLE_EQ(weighted_mean(grid, grid.points[0].scores, {{1, 1}, {0, 1, 0}}), 0);  // b heard nothing that counts
}

TEST(ScoreGrid, one_model_at_several_sizes_is_several_points) {
  const auto grid = make_score_grid(std::vector{record("m", 10, "s", 0.1), record("m", 20, "s", 0.2)});
  EXPECT_EQ(grid.points.size(), 2u);
  EXPECT_EQ(choose_layers(grid).points, (std::vector<size_t>{0, 1}));
  EXPECT_EQ(choose_layers(grid).choice, LayerChoice::none);
}

TEST(ScoreGrid, the_best_layer_by_test_is_named_so_unless_training_rows_chose) {
  const auto by_test =
      make_score_grid(std::vector{layered("0", 0.1), layered("1", 0.3), layered("2", 0.2), layered("3", NAN)});
  EXPECT_EQ(choose_layers(by_test).points, std::vector<size_t>{1});
  EXPECT_EQ(choose_layers(by_test).choice, LayerChoice::by_test);
  const auto by_training =
      make_score_grid(std::vector{layered("0", 0.1, 5), layered("1", 0.3, 6), layered("2", 0.2, 7)});
  EXPECT_EQ(choose_layers(by_training).points, std::vector<size_t>{2});
  EXPECT_EQ(choose_layers(by_training).choice, LayerChoice::by_training);
  const auto mixed = make_score_grid(std::vector{layered("0", 0.1, 5), layered("1", 0.3)});
  EXPECT_TRUE(contains(message_of([&] { choose_layers(mixed); }), {"1 of 2 layers", "'m', layer 1"}));
}

TEST(ScoreGrid, draws_need_more_than_one_unit) {
  const auto one = make_score_grid(std::vector{record("m", 10, "s", 0.1), record("n", 20, "s", 0.2)});
  EXPECT_TRUE(bootstrap_weights(one, {.draws = 10}).empty());
  const auto two = make_score_grid(std::vector{record("m", 10, "s", 0.1), record("n", 20, "t", 0.2)});
  ASSERT_EQ(bootstrap_weights(two, {.draws = 10}).size(), 10u);
  EXPECT_EQ(bootstrap_weights(two, {.draws = 10})[0].stories, std::vector<double>{1});
}

TEST(ScoreGrid, sizes_depths_and_scores_that_cannot_be_are_told_at_once) {
  EXPECT_TRUE(
      contains(message_of([] {
                 make_score_grid(std::vector{record("a", 0, "", 1), record("b", NAN, "", 1), record("c", -3, "", 1),
                                             record("d", 1, "", INFINITY)});
               }),
               {"'a' has the size 0", "'b' has the size nan", "'c' has the size -3", "'d' has an infinite score"}));
  EXPECT_TRUE(
      contains(message_of([] { make_score_grid(std::vector{record("a", 1, "", NAN)}); }), {"none of the 1 rows"}));
  auto one = layered("2", 0.1), other = layered("2", 0.2);
  one.depth = 0.5, other.depth = 1;
  EXPECT_TRUE(contains(message_of([&] { make_score_grid(std::vector{one, other}); }), {"'m', layer 2 has 0.5 and 1"}));
}
