#include "input/textgrid.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "core/text.h"
#include "io/table.h"

namespace arcuate {
namespace {

// UTF-16 (without its byte order mark, which stood before `begin`) as UTF-8.
std::string from_utf16(std::string_view bytes, size_t begin, bool big_endian, const std::string& source) {
  const auto unit = [&](size_t at) {
    const auto high = static_cast<unsigned char>(bytes[at + (big_endian ? 0 : 1)]);
    return static_cast<char32_t>(high << 8 | static_cast<unsigned char>(bytes[at + (big_endian ? 1 : 0)]));
  };
  std::string text;
  for (size_t at = begin; at < bytes.size(); at += 2) {
    if (at + 1 == bytes.size()) bad_input("{}: the file is truncated: byte {} is half a UTF-16 character", source, at);
    char32_t point = unit(at);
    if (point >= 0xD800 && point < 0xE000) {
      const char32_t low = at + 3 < bytes.size() ? unit(at + 2) : 0;
      if (point >= 0xDC00 || low < 0xDC00 || low >= 0xE000)
        bad_input("{}: byte {} is not valid UTF-16 (half of a surrogate pair)", source, at);
      point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
      at += 2;
    }
    text += to_utf8(point);
  }
  return text;
}

std::string to_text(std::string_view bytes, const std::string& source) {
  if (bytes.starts_with("\xFF\xFE")) return from_utf16(bytes, 2, false, source);
  if (bytes.starts_with("\xFE\xFF")) return from_utf16(bytes, 2, true, source);
  if (const auto bad = invalid_utf8(bytes))
    bad_input("{}: byte {} is not valid UTF-8; in Praat, choose UTF-8 under Text writing preferences and save again",
              source, *bad);
  return std::string(without_bom(bytes));
}

struct Token {
  enum class Kind { number, text, flag, end } kind = Kind::end;
  double number = 0;
  std::string text{};  // the number as written, the text without its quotes, the flag with its brackets
  int line = 1;
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  // The next number, text or flag; other words and comments are passed over.
  Token next() {
    for (;;) {
      skip_blanks();
      if (at_ == text_.size()) return {.line = line_};
      if (text_[at_] == '"') return quoted();
      const auto word = take_word();
      if (word.starts_with('!')) skip_line();
      if (word.starts_with('<')) return {Token::Kind::flag, 0, std::string(word), line_};
      if (looks_like_number(word)) return number(word);
    }
  }

 private:
  static bool looks_like_number(std::string_view word) {
    constexpr std::string_view digits = "0123456789";
    return word.find_first_of(digits) == word.find_first_not_of("+-.") && word.find_first_of(digits) != word.npos;
  }

  Token number(std::string_view word) const {
    const auto value = to_double(word);
    if (!value || !std::isfinite(*value)) bad_input("line {}: expected a number, found '{}'", line_, excerpt(word));
    return {Token::Kind::number, *value, std::string(word), line_};
  }

  Token quoted() {
    Token token{Token::Kind::text, 0, {}, line_};
    for (advance(); at_ < text_.size(); advance()) {
      if (text_[at_] == '"') {
        advance();
        if (at_ == text_.size() || text_[at_] != '"') return check_end(std::move(token));
      }
      token.text += text_[at_];
    }
    bad_input("line {}: the file is truncated: the text '{}' has no closing quote", token.line, excerpt(token.text));
  }

  Token check_end(Token token) {
    if (at_ < text_.size() && !is_blank(text_[at_]))
      bad_input(
          "line {}: '{}' follows the closing quote of the text that begins on line {}; quotes inside a text are "
          "doubled",
          line_, excerpt(take_word()), token.line);
    return token;
  }

  std::string_view take_word() {
    const size_t start = at_;
    // "xmin=0.5" and text="a", as some programs write them, are two words.
    while (at_ < text_.size() && !is_blank(text_[at_]) && text_[at_] != '=') ++at_;
    return text_.substr(start, at_ - start);
  }

  void skip_blanks() {
    while (at_ < text_.size() && (is_blank(text_[at_]) || text_[at_] == '=')) advance();
  }
  void skip_line() {
    while (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\r') ++at_;
  }
  static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

  // One character on; a line ends with LF, CRLF or CR.
  void advance() {
    const char c = text_[at_++];
    if (c == '\n' || (c == '\r' && (at_ == text_.size() || text_[at_] != '\n'))) ++line_;
  }

  std::string_view text_;
  size_t at_ = 0;
  int line_ = 1;
};

class Parser {
 public:
  Parser(std::string_view text, size_t bytes, Problems& problems) : lexer_(text), bytes_(bytes), problems_(problems) {}

  // The tiers that could be read; what broke off is told through the problems.
  TextGrid parse() {
    TextGrid grid;
    try {
      token_ = lexer_.next();
      read_header();
      read_tiers(grid);
    } catch (const Error& error) {
      problems_.add("{}", error.what());
    }
    return grid;
  }

 private:
  using Kind = Token::Kind;

  void read_header() {
    expect(Kind::text, "the file type");
    const auto kind = expect(Kind::text, "the object class \"TextGrid\"");
    if (kind.text != "TextGrid")
      bad_input("line {}: expected an object of class \"TextGrid\", found \"{}\"", kind.line, excerpt(kind.text));
    expect(Kind::number, "the start time");
    expect(Kind::number, "the end time");
  }

  void read_tiers(TextGrid& grid) {
    if (token_.kind == Kind::flag && expect(Kind::flag, "<exists>").text != "<exists>") return;
    const auto declared = expect(Kind::number, "the number of tiers");
    while (token_.kind == Kind::text) {
      grid.tiers.emplace_back();
      read_tier(grid.tiers.back(), grid.tiers.size());
    }
    compare(declared, grid.tiers.size(), "tiers", "the file");
    if (token_.kind != Kind::end) expect(Kind::text, "the class of a tier");
  }

  void read_tier(Tier& tier, size_t index) {
    const auto kind = expect(Kind::text, "the class of a tier");
    if (kind.text != "IntervalTier" && kind.text != "TextTier")
      bad_input("line {}: expected \"IntervalTier\" or \"TextTier\", found \"{}\"", kind.line, excerpt(kind.text));
    tier.kind = kind.text == "TextTier" ? TierKind::point : TierKind::interval;
    tier.name = trim(expect(Kind::text, "the name of tier {}", index).text);
    expect(Kind::number, "the start time of tier {}", index);
    expect(Kind::number, "the end time of tier {}", index);
    const auto declared = expect(Kind::number, "the size of tier {}", index);
    const auto found = tier.kind == TierKind::point ? read_points() : read_intervals(tier);
    const auto where = fmt::format("tier {} '{}'", index, excerpt(tier.name));
    compare(declared, found, tier.kind == TierKind::point ? "points" : "intervals", where);
  }

  // Items are read for as long as there are any: nothing depends on the declared size but the comparison.
  size_t read_intervals(Tier& tier) {
    while (token_.kind == Kind::number) {
      const size_t index = tier.intervals.size() + 1;
      Interval interval{.line = token_.line};
      interval.begin = expect(Kind::number, "the start of interval {}", index).number;
      interval.end = expect(Kind::number, "the end of interval {}", index).number;
      interval.label = trim(expect(Kind::text, "the text of interval {}", index).text);
      tier.intervals.push_back(std::move(interval));
    }
    return tier.intervals.size();
  }

  size_t read_points() {
    size_t count = 0;
    for (; token_.kind == Kind::number; ++count) {
      expect(Kind::number, "the time of point {}", count + 1);
      expect(Kind::text, "the mark of point {}", count + 1);
    }
    return count;
  }

  void compare(const Token& declared, size_t found, const char* what, const std::string& where) {
    if (declared.number == static_cast<double>(found)) return;
    const bool cut = token_.kind == Kind::end && static_cast<double>(found) < declared.number;
    problems_.add(
        "line {}: {} declares {} {}, but there are {}{}", declared.line, where, excerpt(declared.text), what, found,
        cut ? fmt::format("; the file ends on line {} (byte {}), is it truncated?", token_.line, bytes_) : "");
  }

  // The present token, which must be of this kind, and moves on.
  template <class... Args>
  Token expect(Kind kind, fmt::format_string<Args...> what, Args&&... args) {
    if (token_.kind != kind) complain(fmt::format(what, std::forward<Args>(args)...));
    Token taken = std::move(token_);
    token_ = lexer_.next();
    return taken;
  }

  [[noreturn]] void complain(const std::string& expected) const {
    if (token_.kind == Kind::end)
      bad_input("line {}: the file is truncated: it ends at byte {}, where {} was expected", token_.line, bytes_,
                expected);
    bad_input("line {}: expected {}, found '{}'", token_.line, expected, excerpt(token_.text));
  }

  Lexer lexer_;
  size_t bytes_;
  Problems& problems_;
  Token token_{};
};

void refuse_other_files(std::string_view bytes, const std::string& source) {
  if (bytes.starts_with("ooBinaryFile"))
    bad_input("{}: this is a binary Praat file; open it in Praat and choose Save > Save as text file...", source);
}

void refuse_other_text(std::string_view text, const std::string& source) {
  const auto line = trim(text.substr(0, text.find_first_of("\r\n")));
  if (line.find("Praat chronological TextGrid") != line.npos)
    bad_input("{}: this is a chronological TextGrid; open it in Praat and choose Save > Save as text file...", source);
  if (line.find("\"ooTextFile") == line.npos)
    bad_input("{}: this is not a TextGrid: expected the first line 'File type = \"ooTextFile\"', found '{}'", source,
              excerpt(line));
}

// Rounding of times when files are converted; a real overlap is longer.
constexpr double rounding_seconds = 1e-6;

void check_order(const Tier& tier, Problems& problems) {
  const Interval* last = nullptr;
  for (const auto& now : tier.intervals) {
    if (now.begin < -rounding_seconds)
      problems.add("line {}: the interval '{}' begins at {}; the times of a sound begin at 0", now.line,
                   excerpt(now.label), shortest(now.begin));
    if (now.begin > now.end)
      problems.add("line {}: the interval '{}' is reversed: it begins at {} and ends at {}", now.line,
                   excerpt(now.label), shortest(now.begin), shortest(now.end));
    if (last && (now.begin < last->end - rounding_seconds || now.begin < last->begin))
      problems.add("line {}: the interval '{}' begins at {} and overlaps '{}' (line {}), which runs from {} to {}",
                   now.line, excerpt(now.label), shortest(now.begin), excerpt(last->label), last->line,
                   shortest(last->begin), shortest(last->end));
    last = &now;
  }
}

std::string tier_list(const TextGrid& grid) {
  std::vector<std::string> names;
  names.reserve(grid.tiers.size());
  for (const auto& tier : grid.tiers)
    names.push_back(fmt::format("{} '{}'{}", names.size() + 1, excerpt(tier.name),
                                tier.kind == TierKind::point ? " (points)" : ""));
  return names.empty() ? "it has no tiers" : "its tiers are " + join(names, ", ");
}

template <class Matches>
std::vector<const Tier*> select(const TextGrid& grid, Matches&& matches) {
  std::vector<const Tier*> chosen;
  for (const auto& tier : grid.tiers)
    if (tier.kind == TierKind::interval && matches(tier)) chosen.push_back(&tier);
  return chosen;
}

std::vector<const Tier*> matching_tiers(const TextGrid& grid, const std::string& choice) {
  if (choice.empty()) {
    auto words = select(grid, [](const Tier& tier) {
      const auto name = lower_ascii(tier.name);
      return name == "word" || name == "words";
    });
    return words.empty() ? select(grid, [](const Tier&) { return true; }) : words;
  }
  auto named = select(grid, [&](const Tier& tier) { return tier.name == choice; });
  const auto index = to_integer(choice);
  if (!named.empty() || !index) return named;
  return select(grid, [&](const Tier& tier) { return &tier - grid.tiers.data() + 1 == *index; });
}

}  // namespace

TextGrid parse_textgrid(std::string_view bytes, const std::string& source, Problems& problems) {
  refuse_other_files(bytes, source);
  const auto text = to_text(bytes, source);
  refuse_other_text(text, source);
  return Parser(text, bytes.size(), problems).parse();
}

Tier parse_interval_tier(std::string_view bytes, const std::string& source, const std::string& choice) {
  Problems problems(source);
  auto grid = parse_textgrid(bytes, source, problems);
  const auto found = matching_tiers(grid, choice);
  if (found.size() == 1) check_order(*found.front(), problems);
  problems.raise();
  if (found.size() == 1) return *found.front();
  if (choice.empty()) bad_input("{}: which tier holds the words? Name one with 'tier'; {}", source, tier_list(grid));
  bad_input("{}: {} interval tiers are called '{}'; {}", source, found.empty() ? "no" : "several", choice,
            tier_list(grid));
}

}  // namespace arcuate
