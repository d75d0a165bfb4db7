// Within the io layer only: a .npy file in memory, and numbers in either byte order.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace arcuate::npy {

struct Header {
  std::string descr{};
  bool fortran = false;
  std::vector<int64_t> shape{};
  size_t data_start = 0;
};
/// bytes: of the file, from its first. Errors: input.
Header read_header(std::string_view bytes, const std::string& source);

struct Item {
  at::ScalarType type;  ///< As stored; unsigned items as the signed type of their size.
  int64_t size;
  bool is_unsigned = false;
};
/// Errors: input, for items that are not read.
Item item_of(const std::string& descr, const std::string& source);

/// How many items there are. Errors: input, unless `available` bytes are what they take.
int64_t item_count(const Header& header, size_t available, int64_t item_size, const std::string& source);

/// `count` items as a tensor of one dimension; unsigned ones of 2 bytes and more as int64.
/// Errors: input, for a number above 2^63 - 1. bytes: count x item.size.
at::Tensor read_items(std::string_view bytes, int64_t count, const Item& item, bool big_endian,
                      const std::string& source);
/// The type of read_items.
at::ScalarType type_of(const Item& item);

/// Numbers whose first index runs fastest, in C order. values: one dimension.
at::Tensor from_fortran_order(const at::Tensor& values, const std::vector<int64_t>& shape);

/// A whole file. Errors: input.
at::Tensor parse(std::string_view bytes, const std::string& source);
/// The type of what parse gives. Errors: input.
at::ScalarType result_type(const Header& header, const std::string& source);

/// What stands before the items of a C-ordered file of version 1.0. Errors: failed, naming `name`, for other types than
/// float32, float64, int64, int32 and uint8.
std::string header_bytes(at::ScalarType type, const std::vector<int64_t>& shape, const std::string& name);

}  // namespace arcuate::npy
