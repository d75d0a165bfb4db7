// Cuts normalised text into the pieces inside which merges happen, and spells bytes as letters where the vocabulary
// does.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "input/pattern.h"
#include "input/traced_text.h"

namespace arcuate {

/// A text and the ends of its pieces; the last end is the text's.
struct Pieces {
  TracedText source;         ///< all pieces in a row
  std::vector<size_t> ends;  ///< ascending
};

struct PreTokenizer {
  std::vector<Pattern> splits;        ///< each cuts the pieces of the one before
  bool prefix_space = false;          ///< a space before every piece that does not start with one
  std::optional<Pattern> last_split;  ///< cuts after the prefix space
  bool byte_letters = false;          ///< bytes are spelt as letters, as in a byte-level vocabulary

  Pieces apply(TracedText text) const;
};

/// How GPT-2 splits words, numbers, punctuation and white space.
Pattern gpt2_pattern();

/// The letter that stands for a byte in byte-level vocabularies: itself if it is a visible Latin-1 character,
/// else one of U+0100…U+0143.
std::string_view byte_letter(unsigned char byte);

/// The bytes that a byte-level token spells, or nothing if one of its characters is no byte's letter.
std::optional<std::string> bytes_of_letters(std::string_view token);

}  // namespace arcuate
