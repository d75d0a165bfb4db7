// GELU's own loops against float64, at sizes that fill no vector.
#include "model/activation.h"

#include <ATen/ATen.h>

#include "core/tensor.h"
#include "support.h"

using namespace arcuate;

namespace {

double largest_error(Activation activation, const at::Tensor& x) {
  const auto exact = activate(activation, x.to(at::kDouble));
  return (activate(activation, x).to(at::kDouble) - exact).abs().max().item<double>();
}

}  // namespace

TEST(Activation, gelu_is_right_to_the_last_digits_of_float32) {
  for (const auto activation : {Activation::gelu, Activation::gelu_tanh})
    for (const int64_t count : {1, 15, 16, 33, 4001}) {
      EXPECT_LT(largest_error(activation, 4 * random_normals(1, count, 1).to(at::kFloat)), 2e-6) << count;
      EXPECT_LT(largest_error(activation, 1e-3 * random_normals(1, count, 2).to(at::kFloat)), 1e-9) << count;
    }
}

TEST(Activation, gelu_of_large_numbers_is_themselves_or_nothing) {
  const auto x = at::tensor({-1e30, -1e4, -40.0, -0.0, 0.0, 40.0, 1e4, 1e30}).to(at::kFloat);
  const auto expected = x.clamp_min(0);
  for (const auto activation : {Activation::gelu, Activation::gelu_tanh})
    EXPECT_LT(((activate(activation, x) - expected) / x.abs().clamp_min(1)).abs().max().item<double>(), 1e-6);
}

TEST(Activation, gelu_of_a_transposed_tensor_keeps_its_elements_in_place) {
  const auto x = random_normals(5, 7, 3).to(at::kFloat).t();
  const auto y = activate(Activation::gelu_tanh, x);
  EXPECT_LT((y.to(at::kDouble) - at::gelu(x.to(at::kDouble), "tanh")).abs().max().item<double>(), 2e-6);
}

TEST(Activation, gelu_lets_gradients_through) {
  auto x = random_normals(3, 5, 4).to(at::kFloat).set_requires_grad(true);
  for (const auto activation : {Activation::gelu, Activation::gelu_tanh})
    EXPECT_TRUE(activate(activation, x).requires_grad());
}
