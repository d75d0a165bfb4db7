// Tokenizers of language models: text to token ids and back, as the model's own files define it.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/files.h"
#include "input/traced_text.h"

namespace arcuate {

/// Which tokens are put around a text.
enum class Special {
  none,       ///< the text only
  template_,  ///< what the tokenizer's template asks for, such as <s> before it
};

/// A token and the bytes of the text that it covers. A token that is a part of a character covers those of its bytes;
/// one from the template covers nothing; a space that the tokenizer itself put before the text counts for the character
/// after it.
struct TextToken {
  int64_t id = 0;   ///< its place in the vocabulary
  ByteRange range;  ///< what it covers
};

/// The names of all files of a model folder that say how text becomes tokens.
std::span<const char* const> tokenizer_file_names();

/// Running text whose words know their tokens.
struct TokenizedWords {
  std::vector<int64_t> ids{};
  std::vector<size_t> ends{};  ///< for each word, the number of tokens up to its last one; a word may have none
};

struct TokenizerParts;

/// Immutable, cheap to copy, and safe to use from several threads.
class Tokenizer {
 public:
  /// Reads tokenizer.json, else vocab.json + merges.txt, else encoder.json + vocab.bpe, else vocab.txt, and the special
  /// tokens from tokenizer_config.json, special_tokens_map.json and config.json. Errors: input, naming what is missing,
  /// broken or not supported.
  static Tokenizer load(const fs::path& model_folder);

  /// Errors: input, for text that is not UTF-8 (with the byte) and for characters that no token covers. Added tokens
  /// written out in the text ("<|endoftext|>") are recognised.
  std::vector<int64_t> encode(std::string_view text, Special special) const;
  std::vector<TextToken> encode_with_ranges(std::string_view text, Special special) const;

  /// One word of running text, never with the template's tokens. `with_leading_space`: the word follows another one.
  /// Tokenizers that mark a space before every text themselves (see marks_space) mark it in either case.
  std::vector<int64_t> encode_word(std::string_view word, bool with_leading_space) const;

  /// The words with one blank between them, as one text. A token belongs to the word in which its last byte that is not
  /// a blank lies, or else to the next word. Words that are empty, or that the normaliser takes away, have no token.
  TokenizedWords encode_words(std::span<const std::string> words) const;

  /// The text of `ids`; added tokens are written out. Ids that are parts of a character give its bytes, so the result
  /// need not be valid UTF-8 unless the ids are those of a whole text.
  std::string decode(std::span<const int64_t> ids) const;

  /// The tokens that begin and end a text, if the model's files name them.
  std::optional<int64_t> bos() const;
  std::optional<int64_t> eos() const;
  /// What the template puts before a text: [1] for LLaMA, nothing for GPT-2.
  std::vector<int64_t> template_prefix() const;
  /// What the template puts after a text: [102] for BERT ([SEP]), nothing for GPT-2.
  std::vector<int64_t> template_suffix() const;

  /// One more than the largest id.
  int64_t vocabulary_size() const;
  /// As it is written in the vocabulary ("Ġthe"); "" for an id that is not in use.
  std::string token(int64_t id) const;
  /// "byte-level BPE", "BPE with byte fallback", "BPE" or "WordPiece".
  std::string kind() const;
  /// Whether encode() itself puts a space before a text that has none.
  bool marks_space() const;

 private:
  explicit Tokenizer(TokenizerParts parts);
  void append_section(std::string_view text, ByteRange section, std::vector<TextToken>& tokens) const;
  void append_pieces(TracedText text, std::vector<TextToken>& tokens) const;
  void trim_ranges(std::string_view text, std::vector<TextToken>& tokens) const;
  std::string text_of(int64_t id) const;
  const std::string& checked_token(int64_t id) const;

  std::shared_ptr<const TokenizerParts> parts_;
};

}  // namespace arcuate
