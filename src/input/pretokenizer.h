// Cuts normalised text into the pieces that a model of sub-words takes one by one, and spells bytes as letters where
// the vocabulary does.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "input/pattern.h"
#include "input/traced_text.h"

namespace arcuate {

/// A text and the ends of its pieces; the last end is the text's.
struct Pieces {
  TracedText source;         ///< all pieces in a row
  std::vector<size_t> ends;  ///< ascending
};

/// What becomes of the matches at which a text is cut.
enum class Matches { isolated, removed, contiguous, with_previous, with_next };

struct Split {
  Pattern pattern;
  Matches matches = Matches::isolated;
  bool invert = false;  ///< what lies between the matches counts as a match, and the matches do not
};
struct ByteLetters {
  bool prefix_space = false;       ///< a space before every piece that does not start with one
  std::optional<Pattern> split{};  ///< cuts after that, each match a piece
};
enum class PrependSpace { always, first, never };
struct Metaspace {
  std::string space = "\u2581";                 ///< stands for a blank
  PrependSpace prepend = PrependSpace::always;  ///< before which pieces one is put; `first`: the beginning of the text
  std::optional<Split> split{};                 ///< cuts before each of them
};

struct PreTokenizer {
  std::vector<std::variant<Split, ByteLetters, Metaspace>> steps{};  ///< each takes the pieces of the one before

  Pieces apply(TracedText text) const;
  /// Whether the pieces are bytes that are spelt as letters.
  bool spells_bytes() const;
  /// Whether a space is put before a text that has none.
  bool prepends() const;
};

/// How GPT-2 splits words, numbers, punctuation and white space.
Pattern gpt2_pattern();

/// One character of category P, or one of ASCII's symbols.
Pattern punctuation_pattern();

/// BERT's: words between white space, punctuation apart.
PreTokenizer bert_pretokenizer();

/// The letter that stands for a byte in byte-level vocabularies: itself if it is a visible Latin-1 character,
/// else one of U+0100…U+0143.
std::string_view byte_letter(unsigned char byte);

/// The bytes that a byte-level token spells, or nothing if one of its characters is no byte's letter.
std::optional<std::string> bytes_of_letters(std::string_view token);

}  // namespace arcuate
