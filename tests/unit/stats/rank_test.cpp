// Ranks and the correlation of ranks, against values worked out by hand.
#include "stats/rank.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/tensor.h"
#include "support.h"

using namespace arcuate;

static at::Tensor series(std::vector<double> values) { return to_tensor(values); }

TEST(Rank, equal_values_share_the_mean_of_their_ranks) {
  EXPECT_EQ(to_vector(ranks(series({30, 10, 20, 10, 40, 10}))), (std::vector<double>{5, 2, 4, 2, 6, 2}));
  EXPECT_EQ(to_vector(ranks(series({-1, 7, 7, 3}))), (std::vector<double>{1, 3.5, 3.5, 2}));
  EXPECT_EQ(to_vector(ranks(series({5, 5, 5}))), (std::vector<double>{2, 2, 2}));
}

TEST(Rank, every_number_type_and_layout_is_ranked_alike) {
  const auto columns = at::tensor({3, 9, 1, 8, 2, 7}).view({3, 2});
  EXPECT_EQ(to_vector(ranks(columns.select(1, 0))), (std::vector<double>{3, 1, 2}));
  EXPECT_EQ(to_vector(ranks(columns.select(1, 1).to(at::kFloat))), (std::vector<double>{3, 2, 1}));
}

TEST(Rank, spearman_without_ties_is_the_formula_of_squared_differences) {
  // Differences of ranks: 1, -1, 1, -1, 0; 1 - 6 * 4 / (5 * 24) = 0.8.
  EXPECT_NEAR(spearman(series({1, 2, 3, 4, 5}), series({20, 10, 400, 300, 5000})), 0.8, 1e-15);
  EXPECT_NEAR(spearman(series({1, 2, 3, 4}), series({-1, -8, -27, -64})), -1, 1e-15);
}

TEST(Rank, spearman_with_ties_is_the_correlation_of_shared_ranks) {
  // Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: 4.5 / sqrt(4.5 * 5).
  EXPECT_NEAR(spearman(series({1, 5, 5, 9}), series({1, 2, 3, 4})), 4.5 / std::sqrt(4.5 * 5), 1e-15);
}

TEST(Rank, a_constant_has_no_correlation) {
  EXPECT_TRUE(std::isnan(spearman(series({2, 2, 2}), series({1, 2, 3}))));
  EXPECT_TRUE(std::isnan(spearman(series({1, 2, 3}), series({0.1, 0.1, 0.1}))));
}
