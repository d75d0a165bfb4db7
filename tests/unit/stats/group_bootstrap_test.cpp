// Intervals of group means: their width against closed forms, and what must not change them.
#include "stats/group_bootstrap.h"

#include "unit/stats/group_reference.h"

using namespace arcuate;
using namespace arcuate::test;

namespace {

constexpr double z95 = 1.959963985;

double width(const ConfidenceInterval& interval) { return interval.high - interval.low; }

// Deviation that the ends of an interval of normal draws stand for.
double spread(const ConfidenceInterval& interval) { return width(interval) / (2 * z95); }

}  // namespace

TEST(GroupBootstrap, the_interval_of_a_mean_is_as_wide_as_its_draws) {
  const auto rows = random_normals(30, 3, 2) + 1;
  const auto found = bootstrap_means(units_of(rows), {.draws = 4000});
  const auto expected = rows.std(0, false) / std::sqrt(30.0);  // a draw varies by the population variance / n
  for (int64_t v = 0; v < 3; ++v) {
    const ConfidenceInterval interval{found.low[v].item<double>(), found.high[v].item<double>()};
    EXPECT_NEAR(spread(interval) / expected[v].item<double>(), 1, 0.06);
    EXPECT_LT(interval.low, rows.mean(0)[v].item<double>());
    EXPECT_GT(interval.high, rows.mean(0)[v].item<double>());
  }
}

TEST(GroupBootstrap, gives_the_same_bytes_for_any_number_of_threads_and_any_memory) {
  auto rows = random_normals(9, 50, 3);
  rows[2][7] = NAN;
  rows.select(1, 9).fill_(NAN);
  const auto once = bootstrap_means(units_of(rows), {.draws = 100});
  for (const auto& again :
       {bootstrap_means(units_of(rows), {.draws = 100}, 3), bootstrap_means(units_of(rows), {.draws = 100}, 2, 216)}) {
    EXPECT_EQ(largest_difference(once.low, again.low), 0);
    EXPECT_EQ(largest_difference(once.high, again.high), 0);
  }
  EXPECT_TRUE(std::isnan(once.low[9].item<double>()));
  EXPECT_FALSE(std::isnan(once.low[7].item<double>()));
  EXPECT_GT(largest_difference(once.low, bootstrap_means(units_of(rows), {.draws = 100, .seed = 1}).low), 0);
}

TEST(GroupBootstrap, of_subjects_and_stories_has_the_variance_of_both) {
  constexpr int64_t subjects = 24, stories = 6;
  const auto of_subject = random_normals(subjects, 1, 4), noise = 1.5 * random_normals(subjects, stories, 5);
  const auto of_story = 2 * random_normals(1, stories, 6);
  const BootstrapOptions options{.draws = 4000};
  const auto separate = of_subject + noise;
  // Nested: variance of the subjects' means, and the mean variance of a subject's own draws.
  const double within = (separate.var(1, false) / stories).mean().item<double>();
  const double nested = std::sqrt((separate.mean(1).var(0, false).item<double>() + within) / subjects);
  EXPECT_NEAR(spread(hierarchical_interval(separate, StoryDraws::nested, options)) / nested, 1, 0.06);
  // Crossed: stories that all subjects share move the whole group.
  const auto shared = of_subject + of_story;
  const double crossed =
      std::sqrt(of_subject.var(0, false).item<double>() / subjects + of_story.var(1, false).item<double>() / stories);
  EXPECT_NEAR(spread(hierarchical_interval(shared, StoryDraws::crossed, options)) / crossed, 1, 0.06);
  EXPECT_LT(spread(hierarchical_interval(shared, StoryDraws::nested, options)), 0.7 * crossed);
}

TEST(GroupBootstrap, stories_that_a_subject_has_not_heard_are_never_drawn) {
  auto values = at::full({3, 4}, NAN, at::kDouble);
  for (int64_t s = 0; s < 3; ++s) values[s][s] = 2.0;
  const auto nested = hierarchical_interval(values, StoryDraws::nested, {.draws = 200});
  EXPECT_EQ(nested.low, 2);
  EXPECT_EQ(nested.high, 2);
  const auto crossed = hierarchical_interval(values, StoryDraws::crossed, {.draws = 200});
  EXPECT_EQ(crossed.low, 2);
  EXPECT_TRUE(
      std::isnan(hierarchical_interval(at::full({2, 2}, NAN, at::kDouble), StoryDraws::nested, {.draws = 100}).low));
}

TEST(GroupBootstrap, a_higher_level_is_wider) {
  const auto values = random_normals(10, 3, 8);
  EXPECT_GT(width(hierarchical_interval(values, StoryDraws::nested, {.draws = 500, .level = 0.99})),
            width(hierarchical_interval(values, StoryDraws::nested, {.draws = 500, .level = 0.8})));
}
