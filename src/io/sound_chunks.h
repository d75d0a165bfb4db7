// Within the io layer only: what WAV and AIFF files announce. libsndfile takes one that was cut off for a shorter one.
// Formats: Microsoft and IBM, "Multimedia Programming Interface" 1.0 (RIFF); Apple, "Audio Interchange File
// Format" 1.3.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>

namespace arcuate {

struct SoundBytes {
  uint64_t announced = 0, found = 0;
};
/// Bytes of samples that the header announces, and those that are there. Nothing for other kinds of files, and for
/// those whose length was not known when their header was written (0, or a number near the largest).
std::optional<SoundBytes> sound_bytes(const std::filesystem::path& path);

}  // namespace arcuate
