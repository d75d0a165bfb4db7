// AddedTokens: leftmost-longest search, with white space taken along on request.
#include "input/added_tokens.h"

#include <algorithm>

#include "core/text.h"
#include "input/unicode.h"

namespace arcuate {
namespace {

// UTF-8 of all characters with the property White_Space.
constexpr std::string_view white_spaces[] = {"\t",     "\n",     "\v",     "\f",     "\r",     " ",      "\u0085",
                                             "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004",
                                             "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200A", "\u2028",
                                             "\u2029", "\u202F", "\u205F", "\u3000"};

size_t white_space_at_start(std::string_view text) {
  for (const auto space : white_spaces)
    if (text.starts_with(space)) return space.size();
  return 0;
}

size_t white_space_at_end(std::string_view text) {
  for (const auto space : white_spaces)
    if (text.ends_with(space)) return space.size();
  return 0;
}

size_t first_byte(std::string_view text, size_t at) { return static_cast<unsigned char>(text[at]); }

bool stands_alone(ByteRange range, std::string_view text) {
  const auto inside = [&](size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80; };
  size_t before = range.begin, after = range.end;
  while (before > 0 && (before == range.begin || inside(before))) --before;
  while (after < text.size() && (after == range.end || inside(after))) ++after;
  const auto is_word = [&](size_t begin, size_t end) {
    return begin < end && is_word_character(code_points(text.substr(begin, end - begin))[0]);
  };
  return !is_word(before, range.begin) && !is_word(range.end, after);
}

ByteRange widen(ByteRange range, const AddedToken& token, std::string_view text, size_t done) {
  const auto before = [&] { return text.substr(done, range.begin - done); };
  if (token.strip_left)
    while (const size_t space = white_space_at_end(before())) range.begin -= space;
  if (token.strip_right)
    while (const size_t space = white_space_at_start(text.substr(range.end))) range.end += space;
  return range;
}

}  // namespace

void AddedTokens::add(AddedToken token) {
  auto& bucket = by_first_byte_[first_byte(token.content, 0)];
  const auto longer = [&](const AddedToken& other) { return other.content.size() >= token.content.size(); };
  bucket.insert(std::find_if_not(bucket.begin(), bucket.end(), longer), std::move(token));
}

const AddedToken* AddedTokens::longest_at(std::string_view text, size_t at) const {
  for (const auto& token : by_first_byte_[first_byte(text, at)])
    if (text.substr(at).starts_with(token.content)) return &token;
  return nullptr;
}

std::vector<Section> AddedTokens::split(std::string_view text) const {
  std::vector<Section> sections;
  size_t done = 0;
  const auto close_gap = [&](size_t end) {
    if (end > done) sections.push_back({{done, end}, std::nullopt});
  };
  for (size_t at = 0; at < text.size();) {
    const AddedToken* token = longest_at(text, at);
    if (!token) {
      ++at;
      continue;
    }
    const ByteRange found{at, at + token->content.size()};
    if (token->single_word && !stands_alone(found, text)) {
      at = found.end;
      continue;
    }
    const ByteRange range = widen(found, *token, text, done);
    close_gap(range.begin);
    sections.push_back({range, token->id});
    at = done = range.end;
  }
  close_gap(text.size());
  return sections;
}

}  // namespace arcuate
