// Zip archives in a memory map. Where a file's bytes lie is what is wanted, which libraries for zip do not tell.
// Format: PKWARE, "APPNOTE.TXT" 6.3, with zip64.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace arcuate {

struct ZipEntry {
  uint64_t begin = 0, size = 0;  ///< bytes of the file within the archive, as they lie there
  uint64_t whole = 0;            ///< its bytes when it is unpacked
  bool packed = false;           ///< by deflate
  uint32_t checksum = 0;         ///< CRC-32 of the unpacked bytes
};

enum class ZipFiles { stored, any };  ///< any: stored, or packed by deflate

/// Files by their names. Errors: input, when there is no central directory, when a file is packed other than `allowed`,
/// encrypted or twice there, or when it claims bytes that the archive does not have (all of them at once).
std::map<std::string, ZipEntry> read_zip(std::string_view archive, const std::string& source,
                                         ZipFiles allowed = ZipFiles::stored);

/// The first `most` bytes of a file, or all that it has. Errors: input, without the name of the file.
std::string unzip_beginning(std::string_view archive, const ZipEntry& entry, uint64_t most);

/// A file's bytes and their checksum: where they lie, or in `space` where they were packed.
/// Errors: input, without the name of the file.
std::string_view unzip(std::string_view archive, const ZipEntry& entry, std::string& space);

/// A file of an archive that is written: its name and its bytes, piece after piece.
struct ZipPart {
  std::string name{};
  std::vector<std::string_view> pieces{};
};
/// Stored files, without times. Atomic, and the same bytes on every run. Errors: failed, for archives of 4 GiB and
/// more.
void write_zip(const std::filesystem::path& path, const std::vector<ZipPart>& parts);

}  // namespace arcuate
