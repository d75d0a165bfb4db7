#include "dictionary/sparse_coding.h"

#include "core/tensor.h"
#include "fixture.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::Fixture;
using arcuate::test::largest_difference;
using arcuate::test::message_of;

namespace {

struct Case {
  const char* name;
  double penalty;
};
constexpr Case cases[] = {{"small", 0.05}, {"middle", 1.0}, {"large", 8.0}};

double largest_excess(const at::Tensor& objective, const at::Tensor& reference) {
  return (objective / reference - 1).max().item<double>();
}

at::Tensor unit_columns(const at::Tensor& x) { return x / x.norm(2, 0, true); }

}  // namespace

TEST(SparseCoding, reaches_the_objective_of_scikit_learn_in_every_case) {
  const Fixture fixture("dictionary/lasso.safetensors");
  const auto d = fixture["dictionary"], x = fixture["signals"];
  for (const auto& [name, penalty] : cases)
    for (const bool positive : {false, true}) {
      const std::string key = std::string(name) + (positive ? ".positive" : "");
      const auto codes = sparse_codes(d, x, {.penalty = penalty, .positive = positive, .tolerance = 1e-13}, {});
      EXPECT_LT(largest_excess(lasso_objective(d, x, codes, penalty), fixture[key + ".objective"]), 1e-11) << key;
      EXPECT_LT(largest_difference(codes, fixture[key + ".codes"]), 1e-5) << key;
      const auto quick = sparse_codes(d, x, {.penalty = penalty, .positive = positive}, {});
      EXPECT_LT(largest_excess(lasso_objective(d, x, quick, penalty), fixture[key + ".objective"]), 1e-8) << key;
    }
}

// At the optimum every atom's correlation with the residual is the penalty with the coefficient's sign, or no larger
// than the penalty where the coefficient is 0 (Karush, Kuhn, Tucker).
TEST(SparseCoding, fulfils_the_conditions_of_an_optimum) {
  const auto d = unit_columns(random_normals(60, 90, 1)), x = unit_columns(random_normals(60, 40, 2));
  constexpr double penalty = 0.15, slack = 1e-6 * penalty;
  const auto codes = sparse_codes(d, x, {.penalty = penalty, .tolerance = 1e-15}, {});
  const auto steepness = d.t().mm(x - d.mm(codes));
  const auto used = codes != 0;
  EXPECT_GT(used.sum().item<int64_t>(), 400);
  EXPECT_LE(steepness.abs().max().item<double>(), penalty + slack);
  EXPECT_LT((steepness - penalty * codes.sign()).masked_select(used).abs().max().item<double>(), slack);
}

TEST(SparseCoding, codes_of_orthogonal_atoms_are_soft_thresholded_correlations) {
  const auto x = at::tensor({3.0, -0.2, -1.0, 0.4}, at::kDouble).unsqueeze(1);
  const auto codes = sparse_codes(at::eye(4, at::kDouble), x, {.penalty = 0.3}, {});
  EXPECT_LT(largest_difference(codes, at::tensor({2.7, 0.0, -0.7, 0.1}, at::kDouble).unsqueeze(1)), 1e-12);
  const auto positive = sparse_codes(at::eye(4, at::kDouble), x, {.penalty = 0.3, .positive = true}, {});
  EXPECT_LT(largest_difference(positive, at::tensor({2.7, 0.0, 0.0, 0.1}, at::kDouble).unsqueeze(1)), 1e-12);
}

TEST(SparseCoding, atoms_and_signals_of_zeros_get_zeros) {
  auto d = unit_columns(random_normals(20, 5, 1)), x = random_normals(20, 3, 2);
  d.select(1, 2).zero_();
  x.select(1, 1).zero_();
  const auto codes = sparse_codes(d, x, {.penalty = 0.1}, {});
  EXPECT_EQ(codes[2].abs().max().item<double>(), 0);
  EXPECT_EQ(codes.select(1, 1).abs().max().item<double>(), 0);
  EXPECT_EQ(sparse_codes(d, x.slice(1, 0, 0), {}, {}).size(1), 0);
}

TEST(SparseCoding, a_larger_tolerance_stops_earlier) {
  const auto d = unit_columns(random_normals(40, 60, 1)), x = unit_columns(random_normals(40, 20, 2));
  const LassoOptions exact{.penalty = 0.05, .tolerance = 1e-13}, coarse{.penalty = 0.05, .tolerance = 0.01};
  const auto best = lasso_objective(d, x, sparse_codes(d, x, exact, {}), 0.05);
  const auto near = lasso_objective(d, x, sparse_codes(d, x, coarse, {}), 0.05);
  EXPECT_GT((near - best).max().item<double>(), 1e-8);
  EXPECT_LT((near - best).max().item<double>(), 0.01 / 2);
}

TEST(SparseCoding, gives_the_same_bytes_for_any_number_of_threads) {
  const auto d = unit_columns(random_normals(50, 30, 1)), x = unit_columns(random_normals(50, 900, 2)).to(at::kFloat);
  EXPECT_TRUE(at::equal(sparse_codes(d, x, {}, {.threads = 1}), sparse_codes(d, x, {}, {.threads = 3})));
}

TEST(SparseCoding, impossible_requests_are_refused) {
  const auto d = random_normals(10, 4, 1), x = random_normals(10, 3, 2);
  const auto error = [&](const at::Tensor& atoms, const at::Tensor& signals, const LassoOptions& options) {
    return message_of([&] { sparse_codes(atoms, signals, options, {}); });
  };
  EXPECT_TRUE(contains(error(d, x, {.penalty = 0}), {"a penalty above 0, found 0"}));
  EXPECT_TRUE(contains(error(d, x.slice(0, 1), {}), {"equally long", "10 x 4 and 9 x 3"}));
  EXPECT_TRUE(contains(error(d, x / 0.0, {}), {"finite"}));
  EXPECT_TRUE(contains(error(d, x, {.penalty = 1e-3, .tolerance = 1e-12, .sweeps = 1}), {"did not converge within 1"}));
}
