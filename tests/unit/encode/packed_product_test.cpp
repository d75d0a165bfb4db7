// Packed products against the library's, whole and with numbers of rows and inner indices that fill no panel.
#include "encode/packed_product.h"

#include <ATen/ATen.h>

#include "core/tensor.h"
#include "fixture.h"
#include "support.h"

using namespace arcuate;
using namespace arcuate::ridge;
using arcuate::test::largest_difference;

namespace {

void expect_product(int64_t rows, int64_t inner, int64_t columns, Packing packing, double tolerance) {
  const auto a = random_normals(rows, inner, 1).to(at::kFloat), b = random_normals(inner, columns, 2).to(at::kFloat);
  const auto weights = random_normals(inner, 1, 3).to(at::kFloat);
  const auto product = multiply(PackedRows(a, packing), rows, PackedColumns(b, nullptr, packing), columns);
  const auto weighted =
      multiply(PackedRows(a, packing), rows, PackedColumns(b, weights.data_ptr<float>(), packing), columns);
  const auto exact = a.to(at::kDouble).mm(b.to(at::kDouble));
  const double scale = exact.abs().max().item<double>();
  EXPECT_LT(largest_difference(product, exact) / scale, tolerance) << rows << " " << inner << " " << columns;
  EXPECT_LT(largest_difference(weighted, a.to(at::kDouble).mm((b * weights).to(at::kDouble))) / scale, 4 * tolerance);
}

}  // namespace

TEST(PackedProduct, is_the_product) {
  if (!can_pack(Packing::f32)) GTEST_SKIP() << "this processor has no AVX-512";
  for (const auto& [rows, inner, columns] : {std::tuple{8, 64, 48}, {13, 1, 96}, {1, 257, 48}, {40, 33, 480}})
    expect_product(rows, inner, columns, Packing::f32, 1e-6);
}

TEST(PackedProduct, of_bfloat16_is_right_to_eight_bits_and_no_more) {
  if (!can_pack(Packing::bf16)) GTEST_SKIP() << "this processor has no bfloat16";
  for (const auto& [rows, inner, columns] : {std::tuple{8, 64, 48}, {13, 1, 96}, {1, 257, 48}, {40, 33, 480}})
    expect_product(rows, inner, columns, Packing::bf16, 1e-2);
  const auto a = at::full({1, 1}, 1 + 1.0 / 1024, at::kFloat), b = at::ones({1, 48}, at::kFloat);
  const auto product = multiply(PackedRows(a, Packing::bf16), 1, PackedColumns(b, nullptr, Packing::bf16), 48);
  EXPECT_EQ(product[0][0].item<float>(), 1.0F);
}
