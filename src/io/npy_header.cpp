#include "io/npy_header.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <regex>

#include "core/error.h"
#include "core/text.h"
#include "io/table.h"

namespace arcuate::npy {

Header read_header(std::string_view bytes, const std::string& source) {
  if (bytes.size() < 10 || bytes.substr(0, 6) != "\x93NUMPY")
    bad_input("'{}' is not a .npy file (its first bytes should be \\x93NUMPY)", source);
  const int major = bytes[6];
  if (major < 1 || major > 3) bad_input("'{}' has .npy version {}, versions 1 to 3 are known", source, major);
  const size_t prefix = major == 1 ? 10 : 12;
  if (bytes.size() < prefix) bad_input("'{}' is truncated within its header", source);
  uint32_t length = 0;
  std::memcpy(&length, bytes.data() + 8, major == 1 ? 2 : 4);
  if (length > bytes.size() - prefix)
    bad_input("'{}' is truncated: a header of {} bytes was announced", source, length);
  const std::string text(bytes.substr(prefix, std::min<uint32_t>(length, 4096)));
  std::smatch match;
  Header header;
  header.data_start = prefix + length;
  if (!std::regex_search(text, match, std::regex("'descr'\\s*:\\s*'([^']*)'")))
    bad_input("'{}' holds a structured or object array; an array of plain numbers was expected", source);
  header.descr = match[1];
  if (!std::regex_search(text, match, std::regex("'fortran_order'\\s*:\\s*(True|False)")))
    bad_input("'{}' has no fortran_order", source);
  header.fortran = match[1] == "True";
  if (!std::regex_search(text, match, std::regex("'shape'\\s*:\\s*\\(([0-9, ]*)\\)")))
    bad_input("'{}' has no valid shape", source);
  for (const auto& field : split_fields(match[1].str(), ',')) {
    if (trim(field).empty()) continue;
    const auto size = to_integer(trim(field));
    if (!size) bad_input("'{}' has no valid shape: ({})", source, excerpt(match[1].str()));
    header.shape.push_back(*size);
  }
  if (header.shape.size() > 64) bad_input("'{}' has {} dimensions, at most 64 expected", source, header.shape.size());
  return header;
}

Item item_of(const std::string& descr, const std::string& source) {
  const std::string kind = descr.find_first_of("<>|=") == 0 ? descr.substr(1) : "";
  if (kind == "f2") return {at::kHalf, 2};
  if (kind == "f4") return {at::kFloat, 4};
  if (kind == "f8") return {at::kDouble, 8};
  if (kind == "i1") return {at::kChar, 1};
  if (kind == "i2") return {at::kShort, 2};
  if (kind == "i4") return {at::kInt, 4};
  if (kind == "i8") return {at::kLong, 8};
  if (kind == "u1" || kind == "b1") return {at::kByte, 1};
  if (kind == "u2") return {at::kShort, 2, true};
  if (kind == "u4") return {at::kInt, 4, true};
  if (kind == "u8") return {at::kLong, 8, true};
  bad_input("'{}' holds items of type '{}'; floats of 2, 4 or 8 bytes, integers and booleans are read", source,
            excerpt(descr));
}

// Sizes are checked before any memory is asked for. A size of 0 excuses no other size: strides multiply.
int64_t item_count(const Header& header, size_t available, int64_t item_size, const std::string& source) {
  int64_t count = 1;
  for (int64_t size : header.shape) {
    const int64_t n = std::max<int64_t>(size, 1);
    if (count > std::numeric_limits<int64_t>::max() / 16 / n)
      bad_input("'{}' announces more items than can be counted", source);
    count *= n;
  }
  if (std::count(header.shape.begin(), header.shape.end(), 0) > 0) count = 0;
  if (static_cast<uint64_t>(count * item_size) != available)
    bad_input("'{}' is truncated or has trailing bytes: its shape needs {} bytes of data, {} found", source,
              count * item_size, available);
  return count;
}

std::string header_bytes(at::ScalarType type, const std::vector<int64_t>& sizes, const std::string& name) {
  const char* descr = type == at::kFloat    ? "<f4"
                      : type == at::kDouble ? "<f8"
                      : type == at::kLong   ? "<i8"
                      : type == at::kInt    ? "<i4"
                      : type == at::kByte   ? "|u1"
                                            : nullptr;
  if (!descr)
    fail(Fault::failed, "'{}': .npy files are written from float32, float64, int64, int32 or uint8 tensors", name);
  std::string shape;
  for (auto size : sizes) shape += fmt::format("{},{}", size, sizes.size() > 1 ? " " : "");
  if (sizes.size() > 1) shape.resize(shape.size() - 2);
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr, shape);
  header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 11, ' ');
  header += '\n';
  std::string bytes = "\x93NUMPY";
  bytes += '\x01';
  bytes += '\0';
  bytes += static_cast<char>(header.size() & 0xFF);
  bytes += static_cast<char>(header.size() >> 8);
  return bytes + header;
}

}  // namespace arcuate::npy
