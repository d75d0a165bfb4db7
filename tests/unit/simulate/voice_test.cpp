// The simulated voice: loud where a word is said, and its power over time.
#include "simulate/voice.h"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>

#include "core/tensor.h"
#include "support.h"

using namespace arcuate;

static const std::vector<Word> two_words{{.onset = 1, .offset = 1.6, .text = "once"},
                                         {.onset = 3, .offset = 3.4, .text = "upon"}};

TEST(Voice, is_loud_during_words_and_quiet_between) {
  const auto power = to_vector(power_over_time(speak_aloud(two_words), 16000, 0.2));
  ASSERT_EQ(power.size(), 27u);  // 3.4 s, and 2 s after them
  for (size_t i = 0; i < power.size(); ++i) {
    const bool word = (i >= 5 && i < 8) || (i >= 15 && i < 17);
    // A uniform background of amplitude 1e-3: 10 log10(1e-6 / 3).
    if (word)
      EXPECT_GT(power[i], -30) << i;
    else
      EXPECT_NEAR(power[i], -64.77, 0.5) << i;
  }
}

TEST(Voice, stays_within_one_even_when_words_overlap) {
  std::vector<Word> chorus(40, {.onset = 0.5, .offset = 2, .text = "all"});
  const auto samples = speak_aloud(chorus);
  EXPECT_EQ(samples.max().item<float>(), 1);
  EXPECT_EQ(samples.min().item<float>(), -1);
}

TEST(Voice, ends_two_seconds_after_the_last_word) {
  EXPECT_EQ(speak_aloud(two_words).size(0), 86400);
  EXPECT_EQ(speak_aloud(two_words, {.rate = 8000}).size(0), 43200);
}

TEST(Voice, every_option_changes_it) {
  const auto usual = speak_aloud(two_words, {});
  EXPECT_TRUE(at::equal(usual, speak_aloud(two_words, {})));
  EXPECT_FALSE(at::equal(usual, speak_aloud(two_words, {.pitch = 200})));
  EXPECT_FALSE(at::equal(usual, speak_aloud(two_words, {.syllable = 0.3})));
  EXPECT_FALSE(at::equal(usual, speak_aloud(two_words, {.background = 0})));
  EXPECT_FALSE(at::equal(usual, speak_aloud(two_words, {.seed = 1})));
}

TEST(Voice, power_of_a_sine_is_half_its_squared_amplitude) {
  // 100 Hz at 1000 samples a second: whole periods in each step of 0.1 s; a remainder of half a step is left out.
  std::vector<double> wave;
  for (int i = 0; i < 350; ++i)
    wave.push_back((i < 100 ? 1.0 : i < 200 ? 0.1 : 0.0) * std::sin(2 * std::numbers::pi * i / 10 + 0.3));
  const auto power = to_vector(power_over_time(to_tensor(wave).to(at::kFloat), 1000, 0.1));
  ASSERT_EQ(power.size(), 3u);
  EXPECT_NEAR(power[0], 10 * std::log10(0.5), 1e-5);
  EXPECT_NEAR(power[1], 10 * std::log10(0.005), 1e-5);
  EXPECT_NEAR(power[2], -120, 1e-9);  // silence has a floor
}
