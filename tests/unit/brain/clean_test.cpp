#include "brain/clean.h"

#include "fixture.h"

using namespace arcuate;
using arcuate::test::Fixture;
using arcuate::test::largest_difference;

TEST(Clean, highpass_agrees_with_the_independent_implementation) {
  const Fixture fixture("align/align.safetensors");
  const auto x = fixture["filter.x"];
  EXPECT_LT(largest_difference(highpass(x, 2.0, 128.0), fixture["filter.tr2_cutoff128"]), 1e-12);
  EXPECT_LT(largest_difference(highpass(x, 1.5, 128.0), fixture["filter.tr1_5_cutoff128"]), 1e-12);
  EXPECT_LT(largest_difference(highpass(x.slice(0, 0, 40), 1.5, 128.0), fixture["filter.tr1_5_40rows"]), 1e-12);
}

TEST(Clean, a_cutoff_shorter_than_any_wave_leaves_nothing) {
  const auto x = at::arange(12, at::kDouble).reshape({6, 2}).square();
  EXPECT_LT(highpass(x, 2.0, 1e-300).abs().max().item<double>(), 1e-9);
}

TEST(Clean, highpass_removes_a_slow_drift_and_keeps_a_fast_wave) {
  const auto t = at::arange(200, at::kDouble);
  const auto slow = at::cos((t + 0.5) * (3.141592653589793 * 2 / 200)).unsqueeze(1),
             fast = at::cos((t + 0.5) * (3.141592653589793 * 50 / 200)).unsqueeze(1);
  EXPECT_LT(highpass(slow, 2.0, 128.0).abs().max().item<double>(), 1e-12);
  EXPECT_LT(largest_difference(highpass(fast, 2.0, 128.0), fast), 1e-12);
}

TEST(Clean, zscore_has_population_deviation_and_leaves_constant_columns_at_zero) {
  const Fixture fixture("align/align.safetensors");
  EXPECT_LT(largest_difference(zscore(fixture["filter.x"]), fixture["filter.zscore"]), 1e-12);
  EXPECT_EQ(zscore(at::full({7, 1}, 0.1, at::kDouble)).abs().max().item<double>(), 0);
}
