// Features made from kernels, prior covariances and principal components: ridge regression of them against the closed
// forms that they stand for.
#include <cmath>

#include "core/tensor.h"
#include "encode/kernel_features.h"
#include "encode/plain_ridge.h"
#include "encode/prior.h"
#include "fixture.h"
#include "ridge_variants.h"

using namespace arcuate;
using at::Tensor;
using test::contains;
using test::largest_difference;
using test::message_of;

namespace {

constexpr int64_t rows = 36, train_rows = 28, targets = 5;
constexpr double penalty = 0.7;

RidgeSplit one_split() {
  RidgeSplit split;
  for (int64_t row = 0; row < rows; ++row) (row < train_rows ? split.outer.train : split.outer.test).push_back(row);
  const std::vector<RowRange> whole{{0, rows}};
  split.inner = contiguous_folds(split.outer.train, whole, 3, 0);
  return split;
}

Tensor responses() { return random_normals(rows, targets, 9) + 0.5; }

RidgeOptions options(at::ScalarType type = at::kDouble) { return {.penalties = {penalty}, .type = type}; }

Tensor predictions(const Tensor& features, const RidgeOptions& how) {
  return ridge_cross_validated({.bands = {features}, .responses = responses()}, {one_split()}, how, {})
      .predictions.slice(0, train_rows);
}

// exp(-|a - b|^2 / F): positive definite, of no finite number of features.
Tensor gaussian_kernel(const Tensor& x) { return (-at::cdist(x, x).square() / x.size(1)).exp(); }

// K_t (K + penalty I)^-1 Y, with both kernels centred by the training rows if there is an intercept.
Tensor by_kernel(const Tensor& kernel, bool intercept) {
  auto k = kernel.slice(0, 0, train_rows).slice(1, 0, train_rows),
       t = kernel.slice(0, train_rows).slice(1, 0, train_rows);
  const auto y = responses().slice(0, 0, train_rows), one = at::eye(train_rows, at::kDouble);
  const auto centre = intercept ? one - 1.0 / train_rows : one;
  const auto mean = intercept ? y.mean(0, true) : at::zeros({1, targets}, at::kDouble);
  if (intercept) t = t - k.mean(0, true);
  return t.mm(centre).mm(at::linalg_solve(centre.mm(k).mm(centre) + penalty * one, y - mean)) + mean;
}

}  // namespace

TEST(KernelFeatures, ridge_of_them_is_kernel_ridge_with_the_kernel) {
  const auto kernel = gaussian_kernel(random_normals(rows, 3, 1));
  const auto own = kernel.slice(0, 0, train_rows).slice(1, 0, train_rows);
  const auto across = kernel.slice(0, train_rows).slice(1, 0, train_rows);
  for (const bool intercept : {false, true})
    for (const auto type : {at::kDouble, at::kFloat}) {
      auto how = options(type);
      how.intercept = intercept;
      const double limit = type == at::kDouble ? 1e-8 : 1e-5;
      // The kernel of all rows, or that of training rows with its other rows apart.
      EXPECT_LT(largest_difference(predictions(kernel_features(kernel, {}).train, how), by_kernel(kernel, intercept)),
                limit);
      const auto apart = kernel_features(own, across);
      EXPECT_LT(
          largest_difference(predictions(at::cat({apart.train, apart.test}, 0), how), by_kernel(kernel, intercept)),
          limit);
    }
}

TEST(KernelFeatures, have_the_kernel_as_inner_products_and_its_rank) {
  const auto x = random_normals(20, 4, 2);
  const auto found = kernel_features(x.mm(x.t()).to(at::kFloat), random_normals(3, 4, 3).mm(x.t()).to(at::kFloat));
  EXPECT_LT(largest_difference(found.train.mm(found.train.t()), x.mm(x.t())), 1e-4);
  EXPECT_LT(largest_difference(found.test.mm(found.train.t()), random_normals(3, 4, 3).mm(x.t())), 1e-3);
  EXPECT_EQ(kernel_features(x.mm(x.t()), {}).train.size(1), 4);
}

TEST(KernelFeatures, matrices_that_are_no_kernels_are_refused) {
  const auto message = [](const Tensor& kernel, const Tensor& across = {}) {
    return message_of([&] { kernel_features(kernel, across); });
  };
  const auto one = at::eye(4, at::kDouble);
  EXPECT_TRUE(
      contains(message(at::ones({4, 3}, at::kDouble)), {"one row and one column for each training row", "4 x 3"}));
  EXPECT_TRUE(contains(message(one, at::ones({2, 3}, at::kDouble)), {"a column for each training row", "4", "2 x 3"}));
  auto skew = one.clone();
  skew[1][2] = 0.5;
  EXPECT_TRUE(contains(message(skew), {"must be symmetric: its entry (1, 2) is 0.5 and (2, 1) is 0"}));
  auto negative = one.clone();
  negative[3][3] = -0.5;
  EXPECT_TRUE(contains(message(negative), {"positive semidefinite: its smallest eigenvalue is -0.5, its largest 1"}));
  EXPECT_TRUE(contains(message(at::zeros({4, 4}, at::kDouble)), {"a kernel of zeros"}));
}

TEST(Prior, ridge_of_transformed_features_is_tikhonov_regression) {
  const int64_t features = 6;
  const auto x = random_normals(rows, features, 4) + 0.2;
  const auto root = random_normals(features, features, 5);
  const auto covariance = root.mm(root.t()) + 0.1 * at::eye(features, at::kDouble);
  const auto variances = at::linspace(0.1, 3, features, at::kDouble);
  for (const auto& [given, inverse] :
       {std::pair{covariance, at::linalg_inv(covariance)}, {variances, at::diag(variances.reciprocal())}})
    for (const bool intercept : {false, true})
      for (const auto type : {at::kDouble, at::kFloat}) {
        auto how = options(type);
        how.intercept = intercept;
        const auto train = x.slice(0, 0, train_rows), y = responses().slice(0, 0, train_rows);
        const auto x0 = intercept ? train.mean(0, true) : at::zeros({1, features}, at::kDouble);
        const auto y0 = intercept ? y.mean(0, true) : at::zeros({1, targets}, at::kDouble);
        const auto weights =
            at::linalg_solve((train - x0).t().mm(train - x0) + penalty * inverse, (train - x0).t().mm(y - y0));
        EXPECT_LT(
            largest_difference(predictions(with_prior(x, given), how), (x.slice(0, train_rows) - x0).mm(weights) + y0),
            type == at::kDouble ? 1e-8 : 1e-5);
      }
}

TEST(Prior, what_is_no_covariance_is_refused) {
  const auto x = random_normals(10, 3, 1);
  const auto message = [&](const Tensor& prior) { return message_of([&] { with_prior(x, prior); }); };
  EXPECT_TRUE(contains(message(at::ones({4}, at::kDouble)), {"3 variances or a 3 x 3 covariance"}));
  EXPECT_TRUE(contains(message(at::ones({3, 4}, at::kDouble)), {"3 variances or a 3 x 3 covariance", "3 x 4"}));
  EXPECT_TRUE(contains(message(to_tensor(std::vector<double>{1, 0, -2})), {"2 of 3 are not", "column 1 (0;"}));
  EXPECT_TRUE(contains(message(at::ones({3, 3}, at::kDouble)), {"positive definite", "row 2 of 3"}));
  auto skew = at::eye(3, at::kDouble);
  skew[0][1] = 0.5;
  EXPECT_TRUE(contains(message(skew), {"must be symmetric"}));
}

TEST(PcaRidge, is_ridge_of_components_fitted_to_training_rows) {
  const auto x = random_normals(rows, 12, 6).mm(random_normals(12, 12, 7)) + 1;
  const auto split = one_split();
  for (const bool intercept : {false, true})
    for (const int64_t components : {2, 5}) {
      const auto train = x.slice(0, 0, train_rows), mean = train.mean(0, true);
      const auto directions = std::get<2>(at::linalg_svd(train - mean, false)).slice(0, 0, components);
      auto how = options();
      how.penalties = {0.1, 1, 10, 100};
      how.intercept = intercept;
      const RidgeProblem reduced{.bands = {x.mm(directions.t())}, .responses = responses()};
      const auto plain = plain_ridge(reduced, {.scales = {{1}}}, split, how);
      how.components = components;
      for (const auto& variant : test::ridge_variants()) {
        auto own = variant.of(how);
        own.components = components;
        EXPECT_LT(largest_difference(predictions(x, own), plain.predictions), variant.limit(1e-5, 1e-8));
      }
    }
}

TEST(PcaRidge, each_band_has_components_of_its_own_and_too_many_are_refused) {
  const auto x = random_normals(rows, 12, 6);
  const auto direction = [&](const Tensor& part) {
    const auto train = part.slice(0, 0, train_rows);
    return part.mm(std::get<2>(at::linalg_svd(train - train.mean(0, true), false)).slice(0, 0, 3).t());
  };
  auto how = options();
  const RidgeModel model{.scales = {{0.3, 0.7}}};
  const RidgeProblem by_hand{.bands = {direction(x.slice(1, 0, 4)), direction(x.slice(1, 4))},
                             .responses = responses()};
  const RidgeProblem problem{.bands = {x.slice(1, 0, 4), x.slice(1, 4)}, .responses = responses()};
  const auto expected = ridge_cross_validated(by_hand, {model}, {one_split()}, how, {}).front();
  how.components = 3;
  const auto found = ridge_cross_validated(problem, {model}, {one_split()}, how, {}).front();
  EXPECT_LT(largest_difference(found.predictions, expected.predictions), 1e-10);
  how.components = 5;
  EXPECT_TRUE(contains(message_of([&] { ridge_cross_validated(problem, {model}, {one_split()}, how, {}); }),
                       {"5 principal components of 28 rows x 4 columns"}));
}
