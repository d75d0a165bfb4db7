#include "io/sound_file.h"

#include <ATen/ATen.h>
#include <sndfile.h>

#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/tensor.h"
#include "io/sound_chunks.h"

namespace arcuate {
namespace {

using Handle = std::unique_ptr<SNDFILE, int (*)(SNDFILE*)>;

constexpr int most_channels = 64;
constexpr int64_t block_frames = int64_t{1} << 16;  // memory follows what is read, never what a header announces

Handle open(const std::filesystem::path& path, SF_INFO& info) {
  if (!std::filesystem::is_regular_file(path)) bad_input("a sound file expected, found none of that name");
  Handle file(sf_open(path.c_str(), SFM_READ, &info), sf_close);
  if (!file)
    bad_input("no sound that can be read: {}; known are WAV, FLAC, Ogg, Opus, MP3, AIFF and AU (convert other kinds)",
              sf_strerror(nullptr));
  if (info.channels < 1 || info.channels > most_channels || info.samplerate < 1)
    bad_input("1 to {} channels and a rate above 0 expected, found {} channels at {} Hz", most_channels, info.channels,
              info.samplerate);
  if (const auto bytes = sound_bytes(path); bytes && bytes->found < bytes->announced)
    bad_input("cut off: {} bytes of sound announced, {} found", bytes->announced, bytes->found);
  return file;
}

std::vector<float> read_all(SNDFILE* file, int64_t channels) {
  std::vector<float> samples;
  for (int64_t frames = block_frames; frames == block_frames;) {
    const size_t before = samples.size();
    samples.resize(before + static_cast<size_t>(block_frames * channels));
    frames = sf_readf_float(file, samples.data() + before, block_frames);
    samples.resize(before + static_cast<size_t>(frames * channels));
  }
  return samples;
}

SoundFile read(const std::filesystem::path& path) {
  SF_INFO info{};
  const auto file = open(path, info);
  const auto samples = read_all(file.get(), info.channels);
  const auto frames = static_cast<int64_t>(samples.size()) / info.channels;
  // What MP3 decoders announce is an estimate, and a stream may announce nothing.
  const bool counted = (info.format & SF_FORMAT_TYPEMASK) != SF_FORMAT_MPEG && info.frames != SF_COUNT_MAX;
  if (counted && frames < info.frames)
    bad_input("cut off: {} samples announced, {} found{}{}", info.frames, frames, sf_error(file.get()) ? "; " : "",
              sf_error(file.get()) ? sf_strerror(file.get()) : "");
  if (frames == 0) bad_input("it holds no sound: 0 samples");
  const auto tensor = at::tensor(samples).reshape({frames, info.channels});
  if (!all_finite(tensor)) bad_input("some of its samples are NaN or infinite");
  return {.samples = tensor, .rate = info.samplerate};
}

}  // namespace

double sound_file_seconds(const std::filesystem::path& path) {
  return within(fmt::format("reading the sound '{}'", path.string()), [&] {
    SF_INFO info{};
    open(path, info);
    return static_cast<double>(info.frames) / static_cast<double>(info.samplerate);
  });
}

SoundFile read_sound_file(const std::filesystem::path& path) {
  return within(fmt::format("reading the sound '{}'", path.string()), [&] { return read(path); });
}

}  // namespace arcuate
