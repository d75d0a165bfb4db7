#include "io/sound_file.h"

#include <cmath>

#include "core/files.h"
#include "fixture.h"
#include "io/wav.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::Fixture;
using arcuate::test::largest_difference;
using arcuate::test::TemporaryFolder;

namespace {

fs::path sound(const std::string& name) { return test::source_path("reference/sound/" + name); }

std::string refusal(const fs::path& path) {
  return test::message_of([&] { read_sound_file(path); });
}

}  // namespace

TEST(SoundFile, every_kind_has_the_samples_that_another_reader_finds) {
  const Fixture expected("sound/samples.safetensors");
  for (const char* name : {"stereo.wav", "float.wav", "mono.flac", "mono.ogg", "mono.mp3"}) {
    const auto file = read_sound_file(sound(name));
    std::string key = name;
    key[key.find('.')] = '_';
    EXPECT_EQ(file.rate, 22050) << name;
    ASSERT_EQ(file.samples.scalar_type(), at::kFloat);
    // Decoders of lossy kinds may differ in their last bits.
    if (key.ends_with("mp3"))
      EXPECT_NEAR(static_cast<double>(file.samples.size(0)), static_cast<double>(expected[key].size(0)), 1152) << name;
    else
      EXPECT_LT(largest_difference(file.samples, expected[key]), key.ends_with("ogg") ? 1e-4 : 1e-9) << name;
  }
  EXPECT_GT(read_sound_file(sound("float.wav")).samples.abs().max().item<float>(), 1.01f);  // floats are not clipped
}

TEST(SoundFile, what_was_written_is_read_back) {
  const TemporaryFolder folder;
  const auto samples = at::sin(at::arange(100'000, at::kFloat) * 0.05f) * 0.9f;  // more than one block
  write_wav(folder / "x.wav", samples, 8000);
  const auto file = read_sound_file(folder / "x.wav");
  EXPECT_EQ(file.rate, 8000);
  EXPECT_LT(largest_difference(file.samples.squeeze(1), samples), 1e-4);
}

TEST(SoundFile, what_is_no_whole_sound_is_refused) {
  const TemporaryFolder folder;
  write_file(folder / "x.wav", "this is no sound, whatever its name says");
  EXPECT_TRUE(contains(refusal(folder / "x.wav"), {"x.wav", "no sound that can be read", "WAV, FLAC"}));
  write_file(folder / "empty.mp3", "");
  EXPECT_TRUE(contains(refusal(folder / "empty.mp3"), {"empty.mp3", "no sound that can be read"}));
  EXPECT_TRUE(contains(refusal(folder / "absent.wav"), {"absent.wav", "found none"}));
  EXPECT_TRUE(contains(refusal(folder.path()), {"a sound file expected"}));
  write_wav(folder / "none.wav", at::zeros({0}), 16000);
  EXPECT_TRUE(contains(refusal(folder / "none.wav"), {"none.wav", "0 samples"}));
  const auto flac = read_file(sound("mono.flac"));
  write_file(folder / "cut.flac", flac.substr(0, flac.size() / 2));
  EXPECT_TRUE(contains(refusal(folder / "cut.flac"), {"cut.flac", "cut off: 4410 samples announced"}));
  auto wav = read_file(sound("float.wav"));
  for (size_t i = 0; i < 4; ++i) wav[wav.size() - 8 + i] = '\xff';
  write_file(folder / "nan.wav", wav);
  EXPECT_TRUE(contains(refusal(folder / "nan.wav"), {"nan.wav", "NaN or infinite"}));
}
