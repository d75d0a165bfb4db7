#include "io/mat_element.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <optional>

#include "core/error.h"
#include "core/text.h"
#include "io/table.h"

namespace arcuate::mat {
namespace {

constexpr size_t tag_size = 8, alignment = 8;
constexpr size_t most_dimensions = 64;

// As stored; unsigned ones as the signed type of their size.
std::optional<npy::Item> stored_item(uint32_t type) {
  switch (type) {
    case 1:
      return npy::Item{at::kChar, 1};
    case 2:
      return npy::Item{at::kByte, 1};
    case 3:
      return npy::Item{at::kShort, 2};
    case 4:
      return npy::Item{at::kShort, 2, true};
    case 5:
      return npy::Item{at::kInt, 4};
    case 6:
      return npy::Item{at::kInt, 4, true};
    case 7:
      return npy::Item{at::kFloat, 4};
    case 9:
      return npy::Item{at::kDouble, 8};
    case 12:
      return npy::Item{at::kLong, 8};
    case 13:
      return npy::Item{at::kLong, 8, true};
    default:
      return std::nullopt;
  }
}

// Classes of variables, from 1.
struct Class {
  const char* name;
  at::ScalarType type;
  bool numbers = true;
};
constexpr std::array classes{Class{"cell", at::kByte, false},
                             Class{"struct", at::kByte, false},
                             Class{"object", at::kByte, false},
                             Class{"char", at::kByte, false},
                             Class{"sparse", at::kByte, false},
                             Class{"double", at::kDouble},
                             Class{"single", at::kFloat},
                             Class{"int8", at::kChar},
                             Class{"uint8", at::kByte},
                             Class{"int16", at::kShort},
                             Class{"uint16", at::kLong},
                             Class{"int32", at::kInt},
                             Class{"uint32", at::kLong},
                             Class{"int64", at::kLong},
                             Class{"uint64", at::kLong},
                             Class{"function", at::kByte, false},
                             Class{"object of a class", at::kByte, false}};

std::vector<int64_t> read_shape(const Element& element, bool big_endian) {
  constexpr uint32_t int32 = 5, uint32 = 6;  // some programs take the second
  if ((element.type != int32 && element.type != uint32) || element.data.size() % 4 != 0 || element.data.size() < 8 ||
      element.data.size() / 4 > most_dimensions)
    bad_input("its dimensions are broken");
  std::vector<int64_t> shape;
  int64_t count = 1;
  for (size_t i = 0; i < element.data.size(); i += 4) {
    const auto size = static_cast<int32_t>(number_at(element.data, i, big_endian));
    if (size < 0) bad_input("dimension {} is {}, at least 0 expected", shape.size() + 1, size);
    shape.push_back(size);
    const int64_t n = std::max<int64_t>(size, 1);
    if (count > std::numeric_limits<int64_t>::max() / 16 / n) bad_input("it announces more values than can be counted");
    count *= n;
  }
  return shape;
}

// Values of an integer type must fit it: a conversion would say nothing.
void check_range(const at::Tensor& values, const Variable& variable) {
  const auto bits = 8 * at::elementSize(variable.type);
  if (bits == 64 || values.numel() == 0) return;
  const bool positive = variable.type == at::kByte;
  const int64_t reach = int64_t{1} << (positive ? bits : bits - 1), lowest = positive ? 0 : -reach;
  const auto found_lowest = values.min().item<int64_t>(), found_highest = values.max().item<int64_t>();
  if (found_lowest < lowest || found_highest >= reach)
    bad_input("it holds {} to {}, which {} cannot", found_lowest, found_highest, variable.kind);
}

at::Tensor as_class(const at::Tensor& values, const Variable& variable) {
  if (variable.type == at::kBool) return values.ne(0);
  if (at::isIntegralType(variable.type, false)) {
    if (!at::isIntegralType(values.scalar_type(), false))
      bad_input("its {} numbers are stored as floats", variable.kind);
    check_range(values, variable);
  }
  return values.to(variable.type);
}

}  // namespace

uint32_t number_at(std::string_view bytes, size_t at, bool big_endian) {
  char own[4];
  std::memcpy(own, bytes.data() + at, 4);
  if (big_endian) std::reverse(own, own + 4);
  uint32_t value = 0;
  std::memcpy(&value, own, 4);
  return value;
}

Element Elements::next() {
  if (bytes_.size() - at_ < tag_size) bad_input("it ends within an element at byte {}", at_);
  const uint32_t first = number_at(bytes_, at_, big_endian_);
  if (const uint32_t small = first >> 16; small != 0) {  // size, type and data in one tag
    if (small > 4) bad_input("a short element at byte {} says that it has {} bytes, at most 4 expected", at_, small);
    const Element element{first & 0xFFFF, bytes_.substr(at_ + 4, small)};
    at_ += tag_size;
    return element;
  }
  const uint64_t size = number_at(bytes_, at_ + 4, big_endian_), begin = at_ + tag_size;
  if (size > bytes_.size() - begin)
    bad_input("an element at byte {} says that it has {} bytes, but {} follow", at_, size, bytes_.size() - begin);
  at_ = begin + size;
  if (first != packed_type) at_ = std::min((at_ + alignment - 1) / alignment * alignment, bytes_.size());
  return {first, bytes_.substr(begin, size)};
}

Variable read_variable(std::string_view data, bool big_endian) {
  constexpr uint32_t uint32 = 6, opaque_class = 17;
  constexpr uint32_t logical = 0x200, complex = 0x800;
  Elements elements(data, big_endian);
  const auto flags = elements.next();
  if (flags.type != uint32 || flags.data.size() != 8) bad_input("its flags are broken");
  const uint32_t word = number_at(flags.data, 0, big_endian), code = word & 0xFF;
  if (code < 1 || code > classes.size()) bad_input("it is of class {}, which is none", code);
  const auto& [kind, type, numbers] = classes[code - 1];
  Variable variable{.kind = kind, .type = type, .readable = numbers};
  if (word & complex) variable.kind = "complex " + variable.kind, variable.readable = false;
  if (numbers && word & logical) variable.kind = "logical", variable.type = at::kBool;
  if (code != opaque_class) variable.shape = read_shape(elements.next(), big_endian);
  variable.name = elements.next().data;
  if (invalid_utf8(variable.name)) bad_input("its name is no text: '{}'", excerpt(variable.name));
  variable.begin = elements.at();
  return variable;
}

at::Tensor read_numbers(std::string_view data, const Variable& variable, bool big_endian) {
  Elements elements(data.substr(variable.begin), big_endian);
  const auto element = elements.next();
  const auto item = stored_item(element.type);
  if (!item) bad_input("its numbers are of type {}, which is none", element.type);
  int64_t count = 1;
  for (const int64_t size : variable.shape) count *= size;
  const uint64_t bytes = static_cast<uint64_t>(count) * static_cast<uint64_t>(item->size);
  if (bytes != element.data.size()) bad_input("its shape needs {} bytes of data, {} found", bytes, element.data.size());
  if (!elements.at_end()) bad_input("it goes on after its numbers");
  const auto values = as_class(npy::read_items(element.data, count, *item, big_endian, variable.name), variable);
  return npy::from_fortran_order(values, variable.shape);
}

}  // namespace arcuate::mat
