// Writing zip: files as they are, each after a header of its own, then the directory.
#include <zlib.h>

#include <fstream>
#include <limits>

#include "core/error.h"
#include "core/files.h"
#include "io/zip.h"

namespace arcuate {
namespace {

constexpr uint32_t local_header = 0x04034b50, central_header = 0x02014b50, central_end = 0x06054b50;
constexpr uint64_t version = 20, no_time = 0, no_date = 0x21;  // the first of January 1980, as early as there is

struct Written {
  const ZipPart& part;
  uint64_t size = 0, begin = 0;
  uint64_t checksum = 0;
};

void put(std::string& bytes, uint64_t number, size_t size) {
  for (size_t i = 0; i < size; ++i) bytes += static_cast<char>(number >> (8 * i));
}

// What both headers of a file say.
void put_description(std::string& bytes, const Written& file) {
  constexpr uint64_t utf8_names = 1 << 11, stored = 0, no_extra = 0;
  put(bytes, version, 2);
  put(bytes, utf8_names, 2);
  put(bytes, stored, 2);
  put(bytes, no_time, 2);
  put(bytes, no_date, 2);
  put(bytes, file.checksum, 4);
  put(bytes, file.size, 4);
  put(bytes, file.size, 4);
  put(bytes, file.part.name.size(), 2);
  put(bytes, no_extra, 2);
}

std::string local_bytes(const Written& file) {
  std::string bytes;
  put(bytes, local_header, 4);
  put_description(bytes, file);
  return bytes + file.part.name;
}

std::string central_bytes(const Written& file) {
  std::string bytes;
  put(bytes, central_header, 4);
  put(bytes, version, 2);
  put_description(bytes, file);
  bytes.append(10, '\0');  // no comment, disk 0, no attributes
  put(bytes, file.begin, 4);
  return bytes + file.part.name;
}

std::string end_bytes(size_t files, uint64_t size, uint64_t begin) {
  std::string bytes;
  put(bytes, central_end, 4);
  put(bytes, 0, 4);  // disk 0
  put(bytes, files, 2);
  put(bytes, files, 2);
  put(bytes, size, 4);
  put(bytes, begin, 4);
  put(bytes, 0, 2);  // no comment
  return bytes;
}

Written measure(const ZipPart& part, uint64_t begin) {
  Written file{part, 0, begin};
  for (const auto piece : part.pieces) {
    file.size += piece.size();
    if (piece.empty()) continue;  // without bytes zlib begins anew
    file.checksum = crc32_z(file.checksum, reinterpret_cast<const Bytef*>(piece.data()), piece.size());
  }
  return file;
}

}  // namespace

void write_zip(const std::filesystem::path& path, const std::vector<ZipPart>& parts) {
  std::vector<Written> files;
  std::string directory;
  uint64_t end = 0;
  for (const auto& part : parts) {
    files.push_back(measure(part, end));
    end += local_bytes(files.back()).size() + files.back().size;
    directory += central_bytes(files.back());
  }
  if (end + directory.size() > std::numeric_limits<uint32_t>::max() ||
      parts.size() > std::numeric_limits<uint16_t>::max())
    fail(Fault::failed, "'{}' would have {} bytes in {} files, at most 4 GiB and 65535 can be written", path.string(),
         end, parts.size());
  write_atomically(path, [&](const fs::path& temporary) {
    std::ofstream out(temporary, std::ios::binary);
    for (const auto& file : files) {
      out << local_bytes(file);
      for (const auto piece : file.part.pieces) out.write(piece.data(), std::ssize(piece));
    }
    out << directory << end_bytes(files.size(), directory.size(), end);
    out.close();
    if (!out) fail(Fault::failed, "cannot write '{}' (is the disk full?)", path.string());
  });
}

}  // namespace arcuate
