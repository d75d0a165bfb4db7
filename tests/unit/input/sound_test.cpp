#include "input/sound.h"

#include <cmath>

#include "fixture.h"
#include "io/wav.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::largest_difference;
using arcuate::test::TemporaryFolder;

namespace {

at::Tensor sine(double hz, int64_t rate, double seconds) {
  const auto time = at::arange(seconds * static_cast<double>(rate), at::kDouble) / rate;
  return (at::sin(time * (2 * M_PI * hz)) * 0.5).to(at::kFloat);
}

}  // namespace

TEST(Sound, a_tone_keeps_its_phase_at_another_rate) {
  for (const int64_t from : {8000, 11025, 22050, 44100, 48000}) {
    const auto heard = resample(sine(440, from, 1.0), from, 16000);
    ASSERT_EQ(heard.numel(), 16000) << from;
    // The ends ring: the tone begins from nothing.
    EXPECT_LT(largest_difference(heard.slice(0, 1000, 15000), sine(440, 16000, 1.0).slice(0, 1000, 15000)), 1e-4)
        << from;
  }
}

TEST(Sound, what_the_lower_rate_cannot_hold_is_removed) {
  EXPECT_LT(resample(sine(11000, 44100, 1.0), 44100, 16000).slice(0, 1000, 15000).abs().max().item<float>(), 1e-4f);
}

TEST(Sound, a_file_becomes_the_mean_of_its_channels_at_the_asked_rate) {
  const auto path = test::source_path("reference/sound/stereo.wav");
  const auto same = read_sound(path, 22050), other = read_sound(path, 16000);
  const test::Fixture file("sound/samples.safetensors");
  EXPECT_LT(largest_difference(same.samples, file["stereo_wav"].mean(1)), 1e-7);
  EXPECT_EQ(other.samples.numel(), 3200);
  EXPECT_EQ(other.rate, 16000);
  EXPECT_DOUBLE_EQ(other.seconds(), 0.2);
}

TEST(Sound, silence_is_refused) {
  const TemporaryFolder folder;
  write_wav(folder / "x.wav", at::zeros({300}), 16000);
  EXPECT_TRUE(contains(test::message_of([&] { read_sound(folder / "x.wav", 16000); }),
                       {"x.wav", "silent", "300 samples are 0"}));
}
