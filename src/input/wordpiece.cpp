#include "input/wordpiece.h"

#include <algorithm>

#include "core/error.h"

namespace arcuate {
namespace {

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

size_t characters(std::string_view text) {
  return text.size() - static_cast<size_t>(std::count_if(text.begin(), text.end(), continues_character));
}

}  // namespace

WordPiece::WordPiece(Vocabulary vocabulary, WordPieceOptions options, const std::string& place)
    : vocabulary_(std::move(vocabulary)), options_(std::move(options)) {
  const auto unknown = vocabulary_.find(options_.unknown);
  if (!unknown) bad_input("{}: the unknown token '{}' is not in the vocabulary", place, options_.unknown);
  unknown_ = *unknown;
  for (int64_t id = 0; id < vocabulary_.size(); ++id)
    longest_token_ = std::max(longest_token_, vocabulary_.token(id).size());
}

Subword WordPiece::longest_at(std::string_view word, size_t at) const {
  std::string candidate = at > 0 ? options_.continuing : "";
  const size_t prefix = candidate.size();
  candidate += word.substr(at, longest_token_);
  for (size_t length = candidate.size() - prefix; length > 0; --length) {
    if (at + length < word.size() && continues_character(word[at + length])) continue;
    if (const auto id = vocabulary_.find_piece(std::string_view(candidate).substr(0, prefix + length)))
      return {*id, length};
  }
  return {};
}

std::vector<Subword> WordPiece::encode(std::string_view word) const {
  if (characters(word) > options_.longest_word) return {{unknown_, word.size()}};
  std::vector<Subword> tokens;
  for (size_t at = 0; at < word.size(); at += tokens.back().length) {
    tokens.push_back(longest_at(word, at));
    if (tokens.back().id < 0) return {{unknown_, word.size()}};
  }
  return tokens;
}

}  // namespace arcuate
