// From the texts of tokens back to a text.
#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace arcuate {

struct ReplaceInToken {
  std::string pattern;  ///< literal text to look for, not empty
  std::string content;  ///< what stands in its place
};
struct StripToken {
  std::string content;  ///< what is taken away, not empty
  int64_t start = 0;    ///< at most so many times from the front
  int64_t stop = 0;     ///< at most so many times from the back
};
struct Fuse {};  ///< all tokens become one
struct JoinWordPieces {
  std::string continuing = "##";  ///< taken from tokens that go on with a word; a blank comes before the others
  bool clean_up = true;           ///< no blank before punctuation and English contractions
};
struct JoinMetaspace {
  std::string space;       ///< what stands for a blank
  bool drop_first = true;  ///< none in the first token
};

struct TokenDecoder {
  std::vector<std::variant<ReplaceInToken, StripToken, Fuse, JoinWordPieces, JoinMetaspace>> steps{};  ///< in order
  bool byte_letters = false;  ///< tokens spell their bytes as letters

  std::string apply(std::vector<std::string> tokens) const;
};

}  // namespace arcuate
