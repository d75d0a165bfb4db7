// What a tokenizer is made of. Internal to Tokenizer and its readers.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "input/added_tokens.h"
#include "input/bpe.h"
#include "input/normalizer.h"
#include "input/pretokenizer.h"
#include "input/token_decoder.h"
#include "input/wordpiece.h"

namespace arcuate {

/// How ByteLevel and RobertaProcessing shorten the ranges of tokens by the spaces that these begin or end with.
struct TrimRanges {
  bool keep_first = true;  ///< a first space may be the tokenizer's own: a token at the beginning keeps one
};

struct TokenizerParts {
  std::variant<Bpe, WordPiece> model;                ///< vocabulary, and how pieces become tokens
  Normalizer normalizer{};                           ///< first step, after the raw added tokens are cut out
  PreTokenizer pretokenizer{};                       ///< second step
  TokenDecoder decoder{};                            ///< from tokens to text
  AddedTokens raw_added{};                           ///< looked for in the raw text
  AddedTokens normalized_added{};                    ///< looked for in the normalised text
  std::unordered_map<int64_t, std::string> added{};  ///< by id, as they are looked for
  std::optional<TrimRanges> trim{};                  ///< last step for ranges
  std::vector<int64_t> prefix{};                     ///< what the template puts before a text
  std::vector<int64_t> suffix{};                     ///< what the template puts after a text
  std::optional<int64_t> bos{};                      ///< begins a text
  std::optional<int64_t> eos{};                      ///< ends a text

  const Vocabulary& vocabulary() const {
    return std::visit([](const auto& kind) -> const Vocabulary& { return kind.vocabulary(); }, model);
  }
  /// Puts a token among those that are looked for, after `normalizer` is complete.
  void add(AddedToken token) {
    if (token.normalized) token.content = normalizer.apply(token.content);
    added[token.id] = token.content;
    if (token.content.empty()) return;  // normalised away: never found
    (token.normalized ? normalized_added : raw_added).add(std::move(token));
  }
};

}  // namespace arcuate
