// Principal components against scikit-learn, and what they must do whatever the numbers.
#include "encode/pca.h"

#include <ATen/ATen.h>

#include "core/tensor.h"
#include "fixture.h"
#include "io/json.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::largest_difference;
using arcuate::test::message_of;

static at::Tensor matrix(const Json& rows) {
  std::vector<double> values;
  for (const auto& row : rows)
    for (const auto& value : row) values.push_back(value.get<double>());
  return to_tensor(values).view({static_cast<int64_t>(rows.size()), -1});
}
static at::Tensor vector(const Json& values) { return to_tensor(values.get<std::vector<double>>()); }

TEST(Pca, agrees_with_scikit_learn_for_more_rows_and_for_more_columns) {
  const auto cases = read_json(test::source_path("reference/pca/pca.json"));
  ASSERT_EQ(cases.size(), 3u);
  for (const auto& [name, expected] : cases.items()) {
    const auto components = matrix(expected["components"]);
    const auto pca = fit_pca(matrix(expected["rows"]), components.size(0));
    EXPECT_LT(largest_difference(pca.components, components), 1e-11) << name;
    EXPECT_LT(largest_difference(pca.mean.flatten(), vector(expected["mean"])), 1e-13) << name;
    EXPECT_LT(largest_difference(pca.variances, vector(expected["variances"])), 1e-10) << name;
    EXPECT_LT(largest_difference(pca_scores(pca, matrix(expected["others"])), matrix(expected["scores"])), 1e-10)
        << name;
  }
}

TEST(Pca, scores_of_its_own_rows_are_uncorrelated_and_have_the_variances) {
  const auto x = random_normals(50, 8, 1) * at::arange(1, 9, at::kDouble);
  const auto pca = fit_pca(x, 3);
  const auto scores = pca_scores(pca, x);
  EXPECT_LT(largest_difference(scores.t().mm(scores) / 49, at::diag(pca.variances)), 1e-10);
  EXPECT_LT(scores.mean(0).abs().max().item<double>(), 1e-12);
}

TEST(Pca, does_not_depend_on_the_sign_or_the_type_of_the_rows) {
  const auto x = random_normals(30, 5, 2);
  const auto pca = fit_pca(x, 2);
  EXPECT_LT(largest_difference(fit_pca(-x, 2).components, pca.components), 1e-12);
  EXPECT_LT(largest_difference(fit_pca(x.to(at::kFloat), 2).components, pca.components), 1e-5);
  EXPECT_EQ(fit_pca(x.to(at::kFloat), 2).components.scalar_type(), at::kDouble);
}

TEST(Pca, refuses_more_components_than_there_can_be) {
  const auto x = random_normals(10, 4, 3);
  EXPECT_TRUE(contains(message_of([&] { fit_pca(x, 5); }), {"5 principal components of 10 rows x 4", "from 1 to 4"}));
  EXPECT_TRUE(contains(message_of([&] { fit_pca(x.slice(0, 0, 3), 3); }), {"from 1 to 2"}));
  EXPECT_TRUE(contains(message_of([&] { fit_pca(x, 0); }), {"0 principal components"}));
  const auto flat = at::cat({x.slice(1, 0, 2), x.slice(1, 0, 2)}, 1);
  EXPECT_TRUE(contains(message_of([&] { fit_pca(flat, 3); }), {"only 2 directions", "ask for fewer"}));
}
