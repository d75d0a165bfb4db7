#include "io/sound_file.h"

#include <cmath>

#include "core/files.h"
#include "fixture.h"
#include "io/wav.h"
#include "malformed.h"

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

// A WAV file of this header's bytes at a place, of 100 samples.
std::string wav_with(size_t at, std::string_view bytes) {
  const TemporaryFolder folder;
  write_wav(folder / "x.wav", at::zeros({100}), 16000);
  return read_file(folder / "x.wav").replace(at, bytes.size(), bytes);
}
std::string wav_of(const at::Tensor& samples) {
  const TemporaryFolder folder;
  write_wav(folder / "x.wav", samples, 16000);
  return read_file(folder / "x.wav");
}
std::string with_nan() {
  auto wav = read_file(sound("float.wav"));
  return wav.replace(wav.size() - 8, 4, "\xff\xff\xff\xff");
}
std::string half(const char* name) {
  const auto whole = read_file(sound(name));
  return whole.substr(0, whole.size() / 2);
}

// An AIFF file of 100 samples, by hand: a chunk COMM, then SSND with its two numbers before the samples.
std::string aiff() {
  const std::string common("COMM\0\0\0\x12\0\1\0\0\0\x64\0\x10\x40\x0C\xFA\0\0\0\0\0\0\0", 26);
  return std::string(
             "FORM\0\0\0\xF6"
             "AIFF",
             12) +
         common + std::string("SSND\0\0\0\xD0", 8) + std::string(208, '\0');
}
std::string cut_aiff() { return aiff().substr(0, aiff().size() - 10); }

TEST(SoundFile, sounds_whose_length_was_not_known_are_no_cut_ones) {
  const TemporaryFolder folder;
  for (const auto& [name, bytes] :
       {std::pair("x.aiff", aiff()), std::pair("x.wav", wav_with(40, "\xFF\xFF\xFF\xFF"))}) {
    write_file(folder / name, bytes);
    EXPECT_EQ(read_sound_file(folder / name).samples.size(0), 100) << name;
  }
}

TEST(SoundFileMalformed, files_are_refused) {
  const std::string no_sound = "no sound that can be read";
  test::expect_files_refused("x.wav",
                             {{"empty", "", no_sound},
                              {"text", "this is no sound, whatever its name says", no_sound, "WAV, FLAC"},
                              {"other magic", wav_with(0, "RIFX"), "x.wav"},
                              {"no WAVE", wav_with(8, "WAVX"), no_sound},
                              {"a rate of 0", wav_with(24, {"\0\0\0\0", 4}), "x.wav"},
                              {"no channels", wav_with(22, {"\0\0", 2}), no_sound},
                              {"an unknown encoding", wav_with(20, "\x77\x77"), no_sound},
                              {"no samples", wav_of(at::zeros({0})), "x.wav", "0 samples"},
                              {"cut WAV", wav_of(at::zeros({1000})).substr(0, 1044), "x.wav",
                               "cut off: 2000 bytes of sound announced, 1000 found"},
                              {"cut AIFF", cut_aiff(), "x.wav", "cut off: 208 bytes of sound announced, 198 found"},
                              {"cut FLAC", half("mono.flac"), "x.wav", "cut off: 4410 samples announced"},
                              {"NaN", with_nan(), "x.wav", "NaN or infinite"}},
                             [](const fs::path& path) { read_sound_file(path); });
  EXPECT_TRUE(contains(refusal("absent.wav"), {"absent.wav", "found none"}));
  EXPECT_TRUE(contains(refusal(test::source_path("data")), {"a sound file expected"}));
}
