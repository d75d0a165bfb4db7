// Within the io layer only: the tagged elements of which MAT-files consist.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/npy_header.h"

namespace arcuate::mat {

constexpr uint32_t matrix_type = 14, packed_type = 15;

struct Element {
  uint32_t type = 0;
  std::string_view data{};
};

/// Elements one after another in a piece of a file. Errors: input, without the name of the file.
class Elements {
 public:
  Elements(std::string_view bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}
  bool at_end() const { return at_ >= bytes_.size(); }
  size_t at() const { return at_; }
  /// Elements begin at multiples of 8 bytes, but behind packed ones.
  Element next();

 private:
  std::string_view bytes_;
  size_t at_ = 0;
  bool big_endian_;
};

uint32_t number_at(std::string_view bytes, size_t at, bool big_endian);

/// What stands before the numbers of a variable.
struct Variable {
  std::string name{};
  std::string kind{};            ///< "double", "struct", "complex single", …
  std::vector<int64_t> shape{};  ///< at least two sizes
  at::ScalarType type{};         ///< of a readable one
  bool readable = false;         ///< numbers or truth values, real and not sparse
  size_t begin = 0;              ///< of its numbers, within the element's data
};
/// data: of an element of matrix_type, or its beginning. Errors: input.
Variable read_variable(std::string_view data, bool big_endian);
/// The numbers. data: all of the element. Errors: input.
at::Tensor read_numbers(std::string_view data, const Variable& variable, bool big_endian);

}  // namespace arcuate::mat
