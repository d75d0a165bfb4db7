// Products by tile units against float64, with numbers of rows, columns and inner indices that fill no tile.
#include "core/tile_product.h"

#include <ATen/ATen.h>

#include <tuple>

#include "core/tensor.h"
#include "support.h"

using namespace arcuate;

namespace {

constexpr std::tuple<int64_t, int64_t, int64_t> shapes[] = {{1, 1, 1},    {32, 32, 32},  {33, 31, 65},
                                                            {7, 300, 40}, {70, 20, 800}, {64, 513, 1600}};

double relative_error(const at::Tensor& product, const at::Tensor& exact) {
  return (product.to(at::kDouble) - exact).abs().max().item<double>() / exact.abs().max().item<double>();
}

}  // namespace

TEST(TileProduct, of_float32_is_as_right_as_its_own) {
  if (!has_tile_units()) GTEST_SKIP() << "this processor has no tile units";
  for (const auto& [rows, columns, inner] : shapes) {
    const auto x = random_normals(rows, inner, 1).to(at::kFloat), w = random_normals(columns, inner, 2).to(at::kFloat),
               bias = random_normals(1, columns, 3)[0].to(at::kFloat);
    const auto exact = at::linear(x.to(at::kDouble), w.to(at::kDouble), bias.to(at::kDouble));
    EXPECT_LT(relative_error(tile_linear(x, w, bias), exact), 1e-6) << rows << " " << columns << " " << inner;
    EXPECT_LT(relative_error(tile_linear(x, w, {}), exact - bias), 1e-6) << rows << " " << columns << " " << inner;
  }
}

TEST(TileProduct, of_bfloat16_sums_in_float32) {
  if (!has_tile_units()) GTEST_SKIP() << "this processor has no tile units";
  for (const auto& [rows, columns, inner] : shapes) {
    const auto x = random_normals(rows, inner, 1).to(at::kBFloat16),
               w = random_normals(columns, inner, 2).to(at::kBFloat16);
    const auto product = tile_linear(x, w, {}), exact = at::linear(x.to(at::kDouble), w.to(at::kDouble));
    EXPECT_EQ(product.scalar_type(), at::kBFloat16);
    EXPECT_LT(relative_error(product, exact), 5e-3) << rows << " " << columns << " " << inner;
  }
}

TEST(TileProduct, of_a_row_does_not_depend_on_the_other_rows) {
  if (!has_tile_units()) GTEST_SKIP() << "this processor has no tile units";
  const auto x = random_normals(100, 900, 1).to(at::kFloat), w = random_normals(40, 900, 2).to(at::kFloat);
  EXPECT_TRUE(at::equal(tile_linear(x, w, {})[71], tile_linear(x.slice(0, 71, 72), w, {})[0]));
}

TEST(TileProduct, takes_what_lies_apart_in_memory) {
  if (!has_tile_units()) GTEST_SKIP() << "this processor has no tile units";
  const auto x = random_normals(40, 50, 1).to(at::kFloat), w = random_normals(40, 60, 2).to(at::kFloat);
  EXPECT_TRUE(at::equal(tile_linear(x.t(), w.t(), {}), tile_linear(x.t().contiguous(), w.t().contiguous(), {})));
}
