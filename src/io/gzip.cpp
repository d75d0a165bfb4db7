#include "io/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "core/error.h"
#include "core/text.h"

namespace arcuate {
namespace {

constexpr std::string_view magic = "\x1F\x8B";

class GzipStream {
 public:
  GzipStream() {
    constexpr int gzip_header = 15 + 16;  // the largest window, and no other header
    if (inflateInit2(&stream, gzip_header) != Z_OK) fail(Fault::failed, "zlib cannot start: out of memory?");
  }
  ~GzipStream() { inflateEnd(&stream); }
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;
  z_stream stream{};
};

// One member onto the end of `out`; returns how many bytes of `packed` it takes.
size_t unpack_member(std::string_view packed, std::string& out, const std::string& source, uint64_t most) {
  constexpr size_t step = size_t{1} << 18, longest_input = size_t{1} << 30;  // zlib counts in 32 bits
  GzipStream member;
  z_stream& stream = member.stream;
  size_t read = 0;
  for (int status = Z_OK; status != Z_STREAM_END;) {
    const size_t size = out.size(), input = std::min(packed.size() - read, longest_input);
    out.resize(size + step);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data() + read));
    stream.avail_in = static_cast<uInt>(input);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + size);
    stream.avail_out = static_cast<uInt>(step);
    status = inflate(&stream, Z_NO_FLUSH);
    read += input - stream.avail_in;
    out.resize(size + step - stream.avail_out);
    if (out.size() > most) bad_input("'{}' unpacks to more than {} bytes", source, most);
    if (status == Z_BUF_ERROR || (status == Z_OK && read == packed.size() && stream.avail_out > 0))
      bad_input("'{}' is truncated: its packed data end at byte {}, before their end mark", source, packed.size());
    if (status != Z_OK && status != Z_STREAM_END)
      bad_input("'{}' is damaged: {}; copy or download it again", source,
                stream.msg ? stream.msg : "it is not what gzip writes");
  }
  return read;
}

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.starts_with(magic); }

std::string gunzip(std::string_view bytes, const std::string& source, uint64_t most) {
  std::string out;
  for (auto rest = bytes; !rest.empty();) {
    // Tapes and some programs fill the last block with zeros.
    if (rest.size() < bytes.size() && rest.find_first_not_of('\0') == rest.npos) break;
    if (!is_gzip(rest)) bad_input("'{}': {} bytes that gzip did not write follow its data", source, rest.size());
    rest.remove_prefix(unpack_member(rest, out, source, most));
  }
  return out;
}

std::string read_unpacked(const fs::path& path) {
  auto bytes = read_file(path);
  return is_gzip(bytes) ? gunzip(bytes, path.string()) : bytes;
}

fs::path without_gz(const fs::path& path) {
  return lower_ascii(path.extension().string()) == ".gz" ? fs::path(path).replace_extension() : path;
}

}  // namespace arcuate
