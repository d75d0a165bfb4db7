// Predictions of linear models against the plain product of delayed features and weights.
#include "encode/linear_predictions.h"

#include "core/memory.h"
#include "core/tensor.h"
#include "encode/delays.h"
#include "fixture.h"

using namespace arcuate;
using at::Tensor;
using test::largest_difference;

namespace {

LinearModel model_of(const Tensor& weights, const Tensor& intercepts, std::vector<int64_t> delays) {
  return {.weights = [weights](const RowRange& targets) { return weights.slice(1, targets.begin, targets.end); },
          .intercepts = intercepts,
          .delays = std::move(delays)};
}

// T x V, from the blocks.
Tensor predictions_of(const FeatureRows& rows, const LinearModel& model, int threads = 1) {
  auto all = at::full({rows.features.size(0), model.intercepts.size(0)}, -1e9, at::kDouble);
  predict_in_blocks(rows, model, {.threads = threads}, [&](const RowRange& targets, const Tensor& predictions) {
    all.slice(1, targets.begin, targets.end).copy_(predictions);
  });
  return all;
}

}  // namespace

TEST(LinearPredictions, are_products_of_delayed_features) {
  const FeatureRows rows{.features = random_normals(40, 7, 3), .stories = {{0, 18}, {18, 20}, {20, 40}}};
  const auto intercepts = random_normals(5, 1, 8).squeeze(1);
  for (const std::vector<int64_t>& delays : {std::vector<int64_t>{0}, {1, 2, 3, 4}, {-2, 0, 3}, {19}}) {
    const auto weights = random_normals(7 * std::ssize(delays), 5, 4);
    EXPECT_LT(largest_difference(predictions_of(rows, model_of(weights, intercepts, delays)),
                                 delayed(rows.features, delays, rows.stories).mm(weights) + intercepts),
              1e-12);
  }
}

// By hand: x = 1, 2, 3 | 4, 5 at delay 1 with weight 10 and intercept 0.5.
TEST(LinearPredictions, stay_within_stories) {
  const auto x = at::tensor({1.0, 2.0, 3.0, 4.0, 5.0}).to(at::kDouble).unsqueeze(1);
  const auto model = model_of(at::full({1, 1}, 10.0, at::kDouble), at::full({1}, 0.5, at::kDouble), {1});
  EXPECT_EQ(to_vector(predictions_of({x, {{0, 3}, {3, 5}}}, model).squeeze(1)),
            (std::vector<double>{0.5, 10.5, 20.5, 0.5, 40.5}));
  EXPECT_EQ(to_vector(predictions_of({x, {{0, 5}}}, model).squeeze(1)),
            (std::vector<double>{0.5, 10.5, 20.5, 30.5, 40.5}));
}

TEST(LinearPredictions, are_the_same_bytes_for_any_number_of_threads) {
  const FeatureRows rows{.features = random_normals(20, 6, 1).to(at::kFloat), .stories = {{0, 20}}};
  const auto model =
      model_of(random_normals(12, 1700, 2).to(at::kFloat), random_normals(1700, 1, 3).squeeze(1), {1, 2});
  const auto one = predictions_of(rows, model);
  EXPECT_TRUE(one.equal(predictions_of(rows, model, 4)));
  EXPECT_EQ(at::isfinite(one).logical_and(one.gt(-1e8)).all().item<bool>(), true);
}

TEST(LinearPredictions, sum_floats_in_double) {
  const auto x = random_normals(30, 900, 1).to(at::kFloat), weights = random_normals(900, 3, 2).to(at::kFloat);
  EXPECT_LT(largest_difference(predictions_of({x, {{0, 30}}}, model_of(weights, at::zeros({3}, at::kDouble), {0})),
                               x.to(at::kDouble).mm(weights.to(at::kDouble))),
            1e-11);
}

TEST(LinearPredictions, a_target_without_weights_disturbs_no_other) {
  const FeatureRows rows{.features = random_normals(20, 4, 1), .stories = {{0, 20}}};
  auto weights = random_normals(4, 3, 2);
  const auto intercepts = at::zeros({3}, at::kDouble);
  const auto plain = predictions_of(rows, model_of(weights, intercepts, {0}));
  weights.select(1, 1).fill_(std::numeric_limits<double>::quiet_NaN());
  const auto found = predictions_of(rows, model_of(weights, intercepts, {0}));
  EXPECT_TRUE(at::isnan(found.select(1, 1)).all().item<bool>());
  for (const int64_t v : {0, 2}) EXPECT_TRUE(found.select(1, v).equal(plain.select(1, v)));
}

TEST(LinearPredictions, tell_how_many_blocks_are_done) {
  const FeatureRows rows{.features = random_normals(5, 2, 1), .stories = {{0, 5}}};
  const auto model = model_of(random_normals(2, 1100, 2), at::zeros({1100}, at::kDouble), {0});
  std::vector<int64_t> told;
  const Compute compute{.threads = 2, .progress = [&](int64_t done, int64_t total) {
                          told.push_back(done);
                          EXPECT_EQ(total, 3);
                        }};
  predict_in_blocks(rows, model, compute, [](const RowRange&, const Tensor&) {});
  EXPECT_EQ(told, (std::vector<int64_t>{1, 2, 3}));
}

TEST(LinearPredictions, keep_a_limit_or_say_what_they_need) {
  const FeatureRows rows{.features = random_normals(2000, 40, 1), .stories = {{0, 2000}}};
  const auto model = model_of(random_normals(40, 1700, 2), random_normals(1700, 1, 3).squeeze(1), {0});
  const TakePredictions nothing = [](const RowRange&, const Tensor&) {};
  const auto message = test::message_of([&] { predict_in_blocks(rows, model, {.memory = 1}, nothing); });
  EXPECT_TRUE(
      test::contains(message, {"leaves 0 MB for predictions", "512 targets at once", "raise --memory-limit by"}))
      << message;
  EXPECT_NO_THROW(predict_in_blocks(rows, model, {.memory = resident_bytes() + 100'000'000}, nothing));
}
