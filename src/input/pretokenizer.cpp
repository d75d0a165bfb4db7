// PreTokenizer and the byte alphabet.
#include "input/pretokenizer.h"

#include <array>

#include "core/text.h"

namespace arcuate {
namespace {

constexpr bool is_visible(int byte) {
  return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || (byte >= 0xAE && byte <= 0xFF);
}

struct ByteAlphabet {
  std::array<std::string, 256> letter;
  std::array<int, 0x144> byte{};  // by the letter's code point; -1: no letter
};

ByteAlphabet make_alphabet() {
  ByteAlphabet alphabet;
  alphabet.byte.fill(-1);
  char32_t next_hidden = 0x100;
  for (int byte = 0; byte < 256; ++byte) {
    const char32_t letter = is_visible(byte) ? static_cast<char32_t>(byte) : next_hidden++;
    alphabet.letter[static_cast<size_t>(byte)] = to_utf8(letter);
    alphabet.byte[letter] = byte;
  }
  return alphabet;
}

const ByteAlphabet& alphabet() {
  static const ByteAlphabet table = make_alphabet();
  return table;
}

void refine(const Pattern& pattern, Pieces& pieces) {
  std::vector<size_t> finer;
  size_t begin = 0;
  for (const size_t end : pieces.ends) {
    pattern.cut(std::string_view(pieces.source.text).substr(begin, end - begin), begin, finer);
    begin = end;
  }
  pieces.ends = std::move(finer);
}

// Rebuilds every piece through `rewrite(source, range, result)`.
template <class Rewrite>
void rewrite_pieces(Pieces& pieces, Rewrite rewrite) {
  Pieces result;
  size_t begin = 0;
  for (const size_t end : pieces.ends) {
    rewrite(pieces.source, ByteRange{begin, end}, result.source);
    result.ends.push_back(result.source.text.size());
    begin = end;
  }
  pieces = std::move(result);
}

void add_prefix_space(const TracedText& source, ByteRange piece, TracedText& result) {
  if (source.text[piece.begin] != ' ') result.append(" ", source.slice(piece).first_character());
  result.append(source, piece);
}

void spell_bytes(const TracedText& source, ByteRange piece, TracedText& result) {
  for (size_t i = piece.begin; i < piece.end; ++i)
    result.append(byte_letter(static_cast<unsigned char>(source.text[i])), source.from[i]);
}

}  // namespace

Pieces PreTokenizer::apply(TracedText text) const {
  if (text.text.empty()) return {};
  Pieces pieces{std::move(text), {}};
  pieces.ends = {pieces.source.text.size()};
  for (const Pattern& split : splits) refine(split, pieces);
  if (prefix_space) rewrite_pieces(pieces, add_prefix_space);
  if (last_split) refine(*last_split, pieces);
  if (byte_letters) rewrite_pieces(pieces, spell_bytes);
  return pieces;
}

Pattern gpt2_pattern() {
  return Pattern(R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)");
}

std::string_view byte_letter(unsigned char byte) { return alphabet().letter[byte]; }

std::optional<std::string> bytes_of_letters(std::string_view token) {
  std::string bytes;
  for (const char32_t letter : code_points(token)) {
    if (letter >= alphabet().byte.size() || alphabet().byte[letter] < 0) return std::nullopt;
    bytes += static_cast<char>(alphabet().byte[letter]);
  }
  return bytes;
}

}  // namespace arcuate
