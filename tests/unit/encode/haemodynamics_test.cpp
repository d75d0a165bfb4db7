// The haemodynamic response: its shape, its samples, and the convolution with it.
#include "encode/haemodynamics.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/random.h"
#include "core/tensor.h"
#include "fixture.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::largest_difference;
using arcuate::test::message_of;

static at::Tensor random_series(int64_t volumes, int64_t features, uint64_t seed) {
  Random random(seed);
  std::vector<double> values(static_cast<size_t>(volumes * features));
  for (auto& value : values) value = random.normal();
  return to_tensor(values).view({volumes, features});
}

static double seconds_of_peak(const HaemodynamicResponse& response) {
  const auto weights = response_weights(response, 0.01);
  return 0.01 * static_cast<double>(std::max_element(weights.begin(), weights.end()) - weights.begin());
}

TEST(Haemodynamics, response_is_highest_five_seconds_after_an_event_and_undershoots) {
  const auto weights = response_weights({}, 0.1);
  EXPECT_NEAR(seconds_of_peak({}), 5, 0.05);
  EXPECT_NEAR(seconds_of_peak({.peak = 7}), 6, 0.05);
  EXPECT_EQ(weights.front(), 0);
  EXPECT_LT(weights[150], 0);  // 15 s
  EXPECT_NEAR(weights.back(), 0, 1e-3);
}

TEST(Haemodynamics, weights_are_a_difference_of_two_gamma_densities) {
  // Shapes 6 and 16: t^5 e^-t / 5! - t^15 e^-t / 15! / 6.
  const auto weights = response_weights({}, 2);
  ASSERT_EQ(weights.size(), 17u);  // 0, 2, … 32 s
  EXPECT_NEAR(weights[2], std::exp(-4) * (std::pow(4, 5) / 120 - std::pow(4, 15) / std::tgamma(16) / 6), 1e-14);
  // Both densities have area 1, so that of the response is 5/6; its tail beyond 32 s is less than 1e-4.
  const auto fine = response_weights({}, 0.01);
  EXPECT_NEAR(0.01 * std::accumulate(fine.begin(), fine.end(), 0.0), 5.0 / 6, 1e-3);
}

TEST(Haemodynamics, is_cut_off_at_its_length) { EXPECT_EQ(response_weights({.length = 10}, 2.5).size(), 5u); }

TEST(Haemodynamics, undershoot_is_as_large_as_said) {
  const auto without = response_weights({.undershoot_size = 0}, 0.5), with = response_weights({}, 0.5),
             twice = response_weights({.undershoot_size = 1.0 / 3}, 0.5);
  EXPECT_GE(*std::min_element(without.begin(), without.end()), 0);
  for (size_t i = 0; i < with.size(); ++i) EXPECT_NEAR(without[i] - twice[i], 2 * (without[i] - with[i]), 1e-15);
}

TEST(Haemodynamics, spm_weights_are_those_of_nilearn) {
  const std::vector<double> tr2{0, 0, .161, .443, .335, .139, .022, -.028, -.04, -.033};
  const auto short_one = spm_weights(2, 20);
  ASSERT_EQ(short_one.size(), tr2.size());
  for (size_t i = 0; i < tr2.size(); ++i) EXPECT_NEAR(short_one[i], tr2[i], 6e-4) << i;
  const std::vector<double> tr1_5{0,        0,       .041503,  .230959,  .336529,  .278544,  .166192,
                                  .074689,  .0175,   -.013646, -.027395, -.029845, -.02586,  -.019366,
                                  -.012977, -.00794, -.004496, -.002382, -.00119,  -.000565, -.000256};
  const auto usual = spm_weights(1.5);
  ASSERT_EQ(usual.size(), tr1_5.size());
  for (size_t i = 0; i < tr1_5.size(); ++i) EXPECT_NEAR(usual[i], tr1_5[i], 6e-7) << i;
  EXPECT_NEAR(std::accumulate(usual.begin(), usual.end(), 0.0), 1, 1e-14);
}

TEST(Haemodynamics, a_sampling_that_misses_the_response_is_refused) {
  EXPECT_TRUE(contains(message_of([] { spm_weights(1500); }), {"32 s sampled every 1500 s", "is the TR in seconds?"}));
}

TEST(Convolved, is_the_direct_sum_within_each_story) {
  const std::vector<RowRange> stories{{0, 30}, {30, 35}, {35, 60}};  // the second is shorter than the response
  const auto weights = response_weights({}, 2);
  const auto series = random_series(60, 3, 1);
  auto expected = at::zeros_like(series);
  for (const auto& story : stories)
    for (int64_t t = story.begin; t < story.end; ++t)
      for (int64_t lag = 0; lag < static_cast<int64_t>(weights.size()) && t - lag >= story.begin; ++lag)
        expected[t] += weights[static_cast<size_t>(lag)] * series[t - lag];
  EXPECT_LT(largest_difference(convolved(series, weights, stories), expected), 1e-14);
}

TEST(Convolved, spills_nothing_into_the_next_story) {
  const std::vector<RowRange> stories{{0, 20}, {20, 50}};
  auto series = at::zeros({50, 1}, at::kDouble);
  series[18][0] = 1.0;
  const auto result = convolved(series, {0.5, 0.3, 0.2}, stories);
  EXPECT_EQ(to_vector(result.slice(0, 17, 22).squeeze(1)), (std::vector<double>{0, 0.5, 0.3, 0, 0}));
}

TEST(Convolved, leaves_its_input_as_it_was) {
  const std::vector<RowRange> stories{{0, 40}};
  const auto series = random_series(40, 2, 2), before = series.clone();
  EXPECT_FALSE(at::equal(convolved(series, {0.5, 0.5}, stories), series));
  EXPECT_TRUE(at::equal(series, before));
}
