// Bytes from first to last, numbers with their most significant byte first, every size checked before memory is asked
// for. Errors: input, with the byte at which the file ends and what was expected there.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace arcuate {

class BigEndianReader {
 public:
  BigEndianReader(std::string_view bytes, std::string source) : bytes_(bytes), source_(std::move(source)) {}

  size_t at() const { return at_; }
  size_t left() const { return bytes_.size() - at_; }

  uint32_t integer_of_3_bytes(const char* what);
  int32_t integer(const char* what);
  /// Not negative. Errors: as above, and for what is negative.
  int64_t count(const char* what);
  std::string_view text(int64_t bytes, const char* what);
  /// Up to and without the next `end`, which is taken too.
  std::string_view text_until(char end, const char* what);
  /// `count` numbers of type float32, int32 or int16. The number of bytes that are left must suffice.
  at::Tensor numbers(int64_t count, at::ScalarType type, const char* what);

 private:
  void need(uint64_t bytes, const char* what) const;
  std::string_view bytes_;
  std::string source_;
  size_t at_ = 0;
};

}  // namespace arcuate
