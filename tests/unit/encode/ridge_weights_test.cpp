// Coefficients against scikit-learn's (tests/reference/make_ridge_choice.py), and against the predictions of the core.
#include "encode/ridge_weights.h"

#include "core/tensor.h"
#include "fixture.h"

using namespace arcuate;
using at::Tensor;
using test::Fixture;
using test::largest_difference;

namespace {

const std::vector<RowRange> whole{{0, 64}};

Tensor predicted(const RidgeWeights& fit, const Tensor& x) {
  return x.mm(fit.weights.to(at::kDouble)) + fit.intercepts;
}

// Weights of float32 to a part in ten million of the largest.
void expect_float(const Tensor& found, const Tensor& reference) {
  EXPECT_LT(largest_difference(found, reference), 1e-7 * reference.abs().max().item<double>());
}

}  // namespace

TEST(RidgeWeights, are_those_of_scikit_learn_for_features_in_their_own_units) {
  const Fixture fixture("ridge_choice/choice.safetensors");
  for (const auto& [name, standardize] : {std::pair{"plain", Standardize::none}, {"scaled", Standardize::both}}) {
    const auto fit = ridge_weights(fixture["x"], fixture["y"], all_rows(64), fixture["all.penalties"],
                                   {.standardize = standardize}, {});
    expect_float(fit.weights, fixture[std::string("all.") + name + ".weights"]);
    EXPECT_LT(largest_difference(fit.intercepts, fixture[std::string("all.") + name + ".intercepts"]), 1e-10);
  }
}

// More rows than features and fewer, with every scaling, with and without an intercept.
TEST(RidgeWeights, give_the_predictions_of_the_core) {
  const auto y = random_normals(50, 6, 2) + 2;
  for (const int64_t features : {7, 80}) {
    const auto x = random_normals(50, features, 1) * 3 + 1;
    const auto folds = contiguous_folds(all_rows(50), std::vector<RowRange>{{0, 50}}, 5, 0);
    const auto splits = nested_splits({folds[1]}, std::vector<RowRange>{{0, 50}}, 3, 0);
    for (const auto standardize : {Standardize::none, Standardize::features, Standardize::responses, Standardize::both})
      for (const bool intercept : {true, false}) {
        const RidgeOptions options{
            .penalties = {1, 30, 1000}, .intercept = intercept, .standardize = standardize, .type = at::kDouble};
        const auto core = ridge_cross_validated({.bands = {x}, .responses = y}, splits, options, {});
        const auto fit = ridge_weights(x, y, splits[0].outer.train, core.penalties[0], options, {.threads = 3});
        const auto rows = index_tensor(splits[0].outer.test);
        EXPECT_LT(largest_difference(predicted(fit, x.index_select(0, rows)), core.predictions.index_select(0, rows)),
                  1e-5);
        const auto again = ridge_weights(x, y, splits[0].outer.train, core.penalties[0], options, {});
        EXPECT_TRUE(at::equal(again.weights, fit.weights));
      }
  }
}

TEST(RidgeWeights, tell_what_was_subtracted_and_divided_by) {
  const auto x = random_normals(30, 3, 1) * 2 + 5, y = random_normals(30, 2, 2), penalties = at::ones({2}, at::kDouble);
  const auto scaled = ridge_weights(x, y, all_rows(30), penalties, {.standardize = Standardize::features}, {});
  EXPECT_LT(largest_difference(scaled.feature_means, x.mean(0)), 1e-12);
  EXPECT_LT(largest_difference(scaled.feature_deviations, x.std(0, /*unbiased=*/false)), 1e-12);
  EXPECT_EQ(largest_difference(scaled.response_deviations, at::ones({2}, at::kDouble)), 0);
  const auto plain = ridge_weights(x, y, all_rows(30), penalties, {.intercept = false}, {});
  EXPECT_EQ(plain.feature_means.abs().max().item<double>(), 0);
  EXPECT_EQ(plain.intercepts.abs().max().item<double>(), 0);
  EXPECT_GT(largest_difference(plain.weights, scaled.weights), 1e-3);
}

TEST(RidgeWeights, constant_features_have_no_weight) {
  auto x = random_normals(30, 3, 1);
  x.select(1, 1).fill_(4);
  const auto fit = ridge_weights(x, random_normals(30, 2, 2), all_rows(30), at::ones({2}, at::kDouble),
                                 {.standardize = Standardize::features}, {});
  EXPECT_EQ(fit.weights[1].abs().max().item<double>(), 0);
}
