#include "encode/ridge.h"

#include <fmt/format.h>

#include "core/tensor.h"
#include "encode/packed_product.h"
#include "encode/score.h"
#include "fixture.h"
#include "io/json.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::Fixture;
using arcuate::test::largest_difference;
using arcuate::test::message_of;

namespace {

Select select_of(const std::string& name) {
  return name.starts_with("mse") ? Select::mse : name.starts_with("r2") ? Select::r2 : Select::r;
}

// Targets that the reference could use; the others are constant or hold a NaN.
at::Tensor usable_columns(const Fixture& fixture) { return fixture["usable"].nonzero().squeeze(1); }

struct Case {
  std::string file, name;
  int64_t outer = 5, inner = 4, gap = 2;
};

struct Outcome {
  RidgeResult result;
  at::Tensor usable, penalties;
};

Outcome solve(const Fixture& fixture, const Case& c, Form form, Method method, at::ScalarType type) {
  const auto usable = usable_columns(fixture);
  const auto x = fixture["x"];
  const std::vector<RowRange> whole{{0, x.size(0)}};
  const auto splits =
      nested_splits(contiguous_folds(all_rows(x.size(0)), whole, c.outer, c.gap), whole, c.inner, c.gap);
  const RidgeOptions options{.penalties = to_vector(fixture["penalties"]),
                             .select = select_of(c.name),
                             .intercept = c.name.ends_with("intercept"),
                             .form = form,
                             .method = method,
                             .type = type,
                             .keep_curves = true,
                             .keep_bands = true};
  RidgeProblem problem{.bands = {x}, .responses = fixture["y"].index_select(1, usable)};
  RidgeModel model{.scales = {{1.0}}};
  if (c.file == "banded") {
    problem.bands = {x.slice(1, 0, 4), x.slice(1, 4)};
    model.scales.clear();
    for (double gamma : {0.01, 0.1, 1.0, 10.0, 100.0}) model.scales.push_back({gamma, 1.0});
  }
  return {ridge_cross_validated(problem, {model}, splits, options, {}).front(), usable, fixture["penalties"]};
}

class RidgeReference : public testing::TestWithParam<Case> {};

void expect_agreement(const Fixture& fixture, const Case& c, const Outcome& outcome, double tolerance) {
  const auto column = [&](const std::string& what, int64_t dim) {
    return fixture[c.name + what].index_select(dim, outcome.usable);
  };
  const bool banded = c.file == "banded";
  const auto chosen =
      outcome.penalties.index_select(0, column(banded ? ".chosen_penalty" : ".chosen", 1).to(at::kLong).flatten());
  EXPECT_EQ(largest_difference(outcome.result.penalties.flatten(), chosen), 0);
  EXPECT_LT(largest_difference(outcome.result.predictions, column(".prediction", 1)), tolerance);
  const auto curve = banded ? column(".curve", 3).flatten(1, 2) : column(".curve", 2);
  EXPECT_LT(largest_difference(outcome.result.curves, curve), tolerance);
  const auto y = fixture["y"].index_select(1, outcome.usable);
  EXPECT_LT(largest_difference(pearson(y, outcome.result.predictions), column(".r", 0)), tolerance);
  EXPECT_LT(largest_difference(r_squared(y, outcome.result.predictions), column(".r2", 0)), tolerance);
}

}  // namespace

TEST_P(RidgeReference, dual_and_primal_agree_with_plain_normal_equations) {
  const Fixture fixture("ridge/" + GetParam().file + ".safetensors");
  for (Form form : {Form::dual, Form::primal, Form::automatic})
    for (Method method : {Method::inverse, Method::eigenbasis, Method::automatic}) {
      SCOPED_TRACE(fmt::format("form {}, method {}", static_cast<int>(form), static_cast<int>(method)));
      expect_agreement(fixture, GetParam(), solve(fixture, GetParam(), form, method, at::kDouble), 1e-8);
    }
}

TEST_P(RidgeReference, float32_products_choose_the_same_penalties) {
  const Fixture fixture("ridge/" + GetParam().file + ".safetensors");
  for (Form form : {Form::dual, Form::primal})
    for (Method method : {Method::inverse, Method::eigenbasis}) {
      SCOPED_TRACE(fmt::format("form {}, method {}", static_cast<int>(form), static_cast<int>(method)));
      expect_agreement(fixture, GetParam(), solve(fixture, GetParam(), form, method, at::kFloat), 2e-3);
    }
}

INSTANTIATE_TEST_SUITE_P(Cases, RidgeReference,
                         testing::Values(Case{"tall", "mse_plain"}, Case{"tall", "mse_intercept"},
                                         Case{"tall", "r2_plain"}, Case{"tall", "r2_intercept"},
                                         Case{"tall", "r_plain"}, Case{"tall", "r_intercept"},
                                         Case{"wide", "mse_plain", 3, 3, 1}, Case{"wide", "r2_intercept", 3, 3, 1},
                                         Case{"wide", "r_intercept", 3, 3, 1}),
                         [](const auto& test) { return test.param.file + "_" + test.param.name; });

TEST(Ridge, bands_agree_with_the_independent_grid_search) {
  const Fixture fixture("ridge/banded.safetensors");
  const auto reference = read_json(test::source_path("reference/ridge/ridge.json"))["banded"];
  for (const auto& name : reference["cases"]) {
    const Case c{"banded", name.get<std::string>(), reference["outer_folds"], reference["inner_folds"],
                 reference["gap"]};
    SCOPED_TRACE(c.name);
    for (const auto& [form, method] : {std::pair{Form::dual, Method::inverse},
                                       {Form::primal, Method::inverse},
                                       {Form::dual, Method::eigenbasis},
                                       {Form::primal, Method::eigenbasis}}) {
      const auto outcome = solve(fixture, c, form, method, at::kDouble);
      expect_agreement(fixture, c, outcome, 1e-8);
      EXPECT_EQ(
          largest_difference(outcome.result.scales, fixture[c.name + ".chosen_gamma"].index_select(1, outcome.usable)),
          0);
      EXPECT_LT(largest_difference(outcome.result.band_predictions.sum(0), outcome.result.predictions), 1e-12);
      EXPECT_GT(largest_difference(outcome.result.band_predictions[1], outcome.result.predictions), 0.01);
    }
  }
}

TEST(Ridge, a_scale_of_zero_leaves_a_band_out_and_models_do_not_disturb_each_other) {
  const Fixture fixture("ridge/banded.safetensors");
  const auto usable = usable_columns(fixture);
  const std::vector<RowRange> whole{{0, 60}};
  const auto splits = nested_splits(contiguous_folds(all_rows(60), whole, 5, 2), whole, 4, 2);
  const RidgeProblem both{.bands = {fixture["x"].slice(1, 0, 4), fixture["x"].slice(1, 4)},
                          .responses = fixture["y"].index_select(1, usable)};
  const RidgeModel wide{.scales = {{0.0, 1.0}}}, narrow{.scales = {{1.0, 0.0}}},
      joint{.scales = {{0.1, 1.0}, {10.0, 1.0}}};
  const auto ways = {std::pair{Form::dual, Method::inverse},
                     {Form::primal, Method::inverse},
                     {Form::dual, Method::eigenbasis},
                     {Form::primal, Method::eigenbasis}};
  for (const auto& [form, method] : ways) {
    for (bool intercept : {true, false}) {
      const RidgeOptions options{.penalties = to_vector(fixture["penalties"]),
                                 .intercept = intercept,
                                 .form = form,
                                 .method = method,
                                 .type = at::kDouble};
      const auto together = ridge_cross_validated(both, {wide, narrow, joint}, splits, options, {});
      const auto alone =
          ridge_cross_validated({.bands = {both.bands[1]}, .responses = both.responses}, splits, options, {});
      const auto first =
          ridge_cross_validated({.bands = {both.bands[0]}, .responses = both.responses}, splits, options, {});
      EXPECT_LT(largest_difference(together[0].predictions, alone.predictions), 1e-9);
      EXPECT_LT(largest_difference(together[1].predictions, first.predictions), 1e-9);
      EXPECT_LT(largest_difference(together[2].predictions,
                                   ridge_cross_validated(both, {joint}, splits, options, {}).front().predictions),
                1e-12);
    }
  }
}

TEST(Ridge, leave_one_story_out_agrees_with_plain_normal_equations) {
  const Fixture fixture("ridge/stories.safetensors");
  const auto usable = usable_columns(fixture);
  const std::vector<RowRange> stories{{0, 17}, {17, 40}, {40, 60}};
  for (const auto& [name, select, intercept] :
       {std::tuple{"inner_stories", Select::r, true}, {"inner_stories_mse", Select::mse, false}}) {
    std::vector<RidgeSplit> splits;
    for (const auto& fold : leave_one_story_out(all_rows(60), stories))
      splits.push_back({fold, leave_one_story_out(fold.train, stories)});
    const RidgeProblem problem{.bands = {fixture["x"]}, .responses = fixture["y"].index_select(1, usable)};
    const auto result = ridge_cross_validated(
        problem, splits,
        {.penalties = to_vector(fixture["penalties"]), .select = select, .intercept = intercept, .type = at::kDouble},
        {});
    EXPECT_LT(
        largest_difference(result.predictions, fixture[std::string(name) + ".prediction"].index_select(1, usable)),
        1e-8)
        << name;
  }
}

namespace {

struct Random {
  at::Tensor x = at::zeros({48, 10}, at::kDouble), y = at::zeros({48, 3}, at::kDouble);
  Random() {
    const auto t = at::arange(480, at::kDouble).reshape({48, 10});
    x = (t * 12.9898).sin() * 3 + 5;
    y = x.slice(1, 0, 3) * 0.5 + (at::arange(144, at::kDouble).reshape({48, 3}) * 78.233).sin() * 2 + 100;
  }
  RidgeResult solve(const RidgeOptions& options, int threads = 1) const {
    const std::vector<RowRange> whole{{0, 48}};
    return ridge_cross_validated({.bands = {x}, .responses = y},
                                 nested_splits(contiguous_folds(all_rows(48), whole, 4, 1), whole, 3, 1), options,
                                 {.threads = threads});
  }
};

const RidgeOptions usual{.penalties = {0.01, 1, 100, 10000}, .type = at::kDouble};

template <class Change>
double effect_of(Change change) {
  RidgeOptions other = usual;
  change(other);
  const Random data;
  return largest_difference(data.solve(usual).predictions, data.solve(other).predictions);
}

}  // namespace

TEST(Ridge, every_option_changes_the_result) {
  EXPECT_GT(effect_of([](RidgeOptions& o) { o.penalties = {10}; }), 1e-3);
  EXPECT_GT(effect_of([](RidgeOptions& o) { o.intercept = false; }), 1e-3);
  EXPECT_GT(effect_of([](RidgeOptions& o) { o.standardize = Standardize::features; }), 1e-6);
  EXPECT_GT(effect_of([](RidgeOptions& o) { o.type = at::kFloat; }), 1e-9);
  const Random data;
  RidgeOptions shared = usual;
  shared.penalty_mode = PenaltyMode::shared;
  const auto penalties = data.solve(shared).penalties;
  EXPECT_EQ(largest_difference(penalties.select(1, 0), penalties.select(1, 2)), 0);
  EXPECT_GT(largest_difference(data.solve(usual).penalties.select(1, 0), data.solve(usual).penalties.select(1, 2)) +
                largest_difference(penalties, data.solve(usual).penalties),
            0);
}

TEST(Ridge, standardised_responses_give_predictions_in_the_units_of_the_responses) {
  const Random data;
  RidgeOptions options = usual;
  options.standardize = Standardize::both;
  EXPECT_NEAR(data.solve(options).predictions.mean().item<double>(), data.y.mean().item<double>(), 1.0);
}

TEST(Ridge, gives_the_same_bytes_for_any_number_of_threads) {
  const Random data;
  EXPECT_TRUE(at::equal(data.solve(usual, 1).predictions, data.solve(usual, 4).predictions));
}

TEST(Ridge, refuses_what_it_cannot_solve) {
  const Random data;
  EXPECT_TRUE(contains(message_of([&] { data.solve({.penalties = {}}); }), {"at least one penalty"}));
  EXPECT_TRUE(contains(message_of([&] { data.solve({.penalties = {-1}}); }), {"positive", "-1"}));
  auto bad = data;
  bad.y = bad.y.slice(0, 0, 40);
  EXPECT_TRUE(contains(message_of([&] { bad.solve(usual); }), {"48 x 10", "40 x 3"}));
  bad = data;
  bad.x = bad.x.clone();
  bad.x[3][4] = std::nan("");
  EXPECT_TRUE(contains(message_of([&] { bad.solve(usual); }), {"not finite"}));
}

TEST(Ridge, penalties_are_read_as_a_list_or_a_logarithmic_grid) {
  EXPECT_EQ(parse_penalties("100,1,10"), (std::vector<double>{1, 10, 100}));
  const auto grid = parse_penalties("log:0:6:13");
  ASSERT_EQ(grid.size(), 13u);
  EXPECT_NEAR(grid[1], std::pow(10, 0.5), 1e-12);
  EXPECT_NEAR(grid[12], 1e6, 1e-6);
  for (const char* bad : {"", "1,x", "log:1:2", "log:3:1:5", "0,1", "-2", "3,nan,1", "log:-inf:inf:9"})
    EXPECT_NE(message_of([&] { parse_penalties(bad); }), "") << bad;
}

// A feature of one story alone is zero in what is left when that story is held out, and large where it is scored.
TEST(Ridge, float32_scores_a_fold_that_holds_out_all_of_a_feature) {
  auto x = random_normals(300, 40, 1);
  x.slice(1, 36).zero_();
  x.slice(0, 80, 150).slice(1, 36).copy_(1e3 * random_normals(70, 4, 2));
  const auto y = x.slice(1, 0, 36).mm(random_normals(36, 50, 3)) + 4 * random_normals(300, 50, 4);
  const std::vector<RowRange> whole{{0, 300}};
  const auto splits = nested_splits({contiguous_folds(all_rows(300), whole, 4, 1).back()}, whole, 3, 1);
  RidgeOptions options{
      .penalties = {1, 30, 1e3}, .form = Form::primal, .method = Method::eigenbasis, .keep_curves = true};
  const auto single = ridge_cross_validated({.bands = {x}, .responses = y}, splits, options, {});
  options.type = at::kDouble;
  const auto exact = ridge_cross_validated({.bands = {x}, .responses = y}, splits, options, {});
  EXPECT_LT(largest_difference(single.curves, exact.curves) / exact.curves.abs().max().item<double>(), 1e-5);
  EXPECT_LT(largest_difference(single.predictions.nan_to_num(), exact.predictions.nan_to_num()), 1e-4);
}

TEST(Ridge, scores_in_bfloat16_choose_as_those_in_float32) {
  const auto x = random_normals(300, 60, 1) * at::arange(1, 61, at::kDouble).pow(-0.5);
  const auto y = x.mm(random_normals(60, 900, 2)) * at::logspace(-2, 1, 900) + random_normals(300, 900, 3);
  const std::vector<RowRange> whole{{0, 300}};
  const auto splits = nested_splits({contiguous_folds(all_rows(300), whole, 4, 1).front()}, whole, 4, 1);
  RidgeOptions options{.penalties = parse_penalties("log:0:4:12"), .method = Method::eigenbasis, .keep_curves = true};
  for (const auto select : {Select::mse, Select::r}) {
    options.select = select, options.bf16_scores = false;
    const auto exact = ridge_cross_validated({.bands = {x}, .responses = y}, splits, options, {});
    options.bf16_scores = true;
    const auto coarse = ridge_cross_validated({.bands = {x}, .responses = y}, splits, options, {.threads = 3});
    EXPECT_GE(coarse.penalties.eq(exact.penalties).to(at::kDouble).mean().item<double>(), 0.995);
    const auto same = coarse.penalties.eq(exact.penalties)[0].nonzero().squeeze(1);
    EXPECT_TRUE(at::equal(coarse.predictions.index_select(1, same).nan_to_num(),
                          exact.predictions.index_select(1, same).nan_to_num()));
    EXPECT_LT(largest_difference(coarse.curves, exact.curves) / exact.curves.abs().max().item<double>(), 3e-3);
    EXPECT_EQ(largest_difference(coarse.curves, exact.curves) > 0, ridge::can_pack(ridge::Packing::vectors_bf16));
  }
}

TEST(Ridge, predictions_are_kept_only_if_asked_for_and_scored_in_any_case) {
  const Random data;
  auto options = usual;
  const auto kept = data.solve(options);
  options.keep_predictions = false;
  const auto scored = data.solve(options);
  EXPECT_FALSE(scored.predictions.defined());
  EXPECT_TRUE(at::equal(scored.r, kept.r));
  EXPECT_LT(largest_difference(kept.r, pearson(data.y, kept.predictions)), 1e-12);
  EXPECT_LT(largest_difference(kept.r2, r_squared(data.y, kept.predictions)), 1e-12);
}
