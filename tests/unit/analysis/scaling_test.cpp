// Scaling fits against scipy, bootstrap intervals against their closed form, planted growth and worlds without any.
#include "analysis/scaling.h"

#include <cmath>

#include "core/random.h"
#include "core/tensor.h"
#include "encode/ridge.h"
#include "encode/score.h"
#include "io/json.h"
#include "simulate/model_sizes.h"
#include "support.h"

using namespace arcuate;
using test::contains;
using test::message_of;

namespace {

constexpr Base all_bases[] = {Base::smallest, Base::mean, Base::fitted};
const char* const base_names[] = {"smallest", "mean", "fitted"};

ConfidenceInterval interval_of(const Json& json) { return {json[0].get<double>(), json[1].get<double>()}; }

// Scores of models whose growth differs from subject to subject.
std::vector<ScoreRecord> grown(int subjects, double slope, double spread, double noise, uint64_t seed) {
  Random random(seed);
  std::vector<ScoreRecord> records;
  for (int s = 0; s < subjects; ++s) {
    const double own = slope + spread * random.normal(), level = 0.1 + 0.02 * random.normal();
    for (int m = 0; m < 5; ++m)
      records.push_back({.model = "m" + std::to_string(m),
                         .subject = "s" + std::to_string(s),
                         .size = std::pow(10.0, 6 + m),
                         .score = level + own * m + noise * random.normal()});
  }
  return records;
}

std::vector<ScalingFit> fit(const std::vector<ScoreRecord>& records, const ScalingOptions& options = {}) {
  const auto grid = make_score_grid(records);
  return fit_scaling(grid, choose_layers(grid), options);
}

}  // namespace

TEST(LogLine, agrees_with_scipy) {
  const auto cases = read_json(test::source_path("reference/scaling/scaling.json"));
  for (const auto& c : cases["fits"]) {
    const auto sizes = c["sizes"].get<std::vector<double>>(), scores = c["scores"].get<std::vector<double>>();
    SCOPED_TRACE(sizes.size());
    const auto line = fit_log_line(sizes, scores, c["level"].get<double>());
    EXPECT_NEAR(line.slope, c["slope"].get<double>(), 1e-12);
    EXPECT_NEAR(line.intercept, c["intercept"].get<double>(), 1e-11);
    EXPECT_NEAR(line.r, c["r"].get<double>(), 1e-12);
    EXPECT_NEAR(line.slope_se, c["slope_se"].get<double>(), 1e-12);
    EXPECT_NEAR(line.p, c["p"].get<double>(), 1e-9);
    EXPECT_NEAR(line.slope_t.low, interval_of(c["slope_t"]).low, 1e-11);
    EXPECT_NEAR(line.slope_t.high, interval_of(c["slope_t"]).high, 1e-11);
    for (size_t b = 0; b < 3; ++b)
      EXPECT_NEAR(base_score(all_bases[b], sizes, scores, line), c["base"][base_names[b]].get<double>(), 1e-11);
  }
}

TEST(LogLine, needs_two_sizes_for_a_line_and_three_points_for_its_errors) {
  EXPECT_TRUE(std::isnan(fit_log_line(std::vector<double>{5, 5, 5}, std::vector<double>{1, 2, 3}, 0.95).slope));
  const auto two = fit_log_line(std::vector<double>{1, 100}, std::vector<double>{1, 2}, 0.95);
  EXPECT_DOUBLE_EQ(two.slope, 0.5);
  EXPECT_TRUE(std::isnan(two.p) && std::isnan(two.r) && std::isnan(two.slope_t.low));
  const auto missing = fit_log_line(std::vector<double>{1, 10, 100}, std::vector<double>{1, NAN, 2}, 0.95);
  EXPECT_DOUBLE_EQ(missing.slope, 0.5);
  const auto flat = fit_log_line(std::vector<double>{1, 10, 100}, std::vector<double>{2, 2, 2}, 0.95);
  EXPECT_EQ(flat.slope, 0);
  EXPECT_TRUE(std::isnan(flat.r));
}

TEST(Scaling, the_percentage_is_of_the_base_that_is_named) {
  const auto records = grown(1, 0.02, 0, 0.003, 1);
  const auto grid = make_score_grid(records);
  std::vector<double> scores;
  for (const auto& point : grid.points) scores.push_back(point.scores[0]);
  const double mean = (scores[0] + scores[1] + scores[2] + scores[3] + scores[4]) / 5;
  const auto percent = [&](Base base) { return fit(records, {.base = base})[0]; };
  const auto line = percent(Base::mean).line;
  EXPECT_NEAR(percent(Base::mean).percent, 100 * line.slope / mean, 1e-9);
  EXPECT_NEAR(percent(Base::smallest).percent, 100 * line.slope / scores[0], 1e-9);
  EXPECT_NEAR(percent(Base::fitted).percent, 100 * line.slope / (mean - 2 * line.slope), 1e-9);
  auto negative = records;
  for (auto& record : negative) record.score -= 1;
  EXPECT_TRUE(std::isnan(fit(negative)[0].percent));
}

TEST(Scaling, fits_all_then_families_each_for_the_mean_and_every_subject) {
  auto records = grown(3, 0.02, 0.002, 0.001, 2);
  auto other = grown(3, -0.01, 0.002, 0.001, 3);
  for (auto& record : records) record.family = "up";
  for (auto& record : other) record.family = "down";
  records.insert(records.end(), other.begin(), other.end());
  const auto fits = fit(records);
  ASSERT_EQ(fits.size(), 12u);
  EXPECT_EQ(fits[0].family, "");
  EXPECT_EQ(fits[0].points, 10);
  EXPECT_EQ(fits[4].family, "up");
  EXPECT_EQ(fits[4].subject, "");
  EXPECT_EQ(fits[7].subject, "s2");
  EXPECT_EQ(fits[8].family, "down");
  EXPECT_GT(fits[4].line.slope, 0.01);
  EXPECT_LT(fits[8].line.slope, 0);
  EXPECT_NEAR((fits[5].line.slope + fits[6].line.slope + fits[7].line.slope) / 3, fits[4].line.slope, 1e-12);
  EXPECT_TRUE(std::isnan(fits[5].slope_units.low));  // one subject, one story: nothing to draw
}

TEST(Scaling, the_bootstrap_interval_is_that_of_a_mean_of_slopes) {
  // Slope is linear in scores: the mean of the subjects' slopes. Its bootstrap deviation is sqrt((n - 1) / n) SD /
  // sqrt(n).
  const int n = 25;
  const auto fits = fit(grown(n, 0.02, 0.01, 0, 4), {.bootstrap = {.draws = 4000, .level = 0.9}});
  double mean = 0, squares = 0;
  for (int s = 0; s < n; ++s) mean += fits[static_cast<size_t>(s) + 1].line.slope / n;
  for (int s = 0; s < n; ++s) squares += std::pow(fits[static_cast<size_t>(s) + 1].line.slope - mean, 2);
  const double expected = 1.6449 * std::sqrt(squares / n / n);
  EXPECT_NEAR(fits[0].line.slope, mean, 1e-12);
  EXPECT_NEAR(fits[0].slope_units.low, mean - expected, 0.1 * expected);
  EXPECT_NEAR(fits[0].slope_units.high, mean + expected, 0.1 * expected);
}

TEST(Scaling, stories_are_units_too) {
  std::vector<ScoreRecord> records;
  Random random(5);
  for (int story = 0; story < 8; ++story)
    for (auto record : grown(1, 0.02 + 0.02 * random.normal(), 0, 0, 6)) {
      record.story = "story" + std::to_string(story);
      records.push_back(record);
    }
  const auto stories = fit(records)[0].slope_units;
  EXPECT_GT(stories.high - stories.low, 0.005);
  const auto more = fit(records, {.bootstrap = {.seed = 9}})[0].slope_units;
  EXPECT_NE(more.low, stories.low);
  EXPECT_TRUE(std::isnan(fit(records, {.bootstrap = {.draws = 0}})[0].slope_units.low));
}

TEST(Scaling, a_subject_of_one_story_has_no_interval_of_its_own) {
  auto records = grown(2, 0.02, 0, 0.01, 8);
  for (auto& record : records) record.story = record.subject == "s0" ? "one" : "two";
  const auto more = grown(1, 0.03, 0, 0.01, 9);  // another story of s0
  for (auto record : more) record.story = "three", records.push_back(record);
  const auto fits = fit(records);
  EXPECT_LT(fits[1].slope_units.low, fits[1].slope_units.high);
  EXPECT_TRUE(std::isnan(fits[2].slope_units.low));
}

TEST(Scaling, points_have_means_and_intervals) {
  const auto grid = make_score_grid(grown(10, 0.02, 0, 0.01, 7));
  const auto scores = point_scores(grid, {});
  ASSERT_EQ(scores.size(), 5u);
  for (const auto& s : scores) {
    EXPECT_LT(s.interval.low, s.mean);
    EXPECT_GT(s.interval.high, s.mean);
  }
}

TEST(Scaling, one_size_is_no_law) {
  std::vector<ScoreRecord> records{{.model = "a", .size = 7, .score = 1}, {.model = "b", .size = 7, .score = 2}};
  EXPECT_TRUE(contains(message_of([&] { fit(records); }), {"two sizes or more", "all 2 points have the size 7"}));
}

namespace {

// Brain scores of the five feature spaces of growing accuracy: subjects' responses are mixtures of hidden numbers in
// noise, each score is a held-out ridge prediction. Without growth every space has the accuracy of the middle one.
struct Simulated {
  std::vector<ScoreRecord> records{};
  double slope = 0;  // 0.1 of accuracy a decade, times sqrt(share of signal), mean over targets and subjects
};

Simulated simulate(bool growth, int subjects, int64_t rows, uint64_t seed) {
  const auto hidden = random_normals(rows, 4, derive_seed(seed, "hidden"));
  const std::vector<RowRange> whole{{0, rows}};
  const auto splits = nested_splits(contiguous_folds(all_rows(rows), whole, 3, 0), whole, 3, 0);
  std::vector<at::Tensor> responses, shares;
  for (int s = 0; s < subjects; ++s) {
    const auto own = derive_seed(seed, "subject " + std::to_string(s));
    const auto mixture = random_normals(4, 10, own) / 2, power = mixture.square().sum(0);
    responses.push_back(hidden.matmul(mixture) + random_normals(rows, 10, own + 1));
    shares.push_back((power / (1 + power)).sqrt());
  }
  const auto y = at::cat(responses, 1);
  Simulated world{.slope = growth ? 0.1 * at::stack(shares).mean().item<double>() : 0};
  for (auto size : model_sizes()) {
    if (!growth) size.accuracy = 0.7;
    const RidgeProblem problem{.bands = {size_features(hidden, size, seed)}, .responses = y.to(at::kFloat)};
    const auto fit = ridge_cross_validated(problem, splits, {.penalties = {1, 10, 100}}, {});
    const auto r = pearson(y, fit.predictions).view({subjects, 10}).mean(1);
    for (int s = 0; s < subjects; ++s)
      world.records.push_back(
          {.model = size.name, .subject = std::to_string(s), .size = size.parameters, .score = r[s].item<double>()});
  }
  return world;
}

}  // namespace

TEST(ScalingRecovery, planted_growth_lies_in_its_interval) {
  const auto world = simulate(true, 8, 3000, 1);
  const auto all = fit(world.records)[0];
  EXPECT_GT(all.line.r, 0.98);
  EXPECT_LT(all.line.p, 0.01);
  EXPECT_LE(all.line.slope_t.low, world.slope);
  EXPECT_GE(all.line.slope_t.high, world.slope);
  EXPECT_LE(all.slope_units.low, world.slope);
  EXPECT_GE(all.slope_units.high, world.slope);
  EXPECT_LT(all.line.slope_t.high - all.line.slope_t.low, world.slope);  // and it is narrow enough to say something
}

TEST(SlowScaling, worlds_without_growth_seldom_show_one) {
  // At level 0.05, of n = 200 worlds a binomial number comes out: 99.9 % of the time at most 21, at least 2.
  int significant = 0;
  for (uint64_t world = 0; world < 200; ++world)
    significant += fit(simulate(false, 2, 150, 1000 + world).records, {.bootstrap = {.draws = 0}})[0].line.p < 0.05;
  EXPECT_LE(significant, 21);
  EXPECT_GE(significant, 2);
}

TEST(SlowScaling, a_planted_slope_lies_in_its_interval_as_often_as_it_says) {
  // Points scattered about a line by independent errors, as the interval assumes: 95 % of 1000, four deviations.
  int inside = 0;
  for (uint64_t world = 0; world < 1000; ++world) {
    const auto line = fit(grown(1, 0.02, 0, 0.01, 5000 + world), {.bootstrap = {.draws = 0}})[0].line;
    inside += line.slope_t.low <= 0.02 && line.slope_t.high >= 0.02;
  }
  EXPECT_NEAR(inside, 950, 4 * std::sqrt(1000 * 0.95 * 0.05));
}
