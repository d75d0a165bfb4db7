// WordPiece: the longest tokens from the left, as in BERT.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "input/subword.h"
#include "input/vocabulary.h"

namespace arcuate {

struct WordPieceOptions {
  std::string unknown = "[UNK]";  ///< token of a word that cannot be put together from tokens
  std::string continuing = "##";  ///< stands before tokens that do not begin a word
  size_t longest_word = 100;      ///< in characters; longer words are unknown
};

/// Devlin et al. 2019, "BERT"; the search is that of Wu et al. 2016, "Google's neural machine translation system",
/// §4.1.
class WordPiece {
 public:
  /// Errors: input, naming `place`, if the unknown token is not in the vocabulary.
  WordPiece(Vocabulary vocabulary, WordPieceOptions options, const std::string& place);

  /// The tokens of one word of valid UTF-8.
  std::vector<Subword> encode(std::string_view word) const;

  const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  Subword longest_at(std::string_view word, size_t at) const;

  Vocabulary vocabulary_;
  WordPieceOptions options_;
  int64_t unknown_ = 0;
  size_t longest_token_ = 0;  // bytes
};

}  // namespace arcuate
