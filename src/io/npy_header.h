// Within the io layer only: what stands before the data of a .npy file.
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

}  // namespace arcuate::npy
