// Byte-pair encoding: a vocabulary, and merges applied by rank to one piece of text.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "input/subword.h"
#include "input/vocabulary.h"

namespace arcuate {

struct MergeRule {
  std::string left, right;  ///< two tokens that become one
  size_t number = 0;        ///< its line or position in the file, for messages
};

struct BpeOptions {
  std::optional<int64_t> unknown{};  ///< token for characters outside of the vocabulary
  bool fuse_unknown = false;         ///< neighbouring unknown characters become one token
  bool byte_fallback = false;        ///< unknown characters become their bytes' tokens <0x00>…<0xFF>
  bool ignore_merges = false;        ///< a piece that is a token as a whole is not merged step by step
};

class Bpe {
 public:
  using Token = Subword;

  /// `merges` from first to last. Errors: input, for every merge of tokens that do not exist; `place` and the
  /// merge's number name it ("'merges.txt', line" 7).
  Bpe(Vocabulary vocabulary, std::span<const MergeRule> merges, BpeOptions options, const std::string& place);

  /// The tokens of one piece of valid UTF-8; n log n in its length.
  std::vector<Token> encode(std::string_view piece) const;
  /// The byte that a token such as <0x0A> stands for, if byte fallback is on.
  std::optional<char> fallback_byte(int64_t id) const;

  const Vocabulary& vocabulary() const { return vocabulary_; }
  const BpeOptions& options() const { return options_; }

 private:
  struct Merge {
    size_t rank;
    int64_t id;
  };
  struct Merging;
  const Merge* find_merge(int64_t left, int64_t right) const;
  std::vector<Token> characters(std::string_view piece) const;
  bool append_bytes(std::string_view character, std::vector<Token>& tokens) const;
  void append_unknown(size_t length, bool after_unknown, std::vector<Token>& tokens) const;

  Vocabulary vocabulary_;
  BpeOptions options_;
  std::unordered_map<uint64_t, Merge> merges_;
  std::array<int64_t, 256> byte_ids_{};  // -1: not in the vocabulary
};

}  // namespace arcuate
