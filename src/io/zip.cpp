#include "io/zip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <optional>

#include "core/error.h"
#include "core/text.h"
#include "io/inflate.h"

namespace arcuate {
namespace {

constexpr uint32_t local_header = 0x04034b50, central_header = 0x02014b50, central_end = 0x06054b50;
constexpr uint32_t central_end64 = 0x06064b50, central_locator64 = 0x07064b50;
constexpr uint64_t local_size = 30, central_size = 46, end_size = 22, end64_size = 56, locator64_size = 20;
constexpr uint64_t longest_comment = 65535;
constexpr uint16_t extra64 = 1, deflate_method = 8;

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
  if (!bytes.has(begin, sizes.packed)) return std::nullopt;
  return ZipEntry{begin, sizes.packed, sizes.whole};
}

}  // namespace

std::map<std::string, ZipEntry> read_zip(std::string_view archive, const std::string& source, ZipFiles allowed) {
  const Bytes bytes(archive, source);
  const auto directory = find_directory(bytes, source);
  std::map<std::string, ZipEntry> entries;
  const bool stored_only = allowed == ZipFiles::stored;
  Problems problems(fmt::format("'{}' is not an archive of files that are stored as they are{}", source,
                                stored_only ? "" : " or packed by deflate"));
  uint64_t at = directory.begin;
  for (uint64_t i = 0; i < directory.entries; ++i) {
    bytes.part(at, central_size);
    if (bytes.number(at, 4) != central_header) bad_input("'{}' is a damaged zip archive: no entry {}", source, i + 1);
    const uint64_t flags = bytes.number(at + 8, 2), method = bytes.number(at + 10, 2);
    const uint64_t name_size = bytes.number(at + 28, 2), extra_size = bytes.number(at + 30, 2);
    const std::string name(bytes.part(at + central_size, name_size));
    if (invalid_utf8(name)) bad_input("'{}' is a damaged zip archive: the name of entry {} is no text", source, i + 1);
    const auto sizes = read_sizes(bytes, at, at + central_size + name_size, extra_size);
    auto place = place_of(bytes, sizes);
    if (place) place->packed = method == deflate_method;
    if (place) place->checksum = static_cast<uint32_t>(bytes.number(at + 16, 4));
    const bool stored = method == 0 && sizes.whole == sizes.packed;
    if (flags & 1)
      problems.add("'{}' is encrypted", name);
    else if (!stored && (stored_only || method != deflate_method))
      problems.add("'{}' is compressed{}", name, stored_only ? "" : fmt::format(" by method {}", method));
    else if (sizes.whole / most_expansion > sizes.packed)
      problems.add("'{}' claims {} bytes, more than {} packed ones can give", name, sizes.whole, sizes.packed);
    else if (!place)
      problems.add("'{}' claims bytes that are not there", name);
    else if (!entries.emplace(name, *place).second)
      problems.add("'{}' is there twice", name);
    at += central_size + name_size + extra_size + bytes.number(at + 32, 2);
  }
  problems.raise();
  return entries;
}

std::string unzip_beginning(std::string_view archive, const ZipEntry& entry, uint64_t most) {
  auto bytes = archive.substr(entry.begin, entry.size);
  std::string beginning(std::min(most, entry.whole), '\0');
  if (!entry.packed) return std::string(bytes.substr(0, beginning.size()));
  Inflater inflater(Wrapping::none);
  for (size_t done = 0; done < beginning.size();) {
    const auto step = inflater.step(bytes, beginning.data() + done, beginning.size() - done);
    bytes.remove_prefix(step.read);
    done += step.written;
    const bool stuck = step.ended || (step.read == 0 && step.written == 0);
    if (stuck && done < beginning.size()) bad_input("its compressed data are cut short");
  }
  return beginning;
}

std::string_view unzip(std::string_view archive, const ZipEntry& entry, std::string& space) {
  auto bytes = archive.substr(entry.begin, entry.size);
  if (entry.packed) {
    space.resize(entry.whole);
    unpack(bytes, Wrapping::none, space.data(), entry.whole);
    bytes = space;
  }
  const auto found = crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  if (found != entry.checksum)
    bad_input("it is damaged: its checksum is {:08x}, {:08x} expected", found, entry.checksum);
  return bytes;
}

}  // namespace arcuate
