// What must hold for every variant of the solver whatever it computes inside: symmetries of the problem, and agreement
// with explicit normal equations (plain_ridge.h) for every kind of folds.
#include <cmath>

#include "core/tensor.h"
#include "encode/chunks.h"
#include "encode/delays.h"
#include "encode/plain_ridge.h"
#include "encode/split_design.h"
#include "fixture.h"
#include "ridge_variants.h"

using namespace arcuate;
using at::Tensor;
using test::largest_difference;
using test::RidgeVariant;

namespace {

constexpr double clear_lead = 1e-5;  // Of the best candidate, for responses of variance 1: a choice that must be met.

struct World {
  RidgeProblem problem{};
  RidgeModel model{};
  std::vector<RidgeSplit> splits{};
};

// Correlated features with means; targets of about unit variance, from strong signal to none.
RidgeProblem make_problem(int64_t rows, const std::vector<int64_t>& widths, int64_t targets) {
  const auto features = at::tensor(widths).sum().item<int64_t>();
  auto x = random_normals(rows, features, 1).mm(random_normals(features, features, 2)) / std::sqrt(features);
  auto signal = x.mm(random_normals(features, targets, 3)) * at::linspace(1.5, 0, targets, at::kDouble);
  signal /= std::sqrt(static_cast<double>(features));
  const auto y = signal + random_normals(rows, targets, 4) * 0.7 + at::linspace(-1, 1, targets, at::kDouble);
  return {.bands = (x + 0.3).split_with_sizes(widths, 1), .responses = y};
}

std::vector<RidgeSplit> make_splits(int64_t rows, int64_t outer, int64_t inner) {
  const std::vector<RowRange> whole{{0, rows}};
  return nested_splits(contiguous_folds(all_rows(rows), whole, outer, 1), whole, inner, 1);
}

World make_world(int64_t rows, const std::vector<int64_t>& widths, int64_t targets = 24) {
  World world{.problem = make_problem(rows, widths, targets), .splits = make_splits(rows, 2, 4)};
  world.model.scales = {std::vector<double>(widths.size(), 1.0)};
  if (widths.size() > 1)
    for (double g : {0.0, 0.6}) world.model.scales.emplace_back(widths.size(), 1 - g).front() = g;
  return world;
}

// More rows than features, fewer, about as many, both kinds of bands; folds that test more rows than features.
const std::vector<World>& worlds() {
  static const std::vector<World> all{make_world(40, {7}),     make_world(36, {30}),   make_world(36, {14}),
                                      make_world(36, {3, 24}), make_world(40, {3, 5}), make_world(96, {4})};
  return all;
}

RidgeOptions usual() { return {.penalties = {1, 10, 100, 1000, 10000}, .keep_curves = true}; }

RidgeResult solve(const World& world, const RidgeOptions& options, int threads = 1) {
  return ridge_cross_validated(world.problem, {world.model}, world.splits, options, {.threads = threads}).front();
}

World with(World world, const ResponseMatrix& responses) {
  world.problem.responses = responses;
  return world;
}

RidgeResult columns_of(const RidgeResult& result, const Tensor& columns) {
  const auto of = [&](const Tensor& t) { return t.defined() ? t.index_select(-1, columns) : t; };
  return {.r = of(result.r),
          .r2 = of(result.r2),
          .sums = {},
          .predictions = of(result.predictions),
          .band_predictions = {},
          .penalties = of(result.penalties),
          .scales = of(result.scales),
          .inner_scores = of(result.inner_scores),
          .curves = of(result.curves)};
}

// splits x V: whether any arithmetic chooses the best candidate.
Tensor clear_choices(const Tensor& curves) {
  const auto best = std::get<0>(curves.topk(2, 1));
  return (best.select(1, 0) - best.select(1, 1)).gt(clear_lead);
}

// In units of the larger of 1 and the reference.
double relative_difference(const Tensor& found, const Tensor& reference) {
  const auto unit = reference.abs().clamp_min(1);
  return largest_difference(found / unit, reference / unit);
}

// Scores within the limit; and of the targets whose choice does not hang by a thread in any split (they must be most),
// the same choices, and predictions within the limit.
void expect_same(const RidgeResult& a, const RidgeResult& b, double limit) {
  EXPECT_LT(relative_difference(a.curves, b.curves), limit);
  EXPECT_LT(relative_difference(a.inner_scores, b.inner_scores), limit);
  const auto clear = clear_choices(b.curves).all(0);
  EXPECT_GE(clear.to(at::kDouble).mean().item<double>(), 0.7);
  const auto columns = clear.nonzero().squeeze(1);
  const auto x = columns_of(a, columns), y = columns_of(b, columns);
  EXPECT_TRUE(at::equal(x.penalties, y.penalties));
  EXPECT_TRUE(at::equal(x.scales, y.scales));
  EXPECT_LT(relative_difference(x.predictions, y.predictions), limit);
}

void expect_identical(const RidgeResult& a, const RidgeResult& b) {
  EXPECT_TRUE(at::equal(a.predictions, b.predictions));
  EXPECT_TRUE(at::equal(a.penalties, b.penalties));
  EXPECT_TRUE(at::equal(a.scales, b.scales));
  EXPECT_TRUE(at::equal(a.inner_scores, b.inner_scores));
}

class RidgeProperties : public testing::TestWithParam<RidgeVariant> {
 protected:
  RidgeOptions options() const { return GetParam().of(usual()); }
  // Two computations of the same numbers in another order of sums.
  void expect_equal(const RidgeResult& a, const RidgeResult& b) const {
    expect_same(a, b, GetParam().limit(1e-6, 1e-12));
  }
  // Two computations whose rounding differs from the start.
  void expect_close(const RidgeResult& a, const RidgeResult& b) const {
    expect_same(a, b, GetParam().limit(1e-5, 1e-11));
  }
};

}  // namespace

// ---- symmetries ----

TEST_P(RidgeProperties, permuting_targets_permutes_results) {
  for (const auto& world : worlds()) {
    const auto order = (at::arange(24) * 7 + 3).remainder(24);
    const auto moved = solve(with(world, world.problem.responses.whole().index_select(1, order)), options());
    expect_equal(moved, columns_of(solve(world, options()), order));
  }
}

TEST_P(RidgeProperties, targets_do_not_see_each_other) {
  for (const auto& world : worlds()) {
    const auto whole = solve(world, options());
    for (const auto& [begin, end] : {std::pair<int64_t, int64_t>{0, 5}, {11, 24}}) {
      const auto alone = solve(with(world, world.problem.responses.columns(RowRange{begin, end})), options());
      expect_equal(alone, columns_of(whole, at::arange(begin, end)));
    }
  }
}

TEST_P(RidgeProperties, features_of_zeros_change_nothing) {
  for (const auto& world : worlds()) {
    auto padded = world;
    for (auto& band : padded.problem.bands)
      band = at::cat({at::zeros({band.size(0), 2}, at::kDouble), band, at::zeros({band.size(0), 3}, at::kDouble)}, 1);
    expect_close(solve(padded, options()), solve(world, options()));
  }
}

TEST_P(RidgeProperties, features_and_the_root_of_penalties_have_one_unit) {
  for (const auto& world : worlds()) {
    auto scaled = world;
    for (auto& band : scaled.problem.bands) band = band * 3;
    auto other = options();
    for (double& penalty : other.penalties) penalty *= 9;
    auto result = solve(scaled, other);
    result.penalties = result.penalties / 9;
    expect_close(result, solve(world, options()));
  }
}

TEST_P(RidgeProperties, responses_and_predictions_have_one_unit) {
  for (const auto& world : worlds()) {
    auto result = solve(with(world, world.problem.responses.whole() * 3), options());
    result.predictions = result.predictions / 3;
    result.curves = result.curves / 9, result.inner_scores = result.inner_scores / 9;
    expect_close(result, solve(world, options()));
  }
}

TEST_P(RidgeProperties, a_constant_added_to_responses_or_features_is_taken_up_by_the_intercept) {
  for (const auto& world : worlds()) {
    auto moved = with(world, world.problem.responses.whole() + 7);
    for (auto& band : moved.problem.bands) band = band + 2;
    auto result = solve(moved, options());
    result.predictions = result.predictions - 7;
    expect_close(result, solve(world, options()));
  }
}

TEST_P(RidgeProperties, the_order_of_penalties_is_of_no_account) {
  for (const auto& world : worlds()) {
    auto other = options();
    std::reverse(other.penalties.begin(), other.penalties.end());
    expect_identical(solve(world, other), solve(world, options()));
  }
}

TEST_P(RidgeProperties, float32_and_float64_inputs_of_the_same_numbers_give_the_same_bytes) {
  for (auto world : worlds()) {
    for (auto& band : world.problem.bands) band = band.to(at::kFloat);
    auto wide = with(world, world.problem.responses.whole().to(at::kFloat).to(at::kDouble));
    for (auto& band : wide.problem.bands) band = band.to(at::kDouble);
    expect_identical(solve(with(world, world.problem.responses.whole().to(at::kFloat)), options()),
                     solve(wide, options()));
  }
}

TEST_P(RidgeProperties, a_target_of_zeros_is_predicted_as_zero_and_takes_the_largest_penalty) {
  for (const auto& world : worlds())
    for (const auto select : {Select::mse, Select::r}) {
      auto other = options();
      other.select = select;
      auto zeroed = with(world, world.problem.responses.whole().clone());
      zeroed.problem.responses.whole().select(1, 3).zero_();
      const auto result = solve(zeroed, other);
      EXPECT_EQ(result.predictions.select(1, 3).abs().max().item<double>(), 0);
      EXPECT_EQ(result.penalties.select(1, 3).min().item<double>(), 10000);
      EXPECT_EQ(result.curves.select(2, 3).abs().max().item<double>(), 0);
      const auto others = at::cat({at::arange(3), at::arange(4, 24)});
      expect_equal(columns_of(result, others), columns_of(solve(world, other), others));
    }
}

// ---- how it is run ----

TEST_P(RidgeProperties, any_number_of_threads_gives_the_same_bytes) {
  for (const auto& world : worlds())
    for (const auto mode : {PenaltyMode::per_target, PenaltyMode::shared}) {
      auto other = options();
      other.penalty_mode = mode;
      const auto one = solve(world, other);
      for (int threads : {2, 5}) {
        const auto many = solve(world, other, threads);
        expect_identical(many, one);
        EXPECT_TRUE(at::equal(many.curves, one.curves));
      }
    }
}

TEST_P(RidgeProperties, keeping_curves_changes_nothing_else) {
  for (const auto& world : worlds()) {
    auto other = options();
    other.keep_curves = false;
    const auto without = solve(world, other);
    EXPECT_FALSE(without.curves.defined());
    expect_identical(without, solve(world, options()));
  }
}

TEST_P(RidgeProperties, blocks_of_targets_agree_with_targets_alone) {
  for (int64_t features : {6, 30}) {
    World world{.problem = make_problem(24, {features}, 4101), .model = {{{1.0}}}, .splits = make_splits(24, 2, 3)};
    const auto whole = solve(world, options(), 2);
    expect_identical(whole, solve(world, options(), 1));
    for (const auto& columns :
         {at::tensor({0, 1366, 1367, 1368, 2047, 2048, 2049, 2733, 2734, 2735, 4096, 4100}), at::arange(2000, 2200)})
      expect_equal(solve(with(world, world.problem.responses.columns(columns)), options()), columns_of(whole, columns));
  }
}

TEST_P(RidgeProperties, models_do_not_disturb_each_other) {
  for (size_t w : {3, 4}) {
    const auto& world = worlds()[w];
    const RidgeModel first{{{1.0, 0.0}}}, second{{{0.0, 1.0}}};
    const auto together =
        ridge_cross_validated(world.problem, {first, world.model, second}, world.splits, options(), {});
    expect_equal(together[1], solve(world, options()));
    for (const size_t band : {0, 1}) {
      const World alone{.problem = {.bands = {world.problem.bands[band]}, .responses = world.problem.responses},
                        .model = {{{1.0}}},
                        .splits = world.splits};
      expect_close(together[band * 2], solve(alone, options()));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Variants, RidgeProperties, testing::ValuesIn(test::ridge_variants()), test::variant_name);

namespace {

// A problem whose features enter at several delays within stories, and the same with the delayed features.
struct DelayedWorlds {
  World asked{}, written_out{};
};
DelayedWorlds delayed_worlds(int64_t width) {
  DelayedWorlds worlds{.asked = make_world(36, {width})};
  worlds.written_out = worlds.asked;
  worlds.asked.problem.delays = {0, 1, 3};
  worlds.asked.problem.stories = {{0, 15}, {15, 36}};
  auto& band = worlds.written_out.problem.bands.front();
  band = delayed(band, worlds.asked.problem.delays, worlds.asked.problem.stories);
  return worlds;
}

}  // namespace

TEST_P(RidgeProperties, delays_of_a_problem_are_those_of_its_features) {
  for (const int64_t width : {3, 20})
    for (const bool intercept : {true, false})
      for (const auto standardize : {Standardize::none, Standardize::both}) {
        auto options = GetParam().of(usual());
        options.intercept = intercept, options.standardize = standardize;
        const auto [asked, written_out] = delayed_worlds(width);
        expect_same(solve(asked, options), solve(written_out, options), GetParam().limit(1e-5, 1e-9));
      }
}

TEST(RidgeDelays, kernels_stand_for_delayed_features_where_the_dual_form_is_used) {
  const auto kernels = [](int64_t width, const RidgeOptions& options) {
    const auto world = delayed_worlds(width).asked;
    return ridge::carry_out_delays(world.problem, world.splits, options, at::kCPU).kernels.size();
  };
  EXPECT_EQ(kernels(20, usual()), 1u);
  EXPECT_EQ(kernels(3, usual()), 0u);
  auto options = usual();
  options.form = Form::primal;
  EXPECT_EQ(kernels(20, options), 0u);
  options = usual();
  options.standardize = Standardize::features;
  EXPECT_EQ(kernels(20, options), 0u);
}

TEST(RidgeForms, primal_and_dual_agree) {
  for (const auto type : {at::kFloat, at::kDouble})
    for (const auto& world : worlds()) {
      auto primal = usual(), dual = usual();
      primal.type = dual.type = type;
      primal.form = Form::primal, dual.form = Form::dual;
      expect_same(solve(world, primal), solve(world, dual), type == at::kFloat ? 1e-5 : 1e-10);
    }
}

// ---- agreement of every variant with explicit normal equations ----

namespace {

// The splits of a problem, each by explicit normal equations.
RidgeResult plain(const World& world, const RidgeOptions& options) {
  std::vector<Tensor> curves, penalties, scales;
  RidgeResult result;
  result.predictions = at::full_like(world.problem.responses.whole(), std::nan(""));
  for (const auto& split : world.splits) {
    const auto ridge = plain_ridge(world.problem, world.model, split, options);
    curves.push_back(ridge.curve), penalties.push_back(ridge.penalties), scales.push_back(ridge.scales);
    result.predictions.index_copy_(0, index_tensor(split.outer.test), ridge.predictions);
  }
  result.curves = at::stack(curves), result.penalties = at::stack(penalties), result.scales = at::stack(scales);
  result.inner_scores = std::get<0>(result.curves.max(1));
  return result;
}

void expect_plain(const World& world, const RidgeOptions& options, double exact = 1e-10) {
  const auto expected = plain(world, options);
  for (const auto& variant : test::ridge_variants()) {
    SCOPED_TRACE(variant.name);
    expect_same(solve(world, variant.of(options)), expected, variant.limit(1e-5, exact));
  }
}

// The middle fifth of the rows is tested; inner test rows are given by their places among the training rows.
RidgeSplit split_with(int64_t rows, const std::vector<std::vector<int64_t>>& tests, int64_t gap = 0) {
  const std::vector<RowRange> whole{{0, rows}};
  RidgeSplit split{.outer = contiguous_folds(all_rows(rows), whole, 5, gap)[2], .inner = {}};
  for (const auto& test : tests) {
    std::vector<int64_t> inside;
    for (int64_t i : test) inside.push_back(split.outer.train[static_cast<size_t>(i)]);
    auto ascending = inside;
    std::sort(ascending.begin(), ascending.end());
    split.inner.push_back({training_rows(split.outer.train, ascending, whole, gap), inside});
  }
  return split;
}

World with(World world, const RidgeSplit& split) {
  world.splits = {split};
  return world;
}

}  // namespace

TEST(RidgePlain, agrees_for_every_score_with_and_without_intercept) {
  for (const auto& world : worlds())
    for (const auto select : {Select::mse, Select::r2, Select::r})
      for (const bool intercept : {true, false}) {
        auto options = usual();
        options.select = select, options.intercept = intercept;
        expect_plain(world, options);
      }
}

TEST(RidgePlain, agrees_on_the_shared_penalty) {
  for (const auto& world : worlds())
    for (const auto select : {Select::mse, Select::r2, Select::r}) {
      auto options = usual();
      options.select = select, options.penalty_mode = PenaltyMode::shared;
      const auto expected = plain(world, options);
      for (const auto& variant : test::ridge_variants()) {
        SCOPED_TRACE(variant.name);
        const auto found = solve(world, variant.of(options));
        EXPECT_TRUE(at::equal(found.penalties, expected.penalties));
        EXPECT_TRUE(at::equal(found.scales, expected.scales));
        EXPECT_TRUE(at::equal(found.penalties, found.penalties.select(1, 0).unsqueeze(1).expand_as(found.penalties)));
        EXPECT_LT(relative_difference(found.curves, expected.curves), variant.limit(1e-5, 1e-10));
        EXPECT_LT(relative_difference(found.predictions, expected.predictions), variant.limit(1e-5, 1e-10));
      }
    }
}

TEST(RidgePlain, agrees_on_inner_folds_of_unequal_size_and_scattered_rows) {
  for (const auto& world : worlds())
    for (int64_t gap : {0, 1})
      expect_plain(with(world, split_with(world.problem.responses.rows(),
                                          {{0, 1}, {2, 3, 4, 5, 6, 7, 8, 9, 10}, {13, 17, 22}, {21, 23, 25, 26}}, gap)),
                   usual());
}

// {5, 20, 7}: the last is as far from the first as in consecutive rows.
TEST(RidgePlain, agrees_whatever_the_order_of_rows_in_a_fold) {
  for (const auto& world : worlds()) {
    auto split = split_with(world.problem.responses.rows(), {{0, 1, 2, 3}, {5, 20, 7}, {9, 10, 8}});
    std::reverse(split.inner[0].train.begin(), split.inner[0].train.end());
    expect_plain(with(world, split), usual());
    std::reverse(split.outer.train.begin(), split.outer.train.end());
    std::reverse(split.outer.test.begin(), split.outer.test.end());
    expect_plain(with(world, split), usual());
  }
}

TEST(RidgePlain, agrees_on_folds_of_random_chunks_that_overlap) {
  for (const auto& world : worlds()) {
    const int64_t rows = world.problem.responses.rows();
    const std::vector<RowRange> whole{{0, rows}};
    for (int64_t gap : {0, 2}) {
      auto split = split_with(rows, {}, gap);
      split.inner = chunk_folds(split.outer.train, whole, {.boots = 6, .length = 4, .held_out = 2, .seed = 5}, gap);
      expect_plain(with(world, split), usual());
    }
  }
}

TEST(RidgePlain, agrees_on_one_inner_fold) {
  for (const auto& world : worlds())
    for (const std::vector<int64_t>& test : {std::vector<int64_t>{4, 5, 6, 7, 8, 9}, {0}})
      expect_plain(with(world, split_with(world.problem.responses.rows(), {test})), usual());
}

TEST(RidgePlain, agrees_on_test_folds_longer_than_there_are_features) {
  for (int64_t features : {2, 4, 7})
    expect_plain({.problem = make_problem(70, {features}, 24), .model = {{{1.0}}}, .splits = make_splits(70, 2, 2)},
                 usual());
}

TEST(RidgePlain, agrees_on_many_targets_of_which_three_rows_are_tested) {
  for (int64_t features : {5, 40})
    for (const auto select : {Select::mse, Select::r}) {
      World world{.problem = make_problem(21, {features}, 1000), .model = {{{1.0}}}, .splits = make_splits(21, 7, 6)};
      world.splits.resize(1);
      auto options = usual();
      options.select = select;
      expect_plain(world, options);
    }
}

// Residuals that no feature explains stand in the dual weights as residual / penalty, and must cancel in predictions.
TEST(RidgePlain, agrees_on_predictions_with_a_small_penalty_and_more_rows_than_features) {
  for (int64_t features : {7, 23}) {
    const World world{.problem = make_problem(42, {features}, 24), .model = {{{1.0}}}, .splits = make_splits(42, 3, 4)};
    auto options = usual();
    options.penalties = {1e-4, 1e-3};
    expect_plain(world, options);
  }
}

// Predictions hardly differ from the mean then, and their correlation must not see how the mean is rounded.
TEST(RidgePlain, agrees_on_correlations_with_a_large_penalty) {
  for (const auto& world : worlds()) {
    auto options = usual();
    options.select = Select::r;
    options.penalties = {10, 1e7};
    expect_plain(world, options, 1e-8);
  }
}

TEST(RidgePlain, standardises_features_by_the_training_rows) {
  for (auto world : worlds()) {
    world.splits.resize(1);
    const auto raw = world;
    for (auto& band : world.problem.bands) {
      const auto train = band.index_select(0, index_tensor(world.splits[0].outer.train));
      band = (band - train.mean(0)) / train.std(0, false);
    }
    const auto expected = plain(world, usual());
    for (const auto& variant : test::ridge_variants()) {
      SCOPED_TRACE(variant.name);
      auto options = variant.of(usual());
      options.standardize = Standardize::features;
      expect_same(solve(raw, options), expected, variant.limit(1e-5, 1e-10));
    }
  }
}
