// Zip archives whose files are stored as they are, found in a memory map. Where a file's bytes lie is what is wanted,
// which libraries for zip do not tell; nothing is decompressed. Format: PKWARE, "APPNOTE.TXT" 6.3, with zip64.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace arcuate {

struct ZipEntry {
  uint64_t begin = 0, size = 0;  ///< Bytes of the file within the archive.
};

/// Files by their names. Errors: input, when there is no central directory, when a file is compressed, encrypted or
/// twice there, or when it claims bytes that the archive does not have (all of them at once).
std::map<std::string, ZipEntry> read_zip(std::string_view archive, const std::string& source);

}  // namespace arcuate
