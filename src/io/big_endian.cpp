#include "io/big_endian.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>

#include "core/error.h"

namespace arcuate {

void BigEndianReader::need(uint64_t bytes, const char* what) const {
  if (bytes > left())
    bad_input("'{}' is truncated: {} bytes are expected at byte {} ({}), {} are left", source_, bytes, at_, what,
              left());
}

uint32_t BigEndianReader::integer_of_3_bytes(const char* what) {
  uint32_t value = 0;
  for (const char c : text(3, what)) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

int32_t BigEndianReader::integer(const char* what) {
  uint32_t value = 0;
  for (const char c : text(4, what)) value = value << 8 | static_cast<unsigned char>(c);
  return static_cast<int32_t>(value);
}

int64_t BigEndianReader::count(const char* what) {
  const size_t begin = at_;
  const auto value = integer(what);
  if (value < 0) bad_input("'{}': {} at byte {}: {} is negative", source_, what, begin, value);
  return value;
}

std::string_view BigEndianReader::text(int64_t bytes, const char* what) {
  need(static_cast<uint64_t>(bytes), what);
  at_ += static_cast<size_t>(bytes);
  return bytes_.substr(at_ - static_cast<size_t>(bytes), static_cast<size_t>(bytes));
}

std::string_view BigEndianReader::text_until(char end, const char* what) {
  const size_t found = bytes_.find(end, at_);
  if (found == bytes_.npos) bad_input("'{}' is truncated: {} from byte {} on do not end", source_, what, at_);
  const auto line = bytes_.substr(at_, found - at_);
  at_ = found + 1;
  return line;
}

at::Tensor BigEndianReader::numbers(int64_t count, at::ScalarType type, const char* what) {
  const size_t size = at::elementSize(type);
  const auto bytes = text(count * static_cast<int64_t>(size), what);
  auto tensor = at::empty({count}, type);
  auto* out = static_cast<char*>(tensor.data_ptr());
  for (size_t i = 0; i < bytes.size(); i += size) std::reverse_copy(&bytes[i], &bytes[i] + size, out + i);
  return tensor;
}

}  // namespace arcuate
