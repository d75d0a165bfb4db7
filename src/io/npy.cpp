#include "io/npy.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "core/error.h"
#include "core/files.h"
#include "io/npy_header.h"

namespace arcuate {
namespace npy {
namespace {

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

at::ScalarType type_of(const Item& item) { return item.is_unsigned ? at::kLong : item.type; }

at::Tensor read_items(std::string_view bytes, int64_t count, const Item& item, bool big_endian,
                      const std::string& source) {
  auto tensor = at::empty({count}, item.type);
  if (count > 0) std::memcpy(tensor.data_ptr(), bytes.data(), static_cast<size_t>(count * item.size));
  if (big_endian) swap_bytes(tensor, item.size);
  return item.is_unsigned ? widen(tensor, item.size, source) : tensor;
}

at::Tensor from_fortran_order(const at::Tensor& values, const std::vector<int64_t>& shape) {
  const std::vector<int64_t> turned(shape.rbegin(), shape.rend());
  std::vector<int64_t> order(shape.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int64_t>(order.size() - 1 - i);
  return values.reshape(turned).permute(order).contiguous();
}

at::ScalarType result_type(const Header& header, const std::string& source) {
  return header.descr.ends_with("b1") ? at::kBool : type_of(item_of(header.descr, source));
}

at::Tensor parse(std::string_view bytes, const std::string& source) {
  const auto header = read_header(bytes, source);
  const auto item = item_of(header.descr, source);
  const int64_t count = item_count(header, bytes.size() - header.data_start, item.size, source);
  auto values = read_items(bytes.substr(header.data_start), count, item, header.descr[0] == '>', source);
  if (header.descr.ends_with("b1")) values = values.ne(0);  // a byte other than 0 and 1 is no bool
  return header.fortran ? from_fortran_order(values, header.shape) : values.reshape(header.shape);
}

}  // namespace npy

at::Tensor read_npy(const std::filesystem::path& path) {
  const MappedFile file(path);
  return npy::parse(file.bytes(), path.string());
}

std::vector<int64_t> npy_shape(const std::filesystem::path& path) {
  const MappedFile file(path);
  return npy::read_header(file.bytes(), path.string()).shape;
}

void write_npy(const std::filesystem::path& path, const at::Tensor& tensor) {
  const auto bytes = npy::header_bytes(tensor.scalar_type(), tensor.sizes().vec(), path.string());
  const auto whole = tensor.contiguous();
  write_atomically(path, [&](const fs::path& temporary) {
    std::ofstream file(temporary, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.write(static_cast<const char*>(whole.data_ptr()), static_cast<std::streamsize>(whole.nbytes()));
    file.close();
    if (!file) fail(Fault::failed, "cannot write '{}' (is the disk full?)", path.string());
  });
}

}  // namespace arcuate
