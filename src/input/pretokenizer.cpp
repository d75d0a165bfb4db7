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

// Each match and each gap a piece.
void refine(const Pattern& pattern, Pieces& pieces) {
  std::vector<size_t> finer;
  size_t begin = 0;
  for (const size_t end : pieces.ends) {
    for (const auto& stretch : pattern.stretches(std::string_view(pieces.source.text).substr(begin, end - begin)))
      finer.push_back(begin + stretch.range.end);
    begin = end;
  }
  pieces.ends = std::move(finer);
}

// The stretches of a text as pieces; `invert` and `matches` as in Split.
std::vector<ByteRange> cut(const Split& split, std::string_view text) {
  std::vector<ByteRange> ranges;
  bool after_match = false;
  for (const auto& stretch : split.pattern.stretches(text)) {
    const bool match = stretch.match != split.invert;
    const bool first = ranges.empty();
    const bool joins = (split.matches == Matches::contiguous && match == after_match) ||
                       (split.matches == Matches::with_previous && match && !after_match) ||
                       (split.matches == Matches::with_next && !match && after_match);
    if (joins && !first) {
      ranges.back().end = stretch.range.end;
    } else if (!match || split.matches != Matches::removed) {
      ranges.push_back(stretch.range);
    }
    after_match = match;
  }
  return ranges;
}

void apply_step(const Split& split, Pieces& pieces) {
  Pieces result;
  size_t begin = 0;
  for (const size_t end : pieces.ends) {
    for (const auto range : cut(split, std::string_view(pieces.source.text).substr(begin, end - begin))) {
      if (split.matches == Matches::removed)
        result.source.append(pieces.source, {begin + range.begin, begin + range.end});
      result.ends.push_back(split.matches == Matches::removed ? result.source.text.size() : begin + range.end);
    }
    begin = end;
  }
  if (split.matches != Matches::removed) result.source = std::move(pieces.source);
  pieces = std::move(result);
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

void apply_step(const ByteLetters& step, Pieces& pieces) {
  if (step.prefix_space) rewrite_pieces(pieces, add_prefix_space);
  if (step.split) refine(*step.split, pieces);
  rewrite_pieces(pieces, spell_bytes);
}

void apply_step(const Metaspace& step, Pieces& pieces) {
  rewrite_pieces(pieces, [&](const TracedText& source, ByteRange piece, TracedText& result) {
    const bool wanted = step.prepend == PrependSpace::always ||
                        (step.prepend == PrependSpace::first && source.from[piece.begin].begin == 0);
    const bool has =
        source.text[piece.begin] == ' ' || source.text.compare(piece.begin, step.space.size(), step.space) == 0;
    if (wanted && !has) result.append(step.space, source.slice(piece).first_character());
    for (size_t i = piece.begin; i < piece.end; ++i) {
      const bool blank = source.text[i] == ' ';
      result.append(blank ? std::string_view(step.space) : std::string_view(source.text).substr(i, 1), source.from[i]);
    }
  });
  if (step.split) apply_step(*step.split, pieces);
}

}  // namespace

Pieces PreTokenizer::apply(TracedText text) const {
  if (text.text.empty()) return {};
  Pieces pieces{std::move(text), {}};
  pieces.ends = {pieces.source.text.size()};
  for (const auto& step : steps) std::visit([&](const auto& kind) { apply_step(kind, pieces); }, step);
  return pieces;
}

bool PreTokenizer::spells_bytes() const {
  for (const auto& step : steps)
    if (std::holds_alternative<ByteLetters>(step)) return true;
  return false;
}

bool PreTokenizer::prepends() const {
  for (const auto& step : steps) {
    if (const auto* bytes = std::get_if<ByteLetters>(&step); bytes && bytes->prefix_space) return true;
    if (const auto* spaces = std::get_if<Metaspace>(&step); spaces && spaces->prepend != PrependSpace::never)
      return true;
  }
  return false;
}

Pattern gpt2_pattern() {
  return Pattern(R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)");
}

Pattern punctuation_pattern() { return Pattern(R"([!-/:-@\[-`{-~]|\p{P})"); }

PreTokenizer bert_pretokenizer() {
  PreTokenizer result;
  result.steps.push_back(Split{Pattern(R"(\s)"), Matches::removed});
  result.steps.push_back(Split{punctuation_pattern(), Matches::isolated});
  return result;
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
