// Commonality analysis by the written-out formulas of two and three bands.
#include "encode/variance_partition.h"

#include <ATen/ATen.h>

#include "core/tensor.h"
#include "fixture.h"

using namespace arcuate;
using test::contains;
using test::largest_difference;
using test::message_of;

TEST(VariancePartition, of_two_bands_is_unique_and_shared) {
  const auto r2 = random_normals(4, 5, 1);
  const auto parts = variance_partition(r2);
  const auto a = r2[1], b = r2[2], ab = r2[3];
  EXPECT_LT(largest_difference(parts, at::stack({at::zeros_like(a), ab - b, ab - a, a + b - ab})), 1e-14);
}

TEST(VariancePartition, of_three_bands_agrees_with_the_textbook_and_sums_to_the_whole) {
  const auto r2 = random_normals(8, 5, 2);
  const auto parts = variance_partition(r2);
  const auto a = r2[1], b = r2[2], ab = r2[3], c = r2[4], ac = r2[5], bc = r2[6], abc = r2[7];
  EXPECT_LT(largest_difference(parts[1], abc - bc), 1e-14);
  EXPECT_LT(largest_difference(parts[2], abc - ac), 1e-14);
  EXPECT_LT(largest_difference(parts[4], abc - ab), 1e-14);
  EXPECT_LT(largest_difference(parts[3], ac + bc - c - abc), 1e-14);
  EXPECT_LT(largest_difference(parts[5], ab + bc - b - abc), 1e-14);
  EXPECT_LT(largest_difference(parts[6], ab + ac - a - abc), 1e-14);
  EXPECT_LT(largest_difference(parts[7], a + b + c - ab - ac - bc + abc), 1e-14);
  EXPECT_LT(largest_difference(parts.sum(0), abc), 1e-14);
}

TEST(VariancePartition, needs_all_sets) {
  EXPECT_TRUE(contains(message_of([] { variance_partition(at::zeros({3, 2}, at::kDouble)); }), {"all sets of bands"}));
}
