// Sign flips against every pattern by itself; what must not change a result; the rate of false positives.
#include "stats/sign_flip.h"

#include "unit/stats/group_reference.h"

using namespace arcuate;
using namespace arcuate::test;

namespace {

void expect_same(const SignFlipResult& a, const SignFlipResult& b) {
  EXPECT_EQ(largest_difference(a.p, b.p), 0);
  EXPECT_EQ(largest_difference(a.corrected, b.corrected), 0);
  EXPECT_EQ(largest_difference(a.largest, b.largest), 0);
}

int64_t count_below(const at::Tensor& p, double level) { return (p <= level + 1e-12).sum().item<int64_t>(); }

}  // namespace

TEST(SignFlip, all_patterns_agree_with_brute_force) {
  const auto stored = group_reference()["sign_flip"];
  const auto rows = rows_of(stored["x"], 7);
  const auto adjacency = adjacency_of(stored["edges"], 12);
  ASSERT_EQ(stored["cases"].size(), 3u);
  for (const auto& expected : stored["cases"]) {
    SignFlipOptions options{.draws = 127, .alternative = alternative_of(expected["alternative"])};
    const auto plain = sign_flip_test(units_of(rows), options);
    EXPECT_TRUE(plain.exhaustive);
    EXPECT_EQ(plain.largest.size(0), 127);
    EXPECT_LT(largest_difference(plain.t, tensor_of(stored["t"])), 1e-12);
    EXPECT_LT(largest_difference(plain.p, tensor_of(expected["p"])), 1e-12);
    EXPECT_LT(largest_difference(plain.corrected, tensor_of(expected["largest"])), 1e-12);
    options.enhance = [&](const at::Tensor& t) { return tfce(t, at::ones_like(t), adjacency); };
    const auto enhanced = sign_flip_test(units_of(rows), options);
    EXPECT_LT(largest_difference(enhanced.enhanced, tensor_of(stored["enhanced"])), 1e-9);
    EXPECT_LT(largest_difference(enhanced.p, plain.p), 1e-15);
    EXPECT_LT(largest_difference(enhanced.corrected, tensor_of(expected["tfce"])), 1e-12);
  }
}

TEST(SignFlip, random_draws_come_near_all_patterns) {
  const auto rows = random_normals(12, 30, 6) + 0.5;
  const auto all = sign_flip_test(units_of(rows), {.draws = 4095}),
             some = sign_flip_test(units_of(rows), {.draws = 2000});
  EXPECT_TRUE(all.exhaustive);
  EXPECT_FALSE(some.exhaustive);
  EXPECT_LT(largest_difference(all.p, some.p), 4 * std::sqrt(0.25 / 2000));
  EXPECT_LT(largest_difference(all.corrected, some.corrected), 4 * std::sqrt(0.25 / 2000));
  EXPECT_GT(largest_difference(some.p, sign_flip_test(units_of(rows), {.draws = 2000, .seed = 1}).p), 0);
}

TEST(SignFlip, gives_the_same_bytes_for_any_number_of_threads_and_any_memory) {
  const auto rows = random_normals(35, 5000, 7) + 0.2;
  const auto once = sign_flip_test(units_of(rows), {.draws = 60});
  expect_same(once, sign_flip_test(units_of(rows), {.draws = 60, .threads = 3}));
  expect_same(once, sign_flip_test(units_of(rows), {.draws = 60, .threads = 2, .memory = 1}));
  expect_same(once, sign_flip_test(units_of(rows), {.draws = 60, .memory = 280'000}));
}

TEST(SignFlip, missing_and_equal_values_are_no_tests_and_disturb_no_others) {
  const auto rows = random_normals(6, 5, 9) + 0.4;
  auto gaps = at::cat({rows, at::full({6, 3}, 0.3, at::kDouble)}, 1);
  gaps.select(1, 6).slice(0, 1).fill_(NAN);
  gaps.select(1, 7).fill_(NAN);
  const auto clean = sign_flip_test(units_of(rows)), found = sign_flip_test(units_of(gaps));
  EXPECT_EQ(largest_difference(found.p.slice(0, 0, 5), clean.p), 0);
  EXPECT_EQ(largest_difference(found.corrected.slice(0, 0, 5), clean.corrected), 0);
  EXPECT_TRUE(at::isnan(found.p.slice(0, 5)).all().item<bool>());
  EXPECT_TRUE(at::isnan(found.corrected.slice(0, 5)).all().item<bool>());
}

TEST(SignFlip, of_a_column_with_a_gap_is_that_of_the_units_it_has) {
  const auto rows = random_normals(7, 1, 12) + 0.6;
  auto gap = at::cat({rows, at::full({1, 1}, NAN, at::kDouble)});
  const auto found = sign_flip_test(units_of(gap)), clean = sign_flip_test(units_of(rows));
  EXPECT_NEAR(found.p[0].item<double>(), clean.p[0].item<double>(), 1e-15);
  EXPECT_TRUE(std::isnan(sign_flip_test(units_of(gap), {.least = 8}).p[0].item<double>()));
}

TEST(SignFlip, the_smallest_p_is_reached_by_units_that_agree) {
  const auto rows = at::arange(1, 6, at::kDouble).unsqueeze(1);
  for (const auto alternative : {Alternative::two_sided, Alternative::greater})
    EXPECT_DOUBLE_EQ(sign_flip_test(units_of(rows), {.alternative = alternative}).p[0].item<double>(),
                     smallest_sign_flip_p(5, 5000, alternative));
  EXPECT_DOUBLE_EQ(smallest_sign_flip_p(5, 5000, Alternative::two_sided), 2.0 / 32);
  EXPECT_DOUBLE_EQ(smallest_sign_flip_p(30, 999, Alternative::two_sided), 1.0 / 1000);
  EXPECT_TRUE(contains(message_of([&] { sign_flip_test(units_of(rows), {.draws = 0}); }), {"at least 1 draw"}));
}

TEST(SignFlip, finds_as_many_false_positives_as_it_should_in_single_columns_and_families) {
  int64_t single = 0, families = 0;
  constexpr int64_t worlds = 1000, columns = 20;
  for (uint64_t world = 0; world < worlds; ++world) {
    // Neighbouring columns are correlated.
    const auto rows = autoregressive(columns, 12, 0.8, 500 + world).t();
    const auto found = sign_flip_test(units_of(rows), {.draws = 199, .seed = world});
    single += count_below(found.p.slice(0, 0, 1), 0.05);
    families += count_below(found.corrected.min().unsqueeze(0), 0.05);
  }
  EXPECT_TRUE(is_nominal(single, worlds, 0.05));
  EXPECT_TRUE(is_nominal(families, worlds, 0.05));
}
