#include "io/base64.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/error.h"
#include "io/table.h"

namespace arcuate {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t space = 64, padding = 65, foreign = 66;  // in place of a value of 6 bits

constexpr std::array<uint8_t, 256> make_values() {
  std::array<uint8_t, 256> values{};
  values.fill(foreign);
  for (size_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<uint8_t>(i);
  for (char c : std::string_view(" \t\r\n")) values[static_cast<unsigned char>(c)] = space;
  values['='] = padding;
  return values;
}
constexpr auto values = make_values();

// Groups of four characters of the alphabet from the beginning on, as many as there are; returns how many characters
// that were.
size_t decode_plain_groups(std::string_view text, char*& out) {
  size_t at = 0;
  for (; at + 4 <= text.size(); at += 4) {
    const auto value = [&](size_t k) -> uint32_t { return values[static_cast<unsigned char>(text[at + k])]; };
    const uint32_t a = value(0), b = value(1), c = value(2), d = value(3);
    if ((a | b | c | d) >= space) break;
    const uint32_t bits = a << 18 | b << 12 | c << 6 | d;
    *out++ = static_cast<char>(bits >> 16);
    *out++ = static_cast<char>(bits >> 8);
    *out++ = static_cast<char>(bits);
  }
  return at;
}

char byte_of(uint32_t bits, int shift) { return static_cast<char>(bits >> shift & 0xFF); }

}  // namespace

std::string encode_base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '=');
  char* out = text.data();
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t bits = 0;
    for (size_t k = 0; k < 3; ++k) bits = bits << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (size_t k = 0; k <= count; ++k) out[k] = alphabet[bits >> (18 - 6 * k) & 63];
    out += 4;
  }
  return text;
}

std::string decode_base64(std::string_view text) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  char* out = bytes.data();
  uint32_t bits = 0;
  int held = 0, padded = 0;  // characters of the current group of four; how many of them are '='
  for (size_t i = 0; i < text.size(); ++i) {
    if (held == 0 && padded == 0) i += decode_plain_groups(text.substr(i), out);
    if (i == text.size()) break;
    const uint8_t value = values[static_cast<unsigned char>(text[i])];
    if (value == space) continue;
    if (value == foreign) bad_input("no base64: '{}' at byte {}", excerpt(text.substr(i, 1)), i);
    if ((value == padding && held < 2) || (padded > 0 && (value != padding || held == 0)))
      bad_input("no base64: '{}' at byte {} is beside the padding that ends the data", text[i], i);
    padded += value == padding;
    bits = bits << 6 | (value == padding ? 0u : value);
    if (++held < 4) continue;
    for (int shift = 16; shift >= 8 * padded; shift -= 8) *out++ = byte_of(bits, shift);
    if (padded > 0 && (bits & ((1u << 8 * padded) - 1)) != 0)
      bad_input("no base64: the last character before the padding at byte {} holds bits of no byte", i);
    held = 0;
  }
  if (held > 0) bad_input("no base64: the data end within a group of four characters");
  bytes.resize(static_cast<size_t>(out - bytes.data()));
  return bytes;
}

}  // namespace arcuate
