// Low-level features of sounds whose values are known in closed form.
#include "input/sound_features.h"

#include <ATen/ATen.h>

#include <cmath>

#include "fixture.h"
#include "input/log_mel.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::largest_difference;
using arcuate::test::message_of;

namespace {

Sound tone(double hz, double amplitude, double seconds, int64_t rate = 16000) {
  const auto time = at::arange(seconds * static_cast<double>(rate), at::kDouble) / rate;
  return {(at::sin(time * (2 * M_PI * hz)) * amplitude).to(at::kFloat), rate};
}

}  // namespace

TEST(SoundFeatures, the_envelope_of_a_tone_is_its_amplitude_over_root_two) {
  const auto found = sound_envelope(tone(400, 0.5, 1.005), 0.01);
  ASSERT_EQ(found.values.size(0), 100);  // the last half step is left out
  EXPECT_LT(largest_difference(found.values, at::full({100, 1}, 0.5 / std::sqrt(2.0), at::kDouble)), 1e-6);
  EXPECT_DOUBLE_EQ(found.times.front(), 0.005);
  EXPECT_DOUBLE_EQ(found.times.back(), 0.995);
}

TEST(SoundFeatures, power_is_the_square_of_the_envelope_in_decibels) {
  const auto found = sound_power(tone(400, 0.5, 0.5), 0.05);
  EXPECT_NEAR(found.values[3][0].item<double>(), 10 * std::log10(0.125), 1e-5);
  EXPECT_DOUBLE_EQ(sound_power({at::zeros({1600}), 16000}, 0.05).values[0][0].item<double>(), -120);
  EXPECT_NEAR(found.times[1] - found.times[0], 0.05, 1e-12);
}

TEST(SoundFeatures, a_tone_lies_in_its_band_of_the_mel_spectrogram) {
  for (const double hz : {500.0, 2000.0}) {
    const auto found = mel_spectrogram(tone(hz, 0.5, 1), 40, 0.02);
    ASSERT_EQ(found.values.sizes(), (std::vector<int64_t>{51, 40}));
    EXPECT_DOUBLE_EQ(found.times[10], 0.2);
    const auto filters = mel_filters({.bands = 40});
    const auto bin = static_cast<int64_t>(hz / 40);  // 400 samples: 40 Hz apart
    EXPECT_EQ(found.values[25].argmax().item<int64_t>(), filters.select(1, bin).argmax().item<int64_t>()) << hz;
  }
}

TEST(SoundFeatures, the_mel_spectrogram_is_the_logarithm_of_mel_power_in_every_block) {
  const auto noise = at::randn({16000 * 45}, at::kDouble).to(at::kFloat) * 0.1;  // more frames than a block
  const MelOptions options{.bands = 8};
  const auto found = mel_spectrogram({noise, 16000}, 8, 0.01);
  const int64_t frame = 4300;
  const auto window = noise.slice(0, frame * 160 - 200, frame * 160 + 200).to(at::kDouble) *
                      at::hann_window(400, at::TensorOptions().dtype(at::kDouble));
  const auto power = at::abs(at::fft_rfft(window)).square();
  EXPECT_LT(largest_difference(found.values[frame], at::matmul(mel_filters(options), power).log10()), 1e-9);
}

TEST(SoundFeatures, steps_that_a_sound_does_not_have_are_refused) {
  const auto sound = tone(400, 0.5, 0.02);
  EXPECT_TRUE(contains(message_of([&] { sound_envelope(sound, 0.05); }), {"0.02 s", "steps of 0.05 s"}));
  EXPECT_TRUE(contains(message_of([&] { sound_power(sound, 1e-6); }), {"shorter than a sample"}));
  EXPECT_TRUE(contains(message_of([&] { mel_spectrogram(tone(400, 1, 0.011), 8, 0.01); }), {"0.011 s", "0.025 s"}));
}
