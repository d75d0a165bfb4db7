#include "input/log_mel.h"

#include <cmath>

#include "fixture.h"
#include "input/sound.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::Fixture;
using arcuate::test::largest_difference;

static const char* const file = "sound/log_mel.safetensors";
static constexpr int64_t three_seconds = 48'000;

TEST(LogMel, filters_are_those_of_whisper) {
  for (const int64_t bands : {80, 128}) {
    const auto filters = mel_filters({.bands = bands});
    ASSERT_EQ(filters.sizes(), (at::IntArrayRef{bands, 201}));
    EXPECT_LT(largest_difference(filters.slice(1, 0, 201, 4), Fixture(file)["filters_" + std::to_string(bands)]), 1e-8);
  }
}

TEST(LogMel, a_short_sound_agrees_with_the_original_library) {
  const Fixture expected(file);
  for (const int64_t bands : {80, 128}) {
    const auto mel =
        whisper_log_mel(expected["tones"].to(at::kDouble).unsqueeze(0), three_seconds, {.bands = bands})[0];
    ASSERT_EQ(mel.sizes(), (at::IntArrayRef{bands, 300}));
    EXPECT_LT(largest_difference(mel.slice(1, 0, 300, 5), expected["tones_" + std::to_string(bands)]), 1e-6);
  }
}

TEST(LogMel, recorded_speech_agrees_with_the_original_library) {
  ARCUATE_DATA_OR_SKIP(wav, "speech/jfk.wav");
  const auto speech = read_sound(wav, 16000).samples.slice(0, 0, 32'000).unsqueeze(0);
  for (const int64_t bands : {80, 128})
    EXPECT_LT(largest_difference(whisper_log_mel(speech, three_seconds, {.bands = bands})[0].slice(1, 0, 300, 5),
                                 Fixture(file)["speech_" + std::to_string(bands)]),
              1e-6);
}

TEST(LogMel, sounds_of_a_batch_do_not_know_each_other) {
  const auto tones = Fixture(file)["tones"];
  const auto both = at::stack({tones, tones * 1e-3});
  const auto together = whisper_log_mel(both, three_seconds, {});
  for (int64_t i = 0; i < 2; ++i)
    EXPECT_LT(largest_difference(together[i], whisper_log_mel(both.slice(0, i, i + 1), three_seconds, {})[0]), 1e-7);
}

TEST(LogMel, what_is_longer_is_cut) {
  const auto tones = Fixture(file)["tones"].unsqueeze(0);
  EXPECT_LT(largest_difference(whisper_log_mel(tones, 8000, {}), whisper_log_mel(tones.slice(1, 0, 8000), 8000, {})),
            1e-9);
}

TEST(LogMel, power_of_a_tone_lies_in_its_band_and_frames_are_centred) {
  const auto time = at::arange(8000, at::kDouble) / 16000;
  const auto tone = (at::sin(time * (2 * M_PI * 1000)) * at::arange(8000).ge(4000)).unsqueeze(0);
  const auto power = mel_power(tone, {})[0];
  ASSERT_EQ(power.size(1), 51);
  const auto band = mel_filters({}).slice(1, 25, 26).squeeze(1).argmax().item<int64_t>();  // bin 25 is 1000 Hz
  EXPECT_EQ(power.sum(1).argmax().item<int64_t>(), band);
  EXPECT_LT(power.slice(1, 0, 23).max().item<double>(), 1e-20);  // windows that end before sample 4000
  EXPECT_GT(power[band][27].item<double>(), 1.0);
}

TEST(LogMel, impossible_sizes_are_refused) {
  EXPECT_TRUE(contains(test::message_of([] { mel_filters({.bands = 0}); }), {"0 bands", "above 0"}));
  EXPECT_TRUE(contains(test::message_of([] { mel_filters({.rate = 8000}); }), {"0 to 8000 Hz", "has 0 to 4000 Hz"}));
}
