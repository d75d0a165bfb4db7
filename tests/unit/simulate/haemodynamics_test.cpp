// The haemodynamic response: its shape, how it differs between people, and the convolution with it.
#include "simulate/haemodynamics.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "core/random.h"
#include "core/tensor.h"
#include "fixture.h"

using namespace arcuate;
using arcuate::test::largest_difference;

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

TEST(Haemodynamics, own_responses_are_decided_by_the_seed_and_lie_within_the_spread) {
  const ResponseSpread spread{.peak = 0.5, .undershoot = 0.2};
  std::set<double> peaks;
  double lowest = 100, highest = 0, smallest = 1, largest = 0;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    const auto own = own_response(spread, seed);
    EXPECT_EQ(own.peak, own_response(spread, seed).peak);
    peaks.insert(own.peak);
    lowest = std::min(lowest, own.peak), highest = std::max(highest, own.peak);
    smallest = std::min(smallest, 6 * own.undershoot_size), largest = std::max(largest, 6 * own.undershoot_size);
  }
  EXPECT_EQ(peaks.size(), 500u);
  EXPECT_TRUE(lowest >= 5.5 && lowest < 5.52 && highest > 6.48 && highest <= 6.5) << lowest << " " << highest;
  EXPECT_TRUE(smallest >= 0.8 && smallest < 0.81 && largest > 1.19 && largest <= 1.2) << smallest << " " << largest;
}

TEST(Haemodynamics, without_spread_everyone_responds_as_usual) {
  const auto own = own_response({.peak = 0, .undershoot = 0}, 9);
  EXPECT_EQ(response_weights(own, 2), response_weights({}, 2));
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
