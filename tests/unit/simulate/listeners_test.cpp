// What is planted is what comes out: shares of variance, autocorrelation, defects.
#include "simulate/listeners.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/random.h"
#include "core/tensor.h"
#include "encode/score.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;

static at::Tensor random_series(int64_t volumes, int64_t features, uint64_t seed) {
  Random random(seed);
  std::vector<double> values(static_cast<size_t>(volumes * features));
  for (auto& value : values) value = random.normal();
  return to_tensor(values).view({volumes, features});
}

// Long enough for correlations to be known within about 0.03.
static HeardStory long_story() {
  HeardStory story;
  story.layers[2] = random_series(4000, 6, 1);
  story.word_rate = random_series(4000, 1, 2);
  return story;
}

static double correlation(const at::Tensor& a, const at::Tensor& b) {
  return pearson(a.unsqueeze(1), b.unsqueeze(1)).item<double>();
}

// The responses of two listeners to one target.
static std::vector<at::Tensor> responses(const PlantedTarget& target, const ListenerOptions& options) {
  std::vector<at::Tensor> series;
  for (const auto& listener : simulate_listeners(long_story(), {target}, options))
    series.push_back(listener.select(1, 0).to(at::kDouble));
  return series;
}

TEST(Listeners, response_is_highest_five_seconds_after_a_word_and_undershoots) {
  const auto weights = response_weights({}, 0.1);
  const auto peak = std::max_element(weights.begin(), weights.end());
  EXPECT_NEAR(0.1 * static_cast<double>(peak - weights.begin()), 5.0, 0.15);
  EXPECT_EQ(weights.front(), 0);
  EXPECT_LT(weights[150], 0);  // 15 s
  EXPECT_NEAR(weights.back(), 0, 1e-3);
}

TEST(Listeners, the_demo_has_sixty_targets) {
  const auto targets = plan_targets({1, 3, 5}, {});
  EXPECT_EQ(targets.size(), 60u);
  EXPECT_EQ(std::count_if(targets.begin(), targets.end(),
                          [](const auto& t) { return t.signal_share == 0 && t.defect == Defect::none; }),
            10);
  EXPECT_EQ(std::count_if(targets.begin(), targets.end(), [](const auto& t) { return t.defect == Defect::constant; }),
            1);
  EXPECT_EQ(std::count_if(targets.begin(), targets.end(), [](const auto& t) { return t.defect == Defect::hole; }), 1);
  EXPECT_EQ(std::count_if(targets.begin(), targets.end(), [](const auto& t) { return t.layer == 5; }), 15);
}

TEST(Listeners, share_the_noise_they_are_said_to_share) {
  const auto r = responses({.name = "noise"}, {.listeners = 2, .shared_noise = 0.2});
  EXPECT_NEAR(correlation(r[0], r[1]), 0.2, 0.05);
}

TEST(Listeners, share_a_signal_of_the_stated_variance) {
  // Equal responses to words: all that two listeners have in common is the signal.
  const auto r = responses({.name = "planted", .layer = 2, .signal_share = 0.3},
                           {.listeners = 2, .shared_noise = 0, .peak_spread = 0, .undershoot_spread = 0});
  EXPECT_NEAR(correlation(r[0], r[1]), 0.3, 0.05);
}

TEST(Listeners, differ_in_the_shape_of_their_response) {
  const auto r = responses({.name = "planted", .layer = 2, .signal_share = 1}, {.listeners = 2});
  EXPECT_LT(correlation(r[0], r[1]), 0.9999);
  EXPECT_GT(correlation(r[0], r[1]), 0.8);
}

TEST(Listeners, word_rate_is_as_large_a_part_of_the_signal_as_stated) {
  const auto alone = responses({.name = "rate", .signal_share = 1, .word_rate = 1}, {.listeners = 1});
  const auto mixed = responses({.name = "both", .layer = 2, .signal_share = 1, .word_rate = 0.3}, {.listeners = 1});
  EXPECT_NEAR(correlation(alone[0], mixed[0]), std::sqrt(0.3), 0.06);
}

TEST(Listeners, noise_is_autocorrelated_as_stated) {
  const auto r = responses({.name = "noise"}, {.listeners = 1, .autocorrelation = 0.4});
  EXPECT_NEAR(correlation(r[0].slice(0, 1), r[0].slice(0, 0, -1)), 0.4, 0.05);
}

TEST(Listeners, defects_are_where_they_were_planted) {
  const std::vector<PlantedTarget> targets{{.name = "constant", .defect = Defect::constant},
                                           {.name = "hole", .defect = Defect::hole}};
  const auto listeners = simulate_listeners(long_story(), targets, {.listeners = 3});
  using Flags = std::vector<Flag>;
  EXPECT_EQ(flag_targets(listeners[0]), (Flags{Flag::constant, Flag::ok}));
  EXPECT_EQ(flag_targets(listeners[1]), (Flags{Flag::constant, Flag::nan}));
  EXPECT_EQ(flag_targets(listeners[2]), (Flags{Flag::constant, Flag::ok}));
}

TEST(Listeners, are_decided_by_the_seed_and_not_by_their_number) {
  const PlantedTarget target{.name = "planted", .layer = 2, .signal_share = 0.3};
  const auto two = responses(target, {.listeners = 2, .seed = 5}),
             three = responses(target, {.listeners = 3, .seed = 5});
  const auto other = responses(target, {.listeners = 2, .seed = 6});
  EXPECT_TRUE(at::equal(two[1], three[1]));
  EXPECT_LT(std::abs(correlation(two[0], other[0])), 0.5);
}

TEST(Listeners, a_layer_that_nobody_heard_is_an_error) {
  const auto message = message_of([] { responses({.name = "planted", .layer = 9, .signal_share = 0.3}, {}); });
  EXPECT_TRUE(contains(message, {"planted", "layer 9"}));
}
