#include "input/retold_story.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "core/text.h"
#include "io/table.h"

namespace arcuate {
namespace {

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// Beyond ASCII all is a letter but no-break spaces, guillemets and the like (U+00A0 to U+00BF) and the block of
// general punctuation (U+2000 to U+206F): dashes, quotes, ellipses.
bool is_letter(std::string_view code_point) {
  if (code_point.size() == 1) return is_letter_or_digit(code_point[0]);
  if (code_point[0] == '\xC2') return false;
  return !(code_point.substr(0, 2) == "\xE2\x80" || (code_point.substr(0, 2) == "\xE2\x81" && code_point[2] < '\xB0'));
}

size_t code_point_bytes(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

struct Letter {
  std::string text{};  // one code point; A-Z as a-z
  size_t owner = 0;    // number of its word or token
  size_t first = 0, end = 0;
};

void append_letters(const std::string& text, size_t owner, std::vector<Letter>& letters) {
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.size(), at + code_point_bytes(text[at]));
    const auto code_point = std::string_view(text).substr(at, end - at);
    if (is_letter(code_point))
      letters.push_back({.text = lower_ascii(code_point), .owner = owner, .first = at, .end = end});
    at = end;
  }
}

struct Token {
  size_t sentence = 0, number = 0;
  const ConlluWord* word = nullptr;
};

std::vector<Token> tokens_of(const std::vector<ConlluSentence>& analysis) {
  std::vector<Token> tokens;
  for (size_t s = 0; s < analysis.size(); ++s)
    for (size_t i = 0; i < analysis[s].words.size(); ++i) tokens.push_back({s, i, &analysis[s].words[i]});
  return tokens;
}

void check_letters(const Story& story, const std::vector<Letter>& heard, const std::vector<Token>& tokens,
                   const std::vector<Letter>& written) {
  const auto word = [&](size_t at) {
    const auto n = heard[at].owner;
    return fmt::format("word {} of the story, '{}'", n + 1, excerpt(story.words[n].text));
  };
  const auto token = [&](size_t at) {
    const auto& t = tokens[written[at].owner];
    return fmt::format("word {} of sentence {} of its analysis, '{}'", t.number + 1, t.sentence + 1,
                       excerpt(t.word->written));
  };
  constexpr auto advice = "both must hold the same text; spelling, numbers and what was left out may differ";
  if (heard.empty()) bad_input("the story '{}' holds no letters", story.name);
  const size_t both = std::min(heard.size(), written.size());
  for (size_t at = 0; at < both; ++at)
    if (heard[at].text != written[at].text) bad_input("{} is not {}; {}", word(at), token(at), advice);
  if (heard.size() > both) bad_input("the analysis ends before {}; {}", word(both), advice);
  if (written.size() > both) bad_input("the story ends before {}; {}", token(both), advice);
}

std::string upper_ascii(std::string text) {
  for (auto& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

// From the first letter to the last: marks around a token are the story's.
std::string core_of(const std::string& text) {
  std::vector<Letter> letters;
  append_letters(text, 0, letters);
  return letters.empty() ? "" : text.substr(letters.front().first, letters.back().end - letters.front().first);
}

// A story in small or in capital letters throughout stays so.
std::string as_spelled(const std::string& other, const std::string& own, const std::string& form) {
  if (own == form) return other;
  if (own == lower_ascii(form)) return lower_ascii(other);
  return own == upper_ascii(form) ? upper_ascii(other) : other;
}

}  // namespace

std::vector<std::vector<TokenPlace>> place_tokens(const Story& story, const std::vector<ConlluSentence>& analysis) {
  std::vector<Letter> heard, written;
  for (size_t n = 0; n < story.words.size(); ++n) append_letters(story.words[n].text, n, heard);
  const auto tokens = tokens_of(analysis);
  for (size_t n = 0; n < tokens.size(); ++n) append_letters(tokens[n].word->written, n, written);
  check_letters(story, heard, tokens, written);
  std::vector<std::vector<TokenPlace>> places(story.words.size());
  for (size_t at = 0, next = 0; at < written.size(); at = next) {
    const size_t owner = written[at].owner;
    while (next < written.size() && written[next].owner == owner) ++next;
    if (heard[at].owner != heard[next - 1].owner) continue;
    places[heard[at].owner].push_back({.sentence = tokens[owner].sentence,
                                       .token = tokens[owner].number,
                                       .first = heard[at].first,
                                       .length = heard[next - 1].end - heard[at].first});
  }
  return places;
}

Story retold(const Story& story, const std::vector<std::vector<TokenPlace>>& places,
             const std::vector<ConlluSentence>& analysis, const std::vector<ConlluSentence>& other) {
  auto result = story;
  for (size_t n = 0; n < places.size(); ++n)
    for (auto place = places[n].rbegin(); place != places[n].rend(); ++place) {
      auto& text = result.words[n].text;
      const auto& form = analysis[place->sentence].words[place->token].written;
      const auto& drawn = other[place->sentence].words[place->token].written;
      if (drawn == form) continue;
      const auto core = core_of(drawn), own = text.substr(place->first, place->length);
      if (!core.empty()) text.replace(place->first, place->length, as_spelled(core, own, core_of(form)));
    }
  return result;
}

}  // namespace arcuate
