#include "io/nifti_types.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "core/error.h"

namespace arcuate {
namespace {

constexpr std::array types{
    NiftiType{2, "uint8", 1, at::kByte, at::kFloat},       NiftiType{4, "int16", 2, at::kShort, at::kFloat},
    NiftiType{8, "int32", 4, at::kInt, at::kDouble},       NiftiType{16, "float32", 4, at::kFloat, at::kFloat},
    NiftiType{64, "float64", 8, at::kDouble, at::kDouble}, NiftiType{256, "int8", 1, at::kChar, at::kFloat},
    NiftiType{512, "uint16", 2, at::kInt, at::kFloat},     NiftiType{768, "uint32", 4, at::kLong, at::kDouble},
    NiftiType{1024, "int64", 8, at::kLong, at::kDouble},   NiftiType{1280, "uint64", 8, at::kLong, at::kDouble}};

constexpr std::array refused{std::pair{1, "binary"},      std::pair{32, "complex64"},    std::pair{128, "RGB24"},
                             std::pair{1536, "float128"}, std::pair{1792, "complex128"}, std::pair{2048, "complex256"},
                             std::pair{2304, "RGBA32"}};

template <class Number, bool swapped>
Number number_at(const char* bytes) {
  char own[sizeof(Number)];
  std::memcpy(own, bytes, sizeof(Number));
  if constexpr (swapped) std::reverse(own, own + sizeof(Number));
  Number number;
  std::memcpy(&number, own, sizeof(Number));
  return number;
}

// Whether no finite number can leave the range of the values.
template <class Number, class Value>
bool always_fits(const NiftiNumbers& numbers) {
  if constexpr (std::is_integral_v<Value>) return !std::is_same_v<Number, uint64_t>;
  const auto reach = std::abs(numbers.slope) * static_cast<double>(std::numeric_limits<Number>::max());
  return reach + std::abs(numbers.intercept) <= static_cast<double>(std::numeric_limits<Value>::max());
}

// Whether every number could be held.
template <bool swapped, class Number, class Value>
bool convert(const char* from, int64_t count, const NiftiNumbers& numbers, Value* to) {
  const auto number = [&](int64_t i) {
    return number_at<Number, swapped>(from + static_cast<size_t>(i) * sizeof(Number));
  };
  if constexpr (std::is_integral_v<Value>)
    for (int64_t i = 0; i < count; ++i) to[i] = static_cast<Value>(number(i));
  else
    for (int64_t i = 0; i < count; ++i)
      to[i] = static_cast<Value>(numbers.slope * static_cast<double>(number(i)) + numbers.intercept);
  if (always_fits<Number, Value>(numbers)) return true;
  bool held = true;
  for (int64_t i = 0; i < count; ++i) {
    if constexpr (std::is_integral_v<Value>)
      held &= to[i] >= 0;  // uint64 that became int64
    else
      held &= std::isfinite(to[i]) || !std::isfinite(static_cast<double>(number(i)));
  }
  return held;
}

template <class Number, class Value>
bool convert_into(const at::Tensor& to, int64_t begin, int64_t count, const char* from, const NiftiNumbers& numbers) {
  auto* const out = to.data_ptr<Value>() + begin;
  return numbers.swapped ? convert<true, Number>(from, count, numbers, out)
                         : convert<false, Number>(from, count, numbers, out);
}

using Convert = bool (*)(const at::Tensor&, int64_t, int64_t, const char*, const NiftiNumbers&);

// To float32 and float64, or to the type that holds such numbers as they are.
template <class Number, class Plain>
Convert converter_to(at::ScalarType result) {
  if (result == at::kFloat) return convert_into<Number, float>;
  if (result == at::kDouble) return convert_into<Number, double>;
  return convert_into<Number, Plain>;
}

Convert converter(const NiftiType& type, at::ScalarType result) {
  switch (type.code) {
    case 2:
      return converter_to<uint8_t, uint8_t>(result);
    case 4:
      return converter_to<int16_t, int16_t>(result);
    case 8:
      return converter_to<int32_t, int32_t>(result);
    case 16:
      return converter_to<float, float>(result);
    case 64:
      return converter_to<double, double>(result);
    case 256:
      return converter_to<int8_t, int8_t>(result);
    case 512:
      return converter_to<uint16_t, int32_t>(result);
    case 768:
      return converter_to<uint32_t, int64_t>(result);
    case 1024:
      return converter_to<int64_t, int64_t>(result);
    default:
      return converter_to<uint64_t, int64_t>(result);
  }
}

void read_bytes(ByteStream& stream, void* to, uint64_t count) {
  if (const auto found = stream.read(to, count); found < count)
    bad_input("'{}' is truncated: {} more bytes of data expected, {} found", stream.source(), count, found);
}

bool stored_as(const NiftiType& type, at::ScalarType scalar) {
  constexpr int uint64_code = 1280;  // as large as int64, but not the same
  return type.plain == scalar && type.size == at::elementSize(scalar) && type.code != uint64_code;
}

}  // namespace

const NiftiType* find_nifti_type(int code) {
  const auto found = std::find_if(types.begin(), types.end(), [&](const NiftiType& type) { return type.code == code; });
  return found == types.end() ? nullptr : &*found;
}

const NiftiType* nifti_type_of(at::ScalarType scalar) {
  for (const auto& type : types)
    if (stored_as(type, scalar)) return &type;
  return nullptr;
}

const char* refused_nifti_type(int code) {
  for (const auto& [known, name] : refused)
    if (known == code) return name;
  return "unknown";
}

void read_nifti_numbers(ByteStream& stream, const NiftiNumbers& numbers, const at::Tensor& to) {
  const auto& type = *numbers.type;
  if (!numbers.swapped && !numbers.scaled() && stored_as(type, to.scalar_type())) {
    read_bytes(stream, to.data_ptr(), to.nbytes());
    return;
  }
  constexpr int64_t piece = 1 << 15;
  std::string buffer(static_cast<size_t>(std::min(piece, to.numel())) * type.size, '\0');
  const auto convert = converter(type, to.scalar_type());
  for (int64_t begin = 0; begin < to.numel(); begin += piece) {
    const auto count = std::min(piece, to.numel() - begin);
    read_bytes(stream, buffer.data(), static_cast<uint64_t>(count) * type.size);
    if (!convert(to, begin, count, buffer.data(), numbers))
      bad_input("'{}' holds a number that is too large for {}", stream.source(),
                to.scalar_type() == at::kFloat ? "float32" : "float64 or int64");
  }
}

}  // namespace arcuate
