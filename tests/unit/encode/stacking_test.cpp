// Stacked regression against explicit normal equations, and that no test row touches the weights.
#include "encode/stacking.h"

#include "core/tensor.h"
#include "encode/score.h"
#include "fixture.h"

using namespace arcuate;
using test::contains;
using test::Fixture;
using test::largest_difference;
using test::message_of;

namespace {

struct Setup {
  StackingProblem problem{};
  RidgeOptions options{};
};

Setup setup_of(const Fixture& fixture) {
  const std::vector<RowRange> whole{{0, 60}};
  const auto splits = nested_splits(contiguous_folds(all_rows(60), whole, 2, 1), whole, 3, 1);
  return {.problem = {.models = models_of({fixture["stack.x0"], fixture["stack.x1"], fixture["stack.x2"]}),
                      .responses = fixture["stack.y"],
                      .splits = stacking_splits(splits, whole, 4, 1)},
          .options = {.penalties = to_vector(fixture["stack.penalties"]), .type = at::kDouble}};
}

StackingResult solve(const Setup& s, int threads = 1) {
  return stack_models(s.problem, s.options, {.threads = threads});
}

}  // namespace

TEST(Stacking, agrees_with_plain_normal_equations) {
  const Fixture fixture("scaling/scaling.safetensors");
  const auto result = solve(setup_of(fixture));
  EXPECT_LT(largest_difference(result.weights, fixture["stack.weights"]), 1e-7);
  EXPECT_EQ(largest_difference(result.single, fixture["stack.single"]), 0);
  EXPECT_LT(largest_difference(result.predictions, fixture["stack.prediction"]), 1e-7);
  EXPECT_LT(largest_difference(result.single_predictions, fixture["stack.single_prediction"]), 1e-8);
  EXPECT_LT(result.gap.max().item<double>(), 1e-11);
}

TEST(Stacking, test_responses_do_not_change_weights) {
  auto setup = setup_of(Fixture("scaling/scaling.safetensors"));
  const auto before = solve(setup);
  // Rows 30 … 59 are the test rows of the second split and training rows of the first.
  auto responses = setup.problem.responses.whole().clone();
  responses.slice(0, 30).add_(random_normals(30, 5, 1));
  setup.problem.responses = responses;
  const auto after = solve(setup);
  EXPECT_TRUE(at::equal(after.weights[1], before.weights[1]));
  EXPECT_TRUE(at::equal(after.single[1], before.single[1]));
  EXPECT_TRUE(at::equal(after.predictions.slice(0, 30), before.predictions.slice(0, 30)));
  EXPECT_GT(largest_difference(after.weights[0], before.weights[0]), 1e-3);
}

TEST(Stacking, finds_which_features_drive_a_target_and_gains_where_there_are_two) {
  const auto a = random_normals(400, 3, 1), b = random_normals(400, 3, 2);
  const auto y = at::stack({a.sum(1), b.sum(1), a.sum(1) + b.sum(1)}, 1) + random_normals(400, 3, 3);
  const std::vector<RowRange> whole{{0, 400}};
  const auto splits =
      stacking_splits(nested_splits(contiguous_folds(all_rows(400), whole, 4, 0), whole, 4, 0), whole, 4, 0);
  const auto result =
      stack_models({.models = models_of({a, b}), .responses = y, .splits = splits}, {.penalties = {1, 10}}, {});
  const auto s = result.weights.mean(0);
  EXPECT_GT(s[0][0].item<double>(), 0.8);
  EXPECT_GT(s[1][1].item<double>(), 0.8);
  EXPECT_NEAR(s[2][0].item<double>(), 0.5, 0.1);
  const auto gain = pearson(y, result.predictions) - pearson(y, result.single_predictions);
  EXPECT_GT(gain[2].item<double>(), 0.05);
  EXPECT_LT(gain.slice(0, 0, 2).abs().max().item<double>(), 0.02);
  EXPECT_LT(largest_difference(result.model_r[0].slice(0, 0, 1), pearson(y, result.single_predictions).slice(0, 0, 1)),
            1e-12);
  EXPECT_NEAR(centre_of_weights(s, std::vector<double>{2, 6})[2].item<double>(), 4, 0.4);
}

TEST(Stacking, one_model_is_that_model) {
  auto setup = setup_of(Fixture("scaling/scaling.safetensors"));
  setup.problem.models.resize(1);
  const auto result = solve(setup);
  EXPECT_TRUE(at::equal(result.weights, at::ones({2, 5, 1}, at::kDouble)));
  EXPECT_EQ(largest_difference(result.predictions, result.single_predictions), 0);
}

TEST(Stacking, gives_the_same_bytes_for_any_number_of_threads_and_with_other_targets_beside) {
  auto setup = setup_of(Fixture("scaling/scaling.safetensors"));
  const auto one = solve(setup), four = solve(setup, 4);
  EXPECT_TRUE(at::equal(one.predictions, four.predictions));
  EXPECT_TRUE(at::equal(one.weights, four.weights));
  setup.problem.responses = setup.problem.responses.slice({2, 3});
  EXPECT_LT(largest_difference(solve(setup).predictions, one.predictions.slice(1, 2, 3)), 1e-12);
}

TEST(Stacking, gives_the_same_bytes_for_any_width_of_blocks) {
  const int64_t targets = 2 * targets_of_a_part + 70;
  const std::vector<RowRange> whole{{0, 60}};
  const StackingProblem problem{
      .models = models_of({random_normals(60, 3, 1), random_normals(60, 4, 2)}),
      .responses = random_normals(60, targets, 3),
      .splits = stacking_splits(nested_splits(contiguous_folds(all_rows(60), whole, 2, 0), whole, 2, 0), whole, 2, 0)};
  const auto stack = [&](int64_t width) {
    std::vector<int64_t> widths;
    std::vector<at::Tensor> predictions, weights, r;
    const auto take = [&](const RowRange& block, const StackingResult& own) {
      widths.push_back(block.size());
      predictions.push_back(own.predictions);
      weights.push_back(own.weights);
      r.push_back(own.model_r);
    };
    stack_blocks(problem, {.penalties = {1, 10}}, {.width = width, .take = take}, {});
    EXPECT_EQ(widths.front(), width);
    return std::vector{at::cat(predictions, 1), at::cat(weights, 1), at::cat(r, 1)};
  };
  const auto wide = stack(2 * targets_of_a_part), narrow = stack(targets_of_a_part);
  for (size_t i = 0; i < wide.size(); ++i) EXPECT_TRUE(at::equal(wide[i], narrow[i])) << i;
  const auto joined = stack_models(problem, {.penalties = {1, 10}}, {});
  EXPECT_TRUE(at::equal(joined.predictions, wide[0]));
  EXPECT_TRUE(at::equal(joined.weights, wide[1]));
}

TEST(Stacking, parts_that_leave_a_training_row_out_are_refused) {
  auto setup = setup_of(Fixture("scaling/scaling.safetensors"));
  setup.problem.splits[1].parts.pop_back();
  EXPECT_TRUE(contains(message_of([&] { solve(setup); }), {"each of its 29 training rows once"}));
  setup.problem.models.clear();
  EXPECT_TRUE(contains(message_of([&] { solve(setup); }), {"at least one model"}));
}
