#include "encode/delays.h"

#include <ATen/ATen.h>

#include "core/tensor.h"
#include "encode/exact_products.h"
#include "fixture.h"

using namespace arcuate;
using arcuate::test::largest_difference;

TEST(DelayedKernel, is_the_kernel_of_the_delayed_features) {
  const auto features = random_normals(40, 7, 3);
  // Stories of several lengths, one shorter than the longest delay; delays into both directions.
  const std::vector<RowRange> stories{{0, 18}, {18, 20}, {20, 40}};
  for (const std::vector<int64_t>& delays : {std::vector<int64_t>{0}, {1, 2, 3, 4}, {-2, 0, 3}, {}}) {
    const auto design = delayed(features, delays, stories);
    EXPECT_LT(largest_difference(delayed_kernel(features.mm(features.t()), delays, stories), design.mm(design.t())),
              1e-12);
  }
}

TEST(SymmetricProduct, is_the_product_with_the_transpose) {
  for (const int64_t n : {1, 5, 512, 1300}) {
    const auto matrix = random_normals(n, 9, static_cast<uint64_t>(n));
    const auto product = symmetric_product(matrix);
    EXPECT_LT(largest_difference(product, matrix.mm(matrix.t())), 1e-11) << n;
    EXPECT_TRUE(product.equal(product.t())) << n;
    // Columns of another matrix serve as well, without a copy.
    EXPECT_LT(largest_difference(symmetric_product(matrix.t()), matrix.t().mm(matrix)), 1e-11) << n;
  }
  const auto single = random_normals(700, 3, 1).to(at::kFloat), exact = single.to(at::kDouble);
  EXPECT_LT(largest_difference(symmetric_product(single), exact.mm(exact.t())), 1e-12);
  EXPECT_LT(largest_difference(exact_product(single.t(), single), exact.t().mm(exact)), 1e-11);
}
