#include "core/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace arcuate {
namespace {

TEST(Random, gives_the_published_splitmix64_values) {
  Random random(1234567);  // rosettacode.org, "Pseudo-random numbers/Splitmix64"
  for (uint64_t value : {6457827717110365317ull, 3203168211198807973ull, 9817491932198370423ull, 4593380528125082431ull,
                         16408922859458223821ull})
    EXPECT_EQ(random.next(), value);
}

TEST(Random, uniform_is_the_upper_53_bits) {
  Random numbers(1234567), bits(1234567);
  for (int i = 0; i < 100; ++i) {
    const double value = numbers.uniform();
    EXPECT_EQ(value, std::ldexp(static_cast<double>(bits.next() >> 11), -53));
    EXPECT_GE(value, 0.0);
    EXPECT_LT(value, 1.0);
  }
}

TEST(Random, uniform_has_the_moments_of_its_distribution) {
  constexpr int n = 200000;
  Random random(1);
  double sum = 0, squares = 0;
  for (int i = 0; i < n; ++i) {
    const double value = random.uniform();
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / n, 0.5, 5 * std::sqrt(1.0 / 12 / n));
  EXPECT_NEAR(squares / n, 1.0 / 3, 5 * std::sqrt(4.0 / 45 / n));
}

TEST(Random, normal_has_the_first_four_moments_and_the_tails) {
  constexpr int n = 200000;
  Random random(2);
  double moments[4] = {};
  int beyond_two = 0;
  for (int i = 0; i < n; ++i) {
    const double value = random.normal();
    ASSERT_TRUE(std::isfinite(value));
    for (int p = 0; p < 4; ++p) moments[p] += std::pow(value, p + 1) / n;
    beyond_two += std::abs(value) > 2;
  }
  // Variances of x, x^2, x^3, x^4: 1, 2, 15, 96. Five standard errors.
  const double expected[] = {0, 1, 0, 3}, variances[] = {1, 2, 15, 96};
  for (int p = 0; p < 4; ++p) EXPECT_NEAR(moments[p], expected[p], 5 * std::sqrt(variances[p] / n)) << p + 1;
  const double share = 0.0455002639;  // of a normal distribution, beyond two standard deviations
  EXPECT_NEAR(static_cast<double>(beyond_two) / n, share, 5 * std::sqrt(share * (1 - share) / n));
}

TEST(Random, below_stays_below_and_reaches_every_value_evenly) {
  constexpr int n = 70000;
  Random random(3);
  std::vector<int> counts(7);
  for (int i = 0; i < n; ++i) ++counts.at(random.below(7));
  for (int count : counts) EXPECT_NEAR(count, n / 7.0, 5 * std::sqrt(n / 7.0));
}

TEST(Random, below_works_at_the_ends_of_its_range) {
  Random random(4);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(random.below(1), 0u);
    EXPECT_LT(random.below(UINT64_MAX), UINT64_MAX);
    EXPECT_LT(random.below((1ull << 63) + 1), (1ull << 63) + 1);
  }
}

// With modulo bias, the lower half would come twice as often as the upper one.
TEST(Random, below_has_no_modulo_bias) {
  constexpr int n = 10000;
  const uint64_t bound = 3ull << 62;
  Random random(5);
  int lower = 0;
  for (int i = 0; i < n; ++i) lower += random.below(bound) < (1ull << 62);
  EXPECT_NEAR(lower, n / 3.0, 5 * std::sqrt(n * 2.0 / 9));
}

TEST(Random, permutation_holds_every_index_once) {
  Random random(6);
  EXPECT_TRUE(random.permutation(0).empty());
  EXPECT_EQ(random.permutation(1), std::vector<int64_t>{0});
  auto order = random.permutation(100);
  EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  for (int64_t i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<size_t>(i)], i);
}

TEST(Random, every_permutation_of_three_is_equally_likely) {
  constexpr int n = 12000;
  Random random(7);
  std::map<std::vector<int64_t>, int> counts;
  for (int i = 0; i < n; ++i) ++counts[random.permutation(3)];
  EXPECT_EQ(counts.size(), 6u);
  for (const auto& [order, count] : counts) EXPECT_NEAR(count, n / 6.0, 5 * std::sqrt(n / 6.0));
}

TEST(Random, skips_as_many_numbers_as_it_is_told) {
  for (const uint64_t count : {uint64_t{0}, uint64_t{1}, uint64_t{1000}}) {
    Random drawn(3), skipped(3);
    for (uint64_t i = 0; i < count; ++i) drawn.next();
    skipped.skip(count);
    EXPECT_EQ(drawn.next(), skipped.next());
  }
}

TEST(DeriveSeed, depends_on_the_seed_and_on_every_letter_of_the_name) {
  std::set<uint64_t> seeds;
  for (uint64_t seed : {0, 1, 2})
    for (const char* name : {"", "a", "b", "ab", "ba", "noise", "noise2"}) seeds.insert(derive_seed(seed, name));
  EXPECT_EQ(seeds.size(), 21u);
}

TEST(DeriveSeed, is_the_same_on_every_machine) {
  EXPECT_EQ(derive_seed(0, "a"), Random(0xAF63DC4C8601EC8Cull).next());     // FNV-1a of "a" (Fowler, Noll, Vo)
  EXPECT_EQ(derive_seed(0, "\xC3"), Random(0xAF647E4C8602FFD2ull).next());  // a byte counts as unsigned
}

}  // namespace
}  // namespace arcuate
