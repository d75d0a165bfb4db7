// Packed products against the library's, whole and with numbers of rows and inner indices that fill no panel.
#include "encode/packed_product.h"

#include <ATen/ATen.h>

#include <tuple>

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
  const auto product = multiply(PackedRows(a, packing), rows, PackedColumns(b, nullptr, packing));
  const auto weighted = multiply(PackedRows(a, packing), rows, PackedColumns(b, weights.data_ptr<float>(), packing));
  const auto exact = a.to(at::kDouble).mm(b.to(at::kDouble));
  const double scale = exact.abs().max().item<double>();
  EXPECT_LT(largest_difference(product, exact) / scale, tolerance) << rows << " " << inner << " " << columns;
  EXPECT_LT(largest_difference(weighted, a.to(at::kDouble).mm((b * weights).to(at::kDouble))) / scale, 4 * tolerance);
}

// Rows, inner indices and panels of columns.
constexpr std::tuple<int64_t, int64_t, int64_t> shapes[] = {{8, 64, 1}, {13, 1, 2}, {1, 257, 1}, {40, 33, 10}};

void expect_products(Packing packing, double tolerance) {
  for (const auto& [rows, inner, panels] : shapes)
    expect_product(rows, inner, panels * panel_shape(packing).columns, packing, tolerance);
}

}  // namespace

TEST(PackedProduct, is_the_product) {
  if (!can_pack(Packing::vectors_f32)) GTEST_SKIP() << "this processor has no AVX-512";
  expect_products(Packing::vectors_f32, 1e-6);
}

TEST(PackedProduct, by_tile_units_is_the_product) {
  if (!can_pack(Packing::tiles_f32)) GTEST_SKIP() << "this processor has no tile units";
  expect_products(Packing::tiles_f32, 1e-6);
  expect_product(70, 800, 288, Packing::tiles_f32, 1e-6);  // several turns along each dimension
}

TEST(PackedProduct, of_bfloat16_is_right_to_eight_bits_and_no_more) {
  if (!can_pack(Packing::vectors_bf16)) GTEST_SKIP() << "this processor has no bfloat16";
  for (const auto packing : {Packing::vectors_bf16, Packing::tiles_bf16}) {
    if (!can_pack(packing)) continue;
    expect_products(packing, 1e-2);
    const auto a = at::full({1, 1}, 1 + 1.0 / 1024, at::kFloat), b = at::ones({1, 96}, at::kFloat);
    EXPECT_EQ(multiply(PackedRows(a, packing), 1, PackedColumns(b, nullptr, packing))[0][0].item<float>(), 1.0F);
  }
}

TEST(PackedProduct, of_a_column_does_not_depend_on_the_other_columns) {
  for (const auto packing : {Packing::vectors_f32, Packing::vectors_bf16, Packing::tiles_f32, Packing::tiles_bf16}) {
    if (!can_pack(packing)) continue;
    const auto a = random_normals(50, 900, 1).to(at::kFloat), b = random_normals(900, 480, 2).to(at::kFloat);
    const int64_t width = panel_shape(packing).columns;
    const PackedRows rows(a, packing);
    EXPECT_TRUE(at::equal(multiply(rows, 50, PackedColumns(b, nullptr, packing)).slice(1, width, 2 * width),
                          multiply(rows, 50, PackedColumns(b.slice(1, width, 2 * width), nullptr, packing))));
  }
}

TEST(LeftFactor, multiplies_right_ones_of_any_width_and_type) {
  const auto a = random_normals(50, 90, 1), b = random_normals(90, 37, 2), exact = a.mm(b);
  for (const auto& [type, tolerance] : {std::pair{at::kDouble, 1e-13}, {at::kFloat, 1e-4}}) {
    const auto product = LeftFactor(a.to(type)).times(b.to(type));
    EXPECT_EQ(product.scalar_type(), type);
    EXPECT_LT(largest_difference(product, exact), tolerance);
  }
}
