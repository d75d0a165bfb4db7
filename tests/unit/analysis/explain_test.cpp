#include "analysis/explain.h"

#include <ATen/ATen.h>

#include "core/random.h"
#include "core/tensor.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;

namespace {

// 39 models with twins in each of `cells` cells; the predictors and the response are filled in by a test.
struct World {
  ExplainData data{};
  at::Tensor x, y;  // rows x predictors, rows
  int64_t rows = 0;

  World(int64_t cells, std::vector<std::string> predictors, uint64_t seed) : rows(78 * cells) {
    std::vector<std::string> roi, side;
    for (int64_t row = 0; row < rows; ++row) {
      roi.push_back(std::to_string(row / 78 / 2));
      side.push_back(row / 78 % 2 == 0 ? "left" : "right");
      data.groups.push_back("model" + std::to_string(row % 78 / 2));
    }
    data.cells = group_cells({"roi", "hemisphere"}, {roi, side}, rows);
    x = random_normals(rows, static_cast<int64_t>(predictors.size()), derive_seed(seed, "x"));
    y = random_normals(rows, 1, derive_seed(seed, "noise")).squeeze(1);
    data.predictors = std::move(predictors);
  }
  std::vector<CellResult> explained(const ExplainOptions& options, int threads = 2) {
    data.x = x;
    data.y = y;
    return explain(data, options, {.threads = threads});
  }
};

ExplainOptions quick(int64_t shuffles = 99) { return {.shuffles = shuffles, .resamples = 100}; }

double slope_of(int64_t cell) { return (cell % 3 == 0 ? -1 : 1) * (0.8 + 0.05 * static_cast<double>(cell)); }

// y = 2 + slope of the cell x "planted" + noise; "idle" explains nothing.
World planted_world(uint64_t seed) {
  World world(36, {"planted", "idle"}, seed);
  for (int64_t row = 0; row < world.rows; ++row)
    world.y[row] += 2 + slope_of(row / 78) * world.x[row][0].item<double>();
  return world;
}

}  // namespace

TEST(Explain, recovers_what_was_planted_in_36_cells) {
  constexpr int64_t worlds = 10, cells = 36;
  int64_t covered = 0, idle_reliable = 0;
  for (uint64_t seed = 0; seed < worlds; ++seed) {
    auto world = planted_world(seed);
    const auto results = world.explained(quick());
    ASSERT_EQ(results.size(), 36u);
    for (int64_t c = 0; c < cells; ++c) {
      const auto& result = results[static_cast<size_t>(c)];
      const auto& planted = result.features[0];
      EXPECT_GT(planted.coefficient.estimate * slope_of(c), 0) << result.name;
      EXPECT_TRUE(planted.reliable) << result.name;
      EXPECT_TRUE(result.valid) << result.name;
      covered += planted.coefficient.lower <= slope_of(c) && slope_of(c) <= planted.coefficient.upper;
      idle_reliable += result.features[1].reliable;
    }
  }
  // 360 intervals of 95 %: 342 expected, three deviations are 12.4.
  EXPECT_GE(covered, 329);
  EXPECT_LE(covered, 355);
  EXPECT_LE(idle_reliable, 18);
}

TEST(Explain, refits_and_resamples_are_those_of_duplicated_rows) {
  World world(1, {"a", "b"}, 3);
  world.y += 0.35 * world.x.select(1, 0);
  const auto options = quick();
  const auto result = world.explained(options).front();
  const auto groups = row_groups(world.data.groups);
  double share = 0;
  for (const auto& fold : grouped_folds(groups, options.folds)) {
    const auto rows = index_tensor(fold.train);
    const auto fit = least_squares(world.x.index_select(0, rows), world.y.index_select(0, rows), {"a", "b"});
    share += (fit.coefficients[1].p < 0.05 && fit.coefficients[1].estimate > 0) / 5.0;
  }
  EXPECT_NEAR(result.features[0].fold_share, share, 1e-12);
  const auto seed = derive_seed(derive_seed(0, result.name), "bootstrap");
  const auto counts = resampled_counts(groups, options.resamples, seed).to(at::kLong);
  std::vector<double> estimates;
  for (int64_t draw = 0; draw < counts.size(0); ++draw) {
    const auto rows = at::arange(78, at::kLong).repeat_interleave(counts[draw]);
    const auto fit = least_squares(world.x.index_select(0, rows), world.y.index_select(0, rows), {"a", "b"});
    estimates.push_back(fit.coefficients[1].estimate);
  }
  const auto ends = at::quantile(to_tensor(estimates), to_tensor({{0.025, 0.975}}));
  EXPECT_NEAR(result.features[0].bootstrap_lower, ends[0].item<double>(), 1e-9);
  EXPECT_NEAR(result.features[0].bootstrap_upper, ends[1].item<double>(), 1e-9);
}

TEST(Explain, gives_the_same_bytes_for_any_number_of_threads_and_other_cells) {
  auto world = planted_world(1);
  auto options = quick();
  options.select = Criterion::bic;
  const auto one = world.explained(options, 1), four = world.explained(options, 4);
  for (size_t c = 0; c < one.size(); ++c) {
    EXPECT_EQ(one[c].held_out_r2, four[c].held_out_r2);
    EXPECT_EQ(one[c].held_out_p, four[c].held_out_p);
    EXPECT_EQ(one[c].features[0].bootstrap_lower, four[c].features[0].bootstrap_lower);
    EXPECT_EQ(one[c].features[0].coefficient.estimate, four[c].features[0].coefficient.estimate);
  }
  world.data.cells.cells.resize(3);
  EXPECT_EQ(world.explained(options)[2].features[0].bootstrap_lower, one[2].features[0].bootstrap_lower);
}

TEST(Explain, z_scores_change_sizes_and_nothing_else) {
  World world(1, {"a", "b"}, 5);
  world.x.select(1, 0).mul_(30).add_(1000);
  world.y += 0.02 * world.x.select(1, 0);
  auto options = quick();
  const auto plain = world.explained(options).front();
  options.z_score = ZScore::predictors;
  const auto scaled = world.explained(options).front();
  const double deviation = world.x.select(1, 0).std(false).item<double>();
  EXPECT_NEAR(scaled.features[0].coefficient.estimate, plain.features[0].coefficient.estimate * deviation, 1e-9);
  EXPECT_NEAR(scaled.features[0].coefficient.t, plain.features[0].coefficient.t, 1e-9);
  EXPECT_NEAR(scaled.held_out_r2, plain.held_out_r2, 1e-9);
  options.z_score = ZScore::both;
  const auto standardised = world.explained(options).front();
  const double of_y = world.y.std(false).item<double>();
  EXPECT_NEAR(standardised.features[0].coefficient.estimate, scaled.features[0].coefficient.estimate / of_y, 1e-9);
  options.regression.intercept = false;
  EXPECT_TRUE(contains(message_of([&] { world.explained(options); }), {"z-scores", "intercept"}));
}

TEST(Explain, leaves_out_what_the_choice_left_out) {
  auto world = planted_world(2);
  auto options = quick();
  options.select = Criterion::bic;
  int64_t idle = 0;
  for (const auto& result : world.explained(options)) {
    EXPECT_TRUE(result.features[0].retained);
    EXPECT_TRUE(result.features[0].reliable);
    idle += result.features[1].retained;
    EXPECT_EQ(std::isnan(result.features[1].q), !result.features[1].retained);
  }
  EXPECT_LT(idle, 8);  // BIC keeps an idle one of 78 rows with probability P(t^2 > ln 78) = 0.04
}

TEST(Explain, corrects_over_cells) {
  auto world = planted_world(4);
  world.y = random_normals(world.rows, 1, 9).squeeze(1);
  const auto results = world.explained(quick());
  double smallest_p = 1, smallest_q = 1;
  for (const auto& result : results) {
    EXPECT_GE(result.f_q, result.fit.f_p);
    EXPECT_GE(result.held_out_q, result.held_out_p);
    smallest_p = std::min(smallest_p, result.features[0].coefficient.p);
    smallest_q = std::min(smallest_q, result.features[0].q);
  }
  EXPECT_GT(smallest_q, 2 * smallest_p);
}

TEST(Explain, names_the_cell_of_a_problem) {
  World world(4, {"a", "b"}, 6);
  world.x.slice(0, 78, 156).select(1, 1).fill_(0.5);
  EXPECT_TRUE(contains(message_of([&] { world.explained(quick()); }),
                       {"'b' is 0.5 in all 78 rows", "in the cell roi=0, hemisphere=right"}));
  World few(1, {"a"}, 6);
  auto options = quick();
  options.folds = 40;
  EXPECT_TRUE(contains(message_of([&] { few.explained(options); }),
                       {"40 folds need at least as many groups, found 39", "in the cell roi=0, hemisphere=left"}));
  World twins(1, {"trained"}, 6);
  twins.x.zero_();
  twins.x[0][0].fill_(1);
  EXPECT_TRUE(contains(message_of([&] { twins.explained(quick()); }),
                       {"'trained' is 0 in all", "in the refit without fold 1 of 5"}));
}

TEST(SlowExplain, finds_no_more_in_worlds_without_an_answer_than_the_level_allows) {
  constexpr int64_t worlds = 100, cells = 36, tests = worlds * cells;
  int64_t by_f = 0, by_shuffles = 0, reliable = 0, worlds_with_valid = 0;
  for (uint64_t seed = 0; seed < worlds; ++seed) {
    World world(cells, {"a", "b", "c"}, 1000 + seed);
    bool any = false;
    for (const auto& result : world.explained(quick(199))) {
      by_f += result.fit.f_p < 0.05;
      by_shuffles += result.held_out_p < 0.0501;
      any = any || result.valid;
      reliable += result.features[0].reliable;
    }
    worlds_with_valid += any;
  }
  std::cout << "F " << by_f << ", shuffles " << by_shuffles << ", reliable " << reliable << " of " << tests
            << "; worlds with a valid cell " << worlds_with_valid << " of " << worlds << "\n";
  // 5 % of 3600 are 180 with a deviation of 13.1; 5 of 100 worlds with one of 2.2.
  EXPECT_LE(std::abs(by_f - 180), 40);
  EXPECT_LE(std::abs(by_shuffles - 180), 40);
  EXPECT_LE(reliable, 180);
  EXPECT_LE(worlds_with_valid, 11);
}

TEST(SlowExplain, shuffles_of_groups_hold_the_level_where_those_of_rows_do_not) {
  constexpr int64_t cells = 36, worlds = 12, tests = cells * worlds;
  int64_t by_groups = 0, by_rows = 0;
  for (uint64_t seed = 0; seed < worlds; ++seed) {
    World world(cells, {"size"}, 5000 + seed);
    // A family of six rows shares its size and most of its score, and one has nothing to do with the other.
    const auto shared = random_normals(world.rows, 1, 7000 + seed).squeeze(1);
    for (int64_t row = 0; row < world.rows; ++row) {
      const int64_t first = row - row % 6;
      world.data.groups[static_cast<size_t>(row)] = "family" + std::to_string(first % 78);
      world.x[row][0].copy_(world.x[first][0].clone());
      world.y[row] += 3 * shared[first];
    }
    auto options = quick(199);
    for (const auto& result : world.explained(options)) by_groups += result.held_out_p < 0.0501;
    options.shuffle = Shuffle::rows;
    for (const auto& result : world.explained(options)) by_rows += result.held_out_p < 0.0501;
  }
  std::cout << "groups " << by_groups << ", rows " << by_rows << " of " << tests << "\n";
  // 5 % of 432 are 21.6 with a deviation of 4.5.
  EXPECT_LE(by_groups, 36);
  EXPECT_GT(by_rows, 72);
}
