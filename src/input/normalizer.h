// What a tokenizer does to text before it splits it, and to text that it has put together again.
#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "input/traced_text.h"

namespace arcuate {

struct Prepend {
  std::string text;  ///< put before every stretch that is not empty
};
struct Replace {
  std::string pattern;  ///< literal text to look for, not empty
  std::string content;  ///< what stands in its place
};

struct Normalizer {
  std::vector<std::variant<Prepend, Replace>> steps;  ///< in order

  TracedText apply(TracedText text) const;
  std::string apply(const std::string& text) const;
  bool prepends() const;
};

struct Strip {
  std::string content;  ///< what is taken away, not empty
  int64_t start = 0;    ///< at most so many times from the front
  int64_t stop = 0;     ///< at most so many times from the back
};

/// The steps after the tokens' texts were joined.
struct Decoder {
  std::vector<std::variant<Replace, Strip>> steps;  ///< in order

  std::string apply(std::string text) const;
};

}  // namespace arcuate
