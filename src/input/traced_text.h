// Text that remembers which bytes of the original it was made from, so that tokens can be traced back.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/text.h"

namespace arcuate {

/// Bytes begin..end-1 of a text.
struct ByteRange {
  size_t begin = 0;  ///< first byte
  size_t end = 0;    ///< one after the last byte
};

struct TracedText {
  std::string text;             ///< the text as it is now
  std::vector<ByteRange> from;  ///< for each byte of `text`, what it stands for in the original

  /// Adds text of which every byte stands for `origin`.
  void append(std::string_view added, ByteRange origin) {
    text += added;
    from.insert(from.end(), added.size(), origin);
  }
  void append(const TracedText& other, ByteRange part) {
    text.append(other.text, part.begin, part.end - part.begin);
    from.insert(from.end(), other.from.begin() + static_cast<ptrdiff_t>(part.begin),
                other.from.begin() + static_cast<ptrdiff_t>(part.end));
  }
  TracedText slice(ByteRange part) const {
    TracedText result;
    result.append(*this, part);
    return result;
  }
  /// What the first character of a text that is not empty stands for.
  ByteRange first_character() const {
    size_t end = 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    return origin({0, end});
  }
  /// For each character, calls `body(character, what it stands for)`; `text` must be valid UTF-8.
  template <class Body>
  void for_each_character(Body body) const;
  /// What a non-empty part of `text` stands for in the original.
  ByteRange origin(ByteRange part) const { return {from[part.begin].begin, from[part.end - 1].end}; }
};

template <class Body>
void TracedText::for_each_character(Body body) const {
  size_t at = 0;
  for (const char32_t c : code_points(text)) {
    const size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    body(c, origin({at, at + length}));
    at += length;
  }
}

/// `part` of the original as it stands.
inline TracedText trace(std::string_view original, ByteRange part) {
  TracedText result{std::string(original.substr(part.begin, part.end - part.begin)), {}};
  result.from.reserve(result.text.size());
  for (size_t i = part.begin; i < part.end; ++i) result.from.push_back({i, i + 1});
  return result;
}

}  // namespace arcuate
