#include "core/tensor.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "core/random.h"

namespace arcuate {
namespace {

TEST(Tensor, random_normals_are_those_of_the_seed_row_by_row) {
  Random random(7);
  const auto values = random_normals(3, 2, 7);
  for (int64_t i = 0; i < 6; ++i) EXPECT_EQ(values[i / 2][i % 2].item<double>(), random.normal());
  EXPECT_FALSE(at::equal(values, random_normals(3, 2, 8)));
}

TEST(Tensor, values_survive_the_way_there_and_back) {
  const std::vector<double> values{1.5, -2, 1e300};
  const auto tensor = to_tensor(values);
  EXPECT_EQ(tensor.scalar_type(), at::kDouble);
  EXPECT_EQ(tensor.sizes().vec(), std::vector<int64_t>{3});
  EXPECT_EQ(to_vector(tensor), values);
  EXPECT_TRUE(to_vector(to_tensor({})).empty());
}

TEST(Tensor, to_vector_takes_other_types_and_strides) {
  const auto tensor = at::arange(6, at::kInt).reshape({3, 2}).select(1, 1);
  EXPECT_EQ(to_vector(tensor), (std::vector<double>{1, 3, 5}));
}

TEST(Tensor, shapes_read_like_a_product) {
  EXPECT_EQ(shape_text(at::zeros({362, 6})), "362 x 6");
  EXPECT_EQ(shape_text(at::zeros({0})), "0");
  EXPECT_EQ(shape_text(at::zeros({})), "scalar");
}

TEST(Tensor, values_in_large_pages_are_like_any_others) {
  for (const int64_t rows : {int64_t{3}, int64_t{5} << 20}) {
    const auto tensor = empty_in_large_pages({rows, 2}, at::kFloat);
    EXPECT_EQ(tensor.sizes(), (at::IntArrayRef{rows, 2}));
    EXPECT_EQ(tensor.scalar_type(), at::kFloat);
    EXPECT_EQ(tensor.fill_(2).sum().item<double>(), 4.0 * static_cast<double>(rows));
  }
}

TEST(Tensor, index_tensors_select_rows) {
  const auto index = index_tensor(std::vector<int64_t>{2, 0});
  EXPECT_EQ(index.scalar_type(), at::kLong);
  EXPECT_EQ(to_vector(to_tensor(std::vector<double>{5, 6, 7}).index_select(0, index)), (std::vector<double>{7, 5}));
}

}  // namespace
}  // namespace arcuate
