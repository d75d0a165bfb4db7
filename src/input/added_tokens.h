// Tokens that are looked for in the text before anything else, such as <|endoftext|>.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "input/traced_text.h"

namespace arcuate {

struct AddedToken {
  int64_t id = 0;            ///< its place in the vocabulary
  std::string content;       ///< what is looked for; not empty
  bool strip_left = false;   ///< takes the white space before it along
  bool strip_right = false;  ///< takes the white space after it along
  bool single_word = false;  ///< not found next to a letter, digit, mark or underscore
  bool normalized = false;   ///< looked for in the normalised text, not in the raw one
};

/// A stretch of text: an added token, or what lies between them.
struct Section {
  ByteRange range;            ///< never empty
  std::optional<int64_t> id;  ///< of the added token, if it is one
};

class AddedTokens {
 public:
  void add(AddedToken token);
  /// The leftmost token wins, and of those that begin there the longest. One that is refused as a part of a word keeps
  /// others from being found inside of it.
  std::vector<Section> split(std::string_view text) const;

 private:
  const AddedToken* longest_at(std::string_view text, size_t at) const;
  std::array<std::vector<AddedToken>, 256> by_first_byte_;  // each from long to short
};

}  // namespace arcuate
