#include "io/sound_chunks.h"

#include <algorithm>
#include <string_view>

#include "core/files.h"

namespace arcuate {
namespace {

constexpr size_t head_size = 12, chunk_size = 8;
constexpr uint64_t unknown_from = 0x7fff0000;  // what programs write that stream: 2^31 and 2^32, less a little

uint64_t number(std::string_view bytes, bool big_endian) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes.size(); ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[big_endian ? i : bytes.size() - 1 - i]);
  return value;
}

}  // namespace

std::optional<SoundBytes> sound_bytes(const std::filesystem::path& path) {
  const MappedFile file(path);
  const auto bytes = file.bytes();
  const bool aiff = bytes.starts_with("FORM"), big_endian = aiff || bytes.starts_with("RIFX");
  if (!big_endian && !bytes.starts_with("RIFF")) return {};
  for (uint64_t at = head_size; at + chunk_size <= bytes.size();) {
    const auto size = number(bytes.substr(at + 4, 4), big_endian);
    const auto found = bytes.size() - at - chunk_size;
    if (bytes.substr(at, 4) == (aiff ? "SSND" : "data")) {
      if (size == 0 || size >= unknown_from) return {};
      return SoundBytes{size, std::min<uint64_t>(size, found)};
    }
    at += chunk_size + size + size % 2;
  }
  return {};
}

}  // namespace arcuate
