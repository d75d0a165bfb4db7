// Mixtures on the simplex: the closed form for two models, an independent solver for up to 33, and the conditions of
// Karush, Kuhn and Tucker.
#include "encode/simplex.h"

#include <algorithm>
#include <cmath>

#include "core/random.h"
#include "core/tensor.h"
#include "fixture.h"

using namespace arcuate;
using test::contains;
using test::Fixture;
using test::largest_difference;
using test::message_of;

// V x M x M products of random residuals with a common part.
static at::Tensor random_products(int64_t targets, int64_t models, int64_t rows, uint64_t seed) {
  const auto own = random_normals(targets * rows, models, seed).view({targets, rows, models});
  const auto common = random_normals(targets * rows, 1, seed + 1).view({targets, rows, 1});
  const auto e = own + 2 * common;
  return e.transpose(1, 2).bmm(e) / static_cast<double>(rows);
}

TEST(Simplex, two_models_have_the_closed_form) {
  const auto p = random_products(500, 2, 20, 1), s = simplex_minimum(p, {});
  int64_t inside = 0;
  for (int64_t v = 0; v < 500; ++v) {
    const double p11 = p[v][0][0].item<double>(), p12 = p[v][0][1].item<double>(), p22 = p[v][1][1].item<double>();
    const double expected = std::clamp((p22 - p12) / (p11 + p22 - 2 * p12), 0.0, 1.0);
    ASSERT_NEAR(s[v][0].item<double>(), expected, 1e-10);
    ASSERT_NEAR(s[v][1].item<double>(), 1 - expected, 1e-10);
    inside += expected > 0 && expected < 1;
  }
  EXPECT_GT(inside, 250);
}

TEST(Simplex, agrees_with_an_independent_solver_for_up_to_33_models) {
  const Fixture fixture("scaling/scaling.safetensors");
  for (const int models : {2, 3, 7, 13, 33}) {
    SCOPED_TRACE(models);
    const auto name = "simplex." + std::to_string(models);
    const auto products = fixture[name + ".products"], s = simplex_minimum(products, {});
    EXPECT_LT(largest_difference(s, fixture[name + ".weights"]), 1e-8);
    EXPECT_LT(simplex_gap(products, s).max().item<double>(), 1e-11);
  }
}

TEST(Simplex, meets_the_conditions_of_a_minimum_and_the_check_can_fail) {
  for (const int64_t models : {1, 5, 33, 100}) {
    const auto p = random_products(60, models, 150, 3), s = simplex_minimum(p, {});
    EXPECT_LT(simplex_gap(p, s).max().item<double>(), 1e-11) << models;
    EXPECT_GE(s.min().item<double>(), 0);
  }
  const auto p = random_products(60, 5, 50, 3);
  EXPECT_GT(simplex_gap(p, at::full({60, 5}, 0.2, at::kDouble)).min().item<double>(), 1e-4);
  EXPECT_GT(simplex_gap(p, 2 * simplex_minimum(p, {})).min().item<double>(), 0.5);
}

TEST(Simplex, models_that_are_alike_or_have_no_residuals_are_no_trouble) {
  auto p = random_products(40, 4, 30, 5);
  const auto doubled = at::cat({at::cat({p, p}, 2), at::cat({p, p}, 2)}, 1);  // every model twice
  const auto s = simplex_minimum(doubled, {}), single = simplex_minimum(p, {});
  EXPECT_LT(simplex_gap(doubled, s).max().item<double>(), 1e-9);
  EXPECT_LT(largest_difference(s.slice(1, 0, 4) + s.slice(1, 4), single), 1e-6);
  const auto more_models_than_rows = random_products(20, 33, 10, 6);
  EXPECT_LT(simplex_gap(more_models_than_rows, simplex_minimum(more_models_than_rows, {})).max().item<double>(), 1e-7);
  EXPECT_LT(
      largest_difference(simplex_minimum(at::zeros({2, 3, 3}, at::kDouble), {}).sum(1), at::ones({2}, at::kDouble)),
      1e-15);
}

TEST(Simplex, does_not_depend_on_scale_or_threads) {
  const auto p = random_products(50, 9, 40, 7), s = simplex_minimum(p, {});
  EXPECT_LT(largest_difference(simplex_minimum(1e-9 * p, {}), s), 1e-9);
  EXPECT_TRUE(at::equal(simplex_minimum(p, {.threads = 4}), s));
}

TEST(Simplex, refuses_what_is_no_product_of_residuals) {
  auto p = random_products(2, 3, 10, 8);
  EXPECT_TRUE(contains(message_of([&] { simplex_minimum(p[0], {}); }), {"3 x 3", "targets x models x models"}));
  p[1][2][2] = -1;
  EXPECT_TRUE(contains(message_of([&] { simplex_minimum(p, {}); }), {"not negative"}));
  p[1][2][2] = std::nan("");
  EXPECT_TRUE(contains(message_of([&] { simplex_minimum(p, {}); }), {"finite"}));
}
