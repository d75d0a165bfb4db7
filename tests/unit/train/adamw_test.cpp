#include "train/adamw.h"

#include <cmath>

#include "fixture.h"

using namespace arcuate;

namespace {

struct Pair {
  NamedTensors weights{{"bias", at::full({2}, 1.0, at::kDouble)}, {"matrix", at::full({2, 2}, 1.0, at::kDouble)}};
  NamedTensors first{{"bias", at::zeros({2}, at::kDouble)}, {"matrix", at::zeros({2, 2}, at::kDouble)}};
  NamedTensors second{{"bias", at::zeros({2}, at::kDouble)}, {"matrix", at::zeros({2, 2}, at::kDouble)}};
  void step(const NamedTensors& gradients, const AdamWOptions& options, double rate, int64_t number) {
    adamw_step(weights, first, second, gradients, options, rate, number);
  }
};

NamedTensors gradients_of(double value) {
  return {{"bias", at::full({2}, value, at::kDouble)}, {"matrix", at::full({2, 2}, -value, at::kDouble)}};
}

}  // namespace

TEST(AdamW, the_first_step_has_the_length_of_the_rate_whatever_the_gradient) {
  for (const double gradient : {1e-3, 5.0}) {
    Pair pair;
    pair.step(gradients_of(gradient), {.epsilon = 1e-30}, 0.1, 1);
    EXPECT_NEAR(pair.weights["bias"][0].item<double>(), 0.9, 1e-12);
    EXPECT_NEAR(pair.weights["matrix"][1][1].item<double>(), 1.1, 1e-12);
  }
}

TEST(AdamW, moments_betas_and_epsilon_enter_as_defined) {
  Pair pair;
  const AdamWOptions options{.beta1 = 0.5, .beta2 = 0.75, .epsilon = 0.1};
  pair.step(gradients_of(2.0), options, 0.1, 1);
  pair.step(gradients_of(1.0), options, 0.2, 2);
  const double m1 = 1.0, v1 = 1.0, m2 = 0.5 * m1 + 0.5, v2 = 0.75 * v1 + 0.25;
  const double after1 = 1 - 0.1 * (m1 / 0.5) / (std::sqrt(v1 / 0.25) + 0.1);
  const double after2 = after1 - 0.2 * (m2 / 0.75) / (std::sqrt(v2 / (1 - 0.75 * 0.75)) + 0.1);
  EXPECT_NEAR(pair.weights["bias"][0].item<double>(), after2, 1e-14);
}

TEST(AdamW, only_matrices_decay) {
  Pair pair;
  pair.step(gradients_of(0.0), {.weight_decay = 0.5}, 0.1, 1);
  EXPECT_EQ(pair.weights["bias"][0].item<double>(), 1.0);
  EXPECT_NEAR(pair.weights["matrix"][0][0].item<double>(), 0.95, 1e-15);
}

TEST(AdamW, long_gradients_are_cut_as_one_vector) {
  auto gradients = gradients_of(2.0);  // six numbers
  EXPECT_NEAR(clip_gradients(gradients, 1.0), std::sqrt(24.0), 1e-14);
  EXPECT_NEAR(gradients["bias"][0].item<double>(), 2 / (std::sqrt(24.0) + 1e-6), 1e-14);
  EXPECT_NEAR(gradients["matrix"][0][0].item<double>(), -2 / (std::sqrt(24.0) + 1e-6), 1e-14);
  for (const double largest : {0.0, 10.0}) {
    auto kept = gradients_of(2.0);
    clip_gradients(kept, largest);
    EXPECT_EQ(kept["bias"][0].item<double>(), 2.0) << largest;
  }
}

TEST(AdamW, the_rate_rises_during_warmup_and_falls_to_nothing) {
  const AdamWOptions linear{.learning_rate = 8, .warmup = 4};
  const std::vector<double> expected{0, 2, 4, 6, 8, 6, 4, 2};
  for (size_t done = 0; done < expected.size(); ++done)
    EXPECT_EQ(scheduled_rate(linear, static_cast<int64_t>(done), 8), expected[done]) << done;
  EXPECT_EQ(scheduled_rate({.learning_rate = 8, .schedule = Schedule::constant}, 7, 8), 8);
  EXPECT_EQ(scheduled_rate({.learning_rate = 8}, 0, 8), 8);
}
