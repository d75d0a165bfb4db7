// Files that are packed by gzip (.gz): unpacked whole, with the checks that the format carries.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/files.h"

namespace arcuate {

/// Whether the bytes begin as those of gzip do.
bool is_gzip(std::string_view bytes);

/// What is packed in `bytes`: all members, one after another. The length and the CRC of each are checked. Errors:
/// input, for what is cut short, damaged, followed by something else, or larger than `most` bytes.
std::string gunzip(std::string_view bytes, const std::string& source, uint64_t most = uint64_t{1} << 31);

/// The bytes of a file, unpacked if they are gzip's, whatever the file is called.
std::string read_unpacked(const fs::path& path);

/// The path without a ".gz" at its end: it tells what was packed.
fs::path without_gz(const fs::path& path);

}  // namespace arcuate
