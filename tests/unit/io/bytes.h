// Big-endian bytes, for tests of formats that have them.
#pragma once
#include <bit>
#include <cstdint>
#include <initializer_list>
#include <string>

namespace arcuate::test {

inline std::string big(std::initializer_list<int64_t> numbers) {
  std::string bytes;
  for (const auto number : numbers)
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(static_cast<uint32_t>(number) >> shift);
  return bytes;
}

inline std::string big_floats(std::initializer_list<float> numbers) {
  std::string bytes;
  for (const auto number : numbers) bytes += big({std::bit_cast<int32_t>(number)});
  return bytes;
}

}  // namespace arcuate::test
