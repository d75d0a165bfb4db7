// Leave-one-out and generalised cross-validation against scikit-learn, refits of every row and the written-out hat
// matrix (tests/reference/make_ridge_left_out.py), and against inner folds of one row.
#include "core/tensor.h"
#include "fixture.h"
#include "io/json.h"
#include "ridge_variants.h"

using namespace arcuate;
using at::Tensor;
using test::contains;
using test::Fixture;
using test::largest_difference;
using test::message_of;

namespace {

struct Case {
  RidgeProblem problem{};
  RidgeSplit split{};
  RidgeOptions options{};
};

Case case_of(const Fixture& fixture, const Json& c) {
  Case result{.problem = {.bands = {fixture["x"]}, .responses = fixture["y"]}};
  const int64_t train = fixture["train"].sum().item<int64_t>();
  for (int64_t row = 0; row < fixture["x"].size(0); ++row)
    (row < train ? result.split.outer.train : result.split.outer.test).push_back(row);
  const auto select = c["select"].get<std::string>();
  result.options = {.penalties = to_vector(fixture["penalties"]),
                    .select = select == "mse"  ? Select::mse
                              : select == "r2" ? Select::r2
                                               : Select::r,
                    .criterion = c["criterion"] == "loo" ? PenaltyCriterion::left_out : PenaltyCriterion::gcv,
                    .intercept = c["intercept"].get<bool>(),
                    .keep_curves = true};
  return result;
}

RidgeResult solve(const Case& c, int threads = 1) {
  return ridge_cross_validated(c.problem, {c.split}, c.options, {.threads = threads});
}

// Training rows of unit size, and one inner fold for each.
Case random_case(int64_t rows, int64_t features, int64_t targets) {
  const auto x = random_normals(rows + 10, features, 1) + 0.5;
  const auto y = x.mm(random_normals(features, targets, 2)) * at::linspace(0.6, 0, targets, at::kDouble) / 2 +
                 random_normals(rows + 10, targets, 3) + 2;
  Case c{.problem = {.bands = {x}, .responses = y}};
  for (int64_t row = 0; row < rows + 10; ++row) (row < rows ? c.split.outer.train : c.split.outer.test).push_back(row);
  for (const int64_t row : c.split.outer.train) {
    auto others = c.split.outer.train;
    others.erase(others.begin() + row);
    c.split.inner.push_back({others, {row}});
  }
  c.options = {.penalties = {0.3, 3, 30, 300, 3000}, .type = at::kDouble, .keep_curves = true};
  return c;
}

}  // namespace

TEST(RidgeLeftOut, agrees_with_scikit_learn_refits_and_the_hat_matrix) {
  for (const auto& file : read_json(test::source_path("reference/ridge_left_out/cases.json"))) {
    const Fixture fixture("ridge_left_out/" + file["file"].get<std::string>() + ".safetensors");
    for (const auto& c : file["cases"])
      for (const Form form : {Form::primal, Form::dual})  // of refits
        for (const auto type : {at::kFloat, at::kDouble}) {
          const auto name = c["case"].get<std::string>();
          SCOPED_TRACE(file["file"].get<std::string>() + " " + name);
          auto problem = case_of(fixture, c);
          problem.options.form = form;
          problem.options.type = type;
          const auto result = solve(problem);
          const double limit = type == at::kFloat ? 1e-5 : 1e-8;
          const auto curve = fixture[name + ".curve"], unit = curve.abs().clamp_min(1);
          EXPECT_LT(largest_difference(result.curves[0] / unit, curve / unit), limit);
          const auto chosen = fixture["penalties"].index_select(0, fixture[name + ".chosen"]);
          const auto same = result.penalties[0].eq(chosen);
          EXPECT_TRUE(same.logical_or(fixture[name + ".margin"].lt(1e-5)).all().item<bool>());
          const auto columns = same.nonzero().squeeze(1);
          const auto test = index_tensor(problem.split.outer.test);
          EXPECT_LT(largest_difference(result.predictions.index_select(0, test).index_select(1, columns),
                                       fixture[name + ".prediction"].index_select(1, columns)),
                    limit);
        }
  }
}

TEST(RidgeLeftOut, equals_inner_folds_of_one_row_each) {
  for (const int64_t features : {6, 24, 40})
    for (const bool intercept : {false, true}) {
      auto c = random_case(24, features, 12);
      c.options.intercept = intercept;
      const auto folds = solve(c);
      c.options.criterion = PenaltyCriterion::left_out;
      const auto left_out = solve(c);
      EXPECT_LT(largest_difference(left_out.curves, folds.curves), 1e-10);
      EXPECT_TRUE(at::equal(left_out.penalties, folds.penalties));
      EXPECT_LT(largest_difference(left_out.predictions, folds.predictions), 1e-10);
    }
}

TEST(RidgeLeftOut, needs_no_inner_folds_and_takes_penalties_of_single_splits) {
  auto c = random_case(24, 6, 12);
  c.options.criterion = PenaltyCriterion::left_out;
  const auto with = solve(c);
  c.split.inner.clear();
  const auto without = solve(c);
  EXPECT_TRUE(at::equal(with.curves, without.curves));
  EXPECT_TRUE(at::equal(with.predictions.slice(0, 24), without.predictions.slice(0, 24)));
  c.split.penalties = {3, 300};
  EXPECT_LT(largest_difference(solve(c).curves, at::cat({with.curves.slice(1, 1, 2), with.curves.slice(1, 3, 4)}, 1)),
            1e-13);
}

TEST(RidgeLeftOut, band_scales_and_shared_penalties_are_chosen_as_by_folds) {
  auto c = random_case(24, 30, 12);
  c.problem.bands = c.problem.bands.front().split_with_sizes({10, 20}, 1);
  const RidgeModel model{.scales = {{1, 1}, {0.1, 0.9}, {0, 1}, {1, 0}}};
  for (int64_t v = 0; v < 12; ++v) c.problem.target_groups.push_back(v % 3);
  for (const auto mode : {PenaltyMode::per_target, PenaltyMode::shared, PenaltyMode::group}) {
    c.options.penalty_mode = mode;
    c.options.criterion = PenaltyCriterion::folds;
    const auto folds = ridge_cross_validated(c.problem, {model}, {c.split}, c.options, {}).front();
    c.options.criterion = PenaltyCriterion::left_out;
    const auto left_out = ridge_cross_validated(c.problem, {model}, {c.split}, c.options, {}).front();
    EXPECT_LT(largest_difference(left_out.curves, folds.curves), 1e-10);
    EXPECT_TRUE(at::equal(left_out.scales, folds.scales));
    EXPECT_LT(largest_difference(left_out.predictions, folds.predictions), 1e-10);
  }
}

TEST(RidgeLeftOut, criteria_differ_and_give_the_same_bytes_for_any_number_of_threads) {
  auto c = random_case(30, 40, 1200);
  c.options.type = at::kFloat;
  c.options.criterion = PenaltyCriterion::left_out;
  const auto one = solve(c), three = solve(c, 3);
  EXPECT_TRUE(at::equal(one.curves, three.curves));
  EXPECT_TRUE(at::equal(one.predictions.slice(0, 30), three.predictions.slice(0, 30)));
  c.options.criterion = PenaltyCriterion::gcv;
  EXPECT_GT(largest_difference(one.curves, solve(c).curves), 1e-3);
}

TEST(RidgeLeftOut, what_cannot_be_computed_is_refused) {
  auto c = random_case(24, 6, 2);
  c.options.criterion = PenaltyCriterion::gcv;
  c.options.select = Select::r;
  EXPECT_TRUE(contains(message_of([&] { solve(c); }), {"cannot select by r"}));
  c.options.select = Select::mse;
  c.options.bf16_scores = true;
  EXPECT_TRUE(contains(message_of([&] { solve(c); }), {"on inner folds only; use float32"}));
  c.options.bf16_scores = false;
  c.options.rule = ChoiceRule::one_standard_error;
  EXPECT_TRUE(contains(message_of([&] { solve(c); }), {"without folds a penalty has one score"}));
  auto small = random_case(2, 6, 2);
  small.options.criterion = PenaltyCriterion::left_out;
  EXPECT_TRUE(contains(message_of([&] { solve(small); }), {"at least 3 training rows, found 2"}));
}
