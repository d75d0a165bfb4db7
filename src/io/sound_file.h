// Sound files of any kind that libsndfile reads: WAV, FLAC, Ogg Vorbis, Opus, MP3, AIFF, AU …
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>

namespace arcuate {

struct SoundFile {
  at::Tensor samples;  ///< N x channels, float32; whole numbers of a file are scaled to -1 … 1
  int64_t rate = 0;    ///< samples a second
};

/// All samples of a file. Errors: input, for a file that is no sound, holds no sample, ends before the samples its
/// header counts (where the kind of file tells), has more than 64 channels, or holds NaN or infinity.
SoundFile read_sound_file(const std::filesystem::path& path);

/// How long a file says that it is, without reading its samples. Errors: input, as above.
double sound_file_seconds(const std::filesystem::path& path);

}  // namespace arcuate
