#include "io/gifti_data.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "core/error.h"
#include "core/text.h"
#include "io/base64.h"
#include "io/inflate.h"
#include "io/table.h"

namespace arcuate {
namespace {

constexpr std::array types{
    GiftiType{"NIFTI_TYPE_UINT8", at::kByte, at::kByte},     GiftiType{"NIFTI_TYPE_INT8", at::kChar, at::kInt},
    GiftiType{"NIFTI_TYPE_INT16", at::kShort, at::kInt},     GiftiType{"NIFTI_TYPE_UINT16", at::kShort, at::kInt, true},
    GiftiType{"NIFTI_TYPE_INT32", at::kInt, at::kInt},       GiftiType{"NIFTI_TYPE_UINT32", at::kInt, at::kInt, true},
    GiftiType{"NIFTI_TYPE_INT64", at::kLong, at::kInt},      GiftiType{"NIFTI_TYPE_UINT64", at::kLong, at::kInt, true},
    GiftiType{"NIFTI_TYPE_FLOAT32", at::kFloat, at::kFloat}, GiftiType{"NIFTI_TYPE_FLOAT64", at::kDouble, at::kFloat}};

constexpr std::string_view blanks = " \t\r\n";

int64_t count_of(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (int64_t size : shape) count *= size;
  return count;
}

// ASCII

template <class T, class Parse>
at::Tensor numbers_of_text(std::string_view text, int64_t count, at::ScalarType type, Parse&& parse) {
  // Every number but the last takes two characters.
  if (static_cast<uint64_t>(count) > (text.size() + 1) / 2)
    bad_input("its shape needs {} values, too many for {} characters of data", count, text.size());
  const auto tensor = at::empty({count}, type);
  T* out = tensor.data_ptr<T>();
  int64_t found = 0;
  for (size_t at = text.find_first_not_of(blanks); at < text.size();) {
    const size_t end = std::min(text.find_first_of(blanks, at), text.size());
    const auto value = parse(text.substr(at, end - at));
    if (!value)
      bad_input("'{}', value {} of its data, is no number of its type", excerpt(text.substr(at, end - at)), found + 1);
    if (found < count) out[found] = static_cast<T>(*value);
    ++found;
    at = text.find_first_not_of(blanks, end);
  }
  if (found != count) bad_input("its shape needs {} values, {} found", count, found);
  return tensor;
}

at::Tensor read_ascii(std::string_view text, const GiftiType& type, int64_t count) {
  if (at::isFloatingType(type.stored)) return numbers_of_text<double>(text, count, at::kDouble, to_double);
  return numbers_of_text<int64_t>(text, count, at::kLong, to_integer);
}

// Binary

at::Tensor read_binary(std::string_view text, const GiftiLayout& layout, int64_t count) {
  const auto bytes = decode_base64(text);
  const uint64_t size = static_cast<uint64_t>(count) * at::elementSize(layout.type->stored);
  const bool packed = layout.encoding == GiftiEncoding::gzip_base64;
  if (packed && size / most_expansion > bytes.size())
    bad_input("its shape needs {} bytes of data, more than {} compressed bytes can hold", size, bytes.size());
  if (!packed && size != bytes.size()) bad_input("its shape needs {} bytes of data, {} found", size, bytes.size());
  auto tensor = at::empty({count}, layout.type->stored);
  if (packed)
    unpack(bytes, Wrapping::zlib_or_gzip, static_cast<char*>(tensor.data_ptr()), size);
  else
    std::memcpy(tensor.data_ptr(), bytes.data(), size);
  return tensor;
}

void swap_bytes(at::Tensor& tensor) {
  const auto size = static_cast<int64_t>(tensor.element_size());
  auto* data = static_cast<char*>(tensor.data_ptr());
  for (int64_t i = 0; size > 1 && i < tensor.numel(); ++i) std::reverse(data + i * size, data + (i + 1) * size);
}

// Numbers that were read as signed ones of their size.
at::Tensor widened(const at::Tensor& tensor) {
  const auto size = tensor.element_size();
  const auto wide = tensor.to(at::kLong);
  return size < 8 ? wide.bitwise_and((int64_t{1} << (8 * size)) - 1) : wide;
}

// To the types of the result

at::Tensor as_float(const at::Tensor& wide) {
  const auto values = wide.to(at::kFloat);
  if (wide.scalar_type() != at::kFloat && at::isinf(values).logical_and(at::isfinite(wide)).any().item<bool>())
    bad_input("it holds a number that is too large for float32");
  return values;
}

// A negative number of an unsigned type is one above 2^63 - 1, or text that does not fit the type.
at::Tensor as_integer(const at::Tensor& wide, const GiftiType& type) {
  const bool positive = type.is_unsigned || type.stored == at::kByte;
  const auto bits = std::min<size_t>(32, 8 * at::elementSize(type.stored));
  const int64_t reach = int64_t{1} << (positive ? bits : bits - 1);
  const int64_t lowest = positive ? 0 : -reach;
  const int64_t highest = std::min<int64_t>(reach - 1, std::numeric_limits<int32_t>::max());
  if (wide.min().item<int64_t>() < lowest || wide.max().item<int64_t>() > highest)
    bad_input("it holds {} to {}, from {} to {} expected of {}", wide.min().item<int64_t>(), wide.max().item<int64_t>(),
              lowest, highest, type.name);
  return wide.to(type.result);
}

at::Tensor in_shape(const at::Tensor& values, const GiftiLayout& layout) {
  if (!layout.column_major) return values.reshape(layout.shape);
  const std::vector<int64_t> turned(layout.shape.rbegin(), layout.shape.rend());
  std::vector<int64_t> order(turned.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int64_t>(order.size() - 1 - i);
  return values.reshape(turned).permute(order).contiguous();
}

}  // namespace

bool is_gifti_intent(std::string_view name) {
  return name.starts_with("NIFTI_INTENT_") &&
         name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == name.npos;
}

const GiftiType* find_gifti_type(std::string_view name) {
  const auto found = std::find_if(types.begin(), types.end(), [&](const GiftiType& type) { return name == type.name; });
  return found == types.end() ? nullptr : &*found;
}

at::Tensor decode_gifti_data(std::string_view text, const GiftiLayout& layout) {
  const GiftiType& type = *layout.type;
  const int64_t count = count_of(layout.shape);
  const bool ascii = layout.encoding == GiftiEncoding::ascii;
  auto values = ascii ? read_ascii(text, type, count) : read_binary(text, layout, count);
  if (!ascii && layout.big_endian) swap_bytes(values);
  if (!ascii && type.is_unsigned) values = widened(values);
  return in_shape(at::isFloatingType(type.stored) ? as_float(values) : as_integer(values, type), layout);
}

}  // namespace arcuate
