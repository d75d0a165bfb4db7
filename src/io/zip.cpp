#include "io/zip.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/error.h"
#include "core/text.h"

namespace arcuate {
namespace {

constexpr uint32_t local_header = 0x04034b50, central_header = 0x02014b50, central_end = 0x06054b50;
constexpr uint32_t central_end64 = 0x06064b50, central_locator64 = 0x07064b50;
constexpr uint64_t local_size = 30, central_size = 46, end_size = 22, end64_size = 56, locator64_size = 20;
constexpr uint64_t longest_comment = 65535;
constexpr uint16_t extra64 = 1;

// Little-endian numbers at places that are checked.
class Bytes {
 public:
  Bytes(std::string_view archive, const std::string& source) : archive_(archive), source_(source) {}

  uint64_t number(uint64_t at, size_t bytes) const {
    const auto text = part(at, bytes);
    uint64_t value = 0;
    for (size_t i = bytes; i-- > 0;) value = value << 8 | static_cast<unsigned char>(text[i]);
    return value;
  }
  std::string_view part(uint64_t at, uint64_t count) const {
    if (!has(at, count))
      bad_input("'{}' is a damaged zip archive: it points to byte {} of {}. Is the download complete?", source_, at,
                archive_.size());
    return archive_.substr(at, count);
  }
  bool has(uint64_t at, uint64_t count) const { return at <= archive_.size() && count <= archive_.size() - at; }
  uint64_t size() const { return archive_.size(); }

 private:
  std::string_view archive_;
  const std::string& source_;
};

struct Directory {
  uint64_t entries = 0, begin = 0;
};

// The end record is the last thing of an archive, behind it only a comment.
std::optional<uint64_t> find_end(const Bytes& bytes) {
  if (bytes.size() < end_size) return std::nullopt;
  const uint64_t last = bytes.size() - end_size, first = last > longest_comment ? last - longest_comment : 0;
  for (uint64_t at = last + 1; at-- > first;)
    if (bytes.number(at, 4) == central_end && bytes.number(at + 20, 2) == bytes.size() - at - end_size) return at;
  return std::nullopt;
}

Directory find_directory(const Bytes& bytes, const std::string& source) {
  const auto end = find_end(bytes);
  if (!end) bad_input("'{}' is not a zip archive or is truncated: it has no end. Is the download complete?", source);
  if (*end >= locator64_size && bytes.number(*end - locator64_size, 4) == central_locator64) {
    const uint64_t end64 = bytes.number(*end - locator64_size + 8, 8);
    bytes.part(end64, end64_size);
    if (bytes.number(end64, 4) != central_end64) bad_input("'{}' is a damaged zip archive: no zip64 end", source);
    return {bytes.number(end64 + 32, 8), bytes.number(end64 + 48, 8)};
  }
  return {bytes.number(*end + 10, 2), bytes.number(*end + 16, 4)};
}

struct Sizes {
  uint64_t whole = 0, packed = 0, header = 0;  // of the file, as it lies there, and where its local header is
};

// Sizes of 32 bits that are full stand in the zip64 field, in this order.
Sizes read_sizes(const Bytes& bytes, uint64_t entry, uint64_t extra, uint64_t extra_size) {
  constexpr uint64_t full = 0xffffffff;
  Sizes sizes{bytes.number(entry + 24, 4), bytes.number(entry + 20, 4), bytes.number(entry + 42, 4)};
  for (uint64_t at = extra; at + 4 <= extra + extra_size;) {
    const uint64_t kind = bytes.number(at, 2), size = bytes.number(at + 2, 2);
    uint64_t next = at + 4;
    at = next + size;
    if (kind != extra64) continue;
    for (uint64_t* number : {&sizes.whole, &sizes.packed, &sizes.header})
      if (*number == full && next + 8 <= at) {
        *number = bytes.number(next, 8);
        next += 8;
      }
  }
  return sizes;
}

std::optional<ZipEntry> place_of(const Bytes& bytes, const Sizes& sizes) {
  if (!bytes.has(sizes.header, local_size) || bytes.number(sizes.header, 4) != local_header) return std::nullopt;
  const uint64_t begin =
      sizes.header + local_size + bytes.number(sizes.header + 26, 2) + bytes.number(sizes.header + 28, 2);
  if (!bytes.has(begin, sizes.whole)) return std::nullopt;
  return ZipEntry{begin, sizes.whole};
}

}  // namespace

std::map<std::string, ZipEntry> read_zip(std::string_view archive, const std::string& source) {
  const Bytes bytes(archive, source);
  const auto directory = find_directory(bytes, source);
  std::map<std::string, ZipEntry> entries;
  Problems problems(fmt::format("'{}' is not an archive of files that are stored as they are", source));
  uint64_t at = directory.begin;
  for (uint64_t i = 0; i < directory.entries; ++i) {
    bytes.part(at, central_size);
    if (bytes.number(at, 4) != central_header) bad_input("'{}' is a damaged zip archive: no entry {}", source, i + 1);
    const uint64_t flags = bytes.number(at + 8, 2), method = bytes.number(at + 10, 2);
    const uint64_t name_size = bytes.number(at + 28, 2), extra_size = bytes.number(at + 30, 2);
    const std::string name(bytes.part(at + central_size, name_size));
    if (invalid_utf8(name)) bad_input("'{}' is a damaged zip archive: the name of entry {} is no text", source, i + 1);
    const auto sizes = read_sizes(bytes, at, at + central_size + name_size, extra_size);
    const auto place = place_of(bytes, sizes);
    if (flags & 1)
      problems.add("'{}' is encrypted", name);
    else if (method != 0 || sizes.whole != sizes.packed)
      problems.add("'{}' is compressed", name);
    else if (!place)
      problems.add("'{}' claims bytes that are not there", name);
    else if (!entries.emplace(name, *place).second)
      problems.add("'{}' is there twice", name);
    at += central_size + name_size + extra_size + bytes.number(at + 32, 2);
  }
  problems.raise();
  return entries;
}

}  // namespace arcuate
