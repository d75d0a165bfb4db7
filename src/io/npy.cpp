#include "io/npy.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <limits>
#include <regex>

#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "io/table.h"

namespace arcuate {
namespace {

struct Header {
  std::string descr;
  bool fortran = false;
  std::vector<int64_t> shape;
  size_t data_start = 0;
};

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

struct Item {
  at::ScalarType type;  // as stored; unsigned items as the signed type of their size
  int64_t size;
  bool is_unsigned = false;
};

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

// Items of two bytes and more in this machine's order.
void swap_bytes(at::Tensor& tensor, int64_t item_size) {
  auto* data = static_cast<char*>(tensor.data_ptr());
  for (int64_t i = 0; i < tensor.numel(); ++i) std::reverse(data + i * item_size, data + (i + 1) * item_size);
}

// Unsigned items that were read as signed ones of their size.
at::Tensor widen(const at::Tensor& tensor, int64_t item_size, const std::string& source) {
  const auto wide = tensor.to(at::kLong);
  if (item_size < 8) return wide.bitwise_and((int64_t{1} << (8 * item_size)) - 1);
  if (wide.lt(0).any().item<bool>())
    bad_input("'{}' holds integers above 2^63 - 1, the largest that can be read", source);
  return wide;
}

}  // namespace

at::Tensor read_npy(const std::filesystem::path& path) {
  const MappedFile file(path);
  const auto source = path.string();
  const auto bytes = file.bytes();
  const Header header = read_header(bytes, source);
  const Item item = item_of(header.descr, source);
  const int64_t count = item_count(header, bytes.size() - header.data_start, item.size, source);
  auto shape = header.shape;
  if (header.fortran) std::reverse(shape.begin(), shape.end());
  auto tensor = at::empty(shape, item.type);
  if (count > 0)
    std::memcpy(tensor.data_ptr(), bytes.data() + header.data_start, static_cast<size_t>(count * item.size));
  if (header.descr[0] == '>') swap_bytes(tensor, item.size);
  if (item.is_unsigned) tensor = widen(tensor, item.size, source);
  if (header.descr.ends_with("b1")) tensor = tensor.ne(0);  // a byte other than 0 and 1 is no bool
  if (header.fortran) {
    std::vector<int64_t> order(shape.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int64_t>(order.size() - 1 - i);
    tensor = tensor.permute(order).contiguous();
  }
  return tensor;
}

void write_npy(const std::filesystem::path& path, const at::Tensor& tensor) {
  const auto type = tensor.scalar_type();
  const char* descr = type == at::kFloat    ? "<f4"
                      : type == at::kDouble ? "<f8"
                      : type == at::kLong   ? "<i8"
                      : type == at::kInt    ? "<i4"
                      : type == at::kByte   ? "|u1"
                                            : nullptr;
  if (!descr)
    fail(Fault::failed, "'{}': .npy files are written from float32, float64, int64, int32 or uint8 tensors",
         path.string());
  std::string shape;
  for (auto size : tensor.sizes()) shape += fmt::format("{},{}", size, tensor.dim() > 1 ? " " : "");
  if (tensor.dim() > 1) shape.resize(shape.size() - 2);
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr, shape);
  header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 11, ' ');
  header += '\n';
  const auto whole = tensor.contiguous();
  std::string bytes = "\x93NUMPY";
  bytes += '\x01';
  bytes += '\0';
  bytes += static_cast<char>(header.size() & 0xFF);
  bytes += static_cast<char>(header.size() >> 8);
  bytes += header;
  write_atomically(path, [&](const fs::path& temporary) {
    std::ofstream file(temporary, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.write(static_cast<const char*>(whole.data_ptr()),
               static_cast<std::streamsize>(static_cast<uint64_t>(whole.numel()) * at::elementSize(type)));
    file.close();
    if (!file) fail(Fault::failed, "cannot write '{}' (is the disk full?)", path.string());
  });
}

}  // namespace arcuate
