// PCRE2 behind Pattern: compiled just in time, with Unicode classes, and bounded in time and memory.
#include "input/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <cctype>
#include <optional>

#include "core/error.h"

namespace arcuate {
namespace {

// PCRE2's \s counts U+180E as a space and its \w leaves marks out, which Oniguruma, the engine that tokenizers were
// trained with, does not. Outside of brackets Oniguruma's \w also matches the superscripts and fractions of Latin 1.
// A \W inside of brackets cannot be spelt so and stays.
std::string with_unicode_classes(const std::string& expression) {
  const std::string word = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}",
                    bare_word = word + "\u00b2\u00b3\u00b9\u00bc\u00bd\u00be";
  std::string result;
  int brackets = 0;  // 2: in a class such as [:alpha:] within brackets
  const auto spelt = [&](char kind) -> std::string {
    if (kind == 's') return "\\p{White_Space}";
    if (kind == 'S') return "\\P{White_Space}";
    if (kind == 'w') return brackets > 0 ? word : "[" + bare_word + "]";
    if (kind == 'W' && brackets == 0) return "[^" + bare_word + "]";
    return {'\\', kind};
  };
  for (size_t i = 0; i < expression.size(); ++i) {
    const char c = expression[i], next = i + 1 < expression.size() ? expression[i + 1] : '\0';
    if (c == '\\' && next != '\0') {
      result += spelt(next);
      ++i;
      continue;
    }
    if (c == '[' && (brackets == 0 || next == ':')) ++brackets;
    if (c == ']' && brackets > 0) --brackets;
    result += c;
  }
  return result;
}

std::string reason(int code) {
  PCRE2_UCHAR buffer[256];
  pcre2_get_error_message(code, buffer, sizeof buffer);
  return reinterpret_cast<const char*>(buffer);
}

PCRE2_SPTR units(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

struct Free {
  void operator()(pcre2_code* p) const { pcre2_code_free(p); }
  void operator()(pcre2_match_data* p) const { pcre2_match_data_free(p); }
  void operator()(pcre2_match_context* p) const { pcre2_match_context_free(p); }
};
using MatchData = std::unique_ptr<pcre2_match_data, Free>;

}  // namespace

struct Pattern::Compiled {
  std::string expression;
  std::unique_ptr<pcre2_code, Free> code;
  std::unique_ptr<pcre2_match_context, Free> limits;

  std::optional<ByteRange> find(std::string_view text, size_t from, pcre2_match_data* data) const;
};

Pattern::Pattern(const std::string& expression) : compiled_(std::make_unique<Compiled>()) {
  constexpr uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C;
  constexpr uint32_t heap_kibibytes = 128 * 1024;
  const std::string adapted = with_unicode_classes(expression);
  int code = 0;
  size_t at = 0;
  compiled_->expression = expression;
  compiled_->code.reset(pcre2_compile(units(adapted), adapted.size(), options, &code, &at, nullptr));
  if (!compiled_->code) bad_input("the regular expression '{}' fails at byte {}: {}", adapted, at, reason(code));
  pcre2_jit_compile(compiled_->code.get(), PCRE2_JIT_COMPLETE);  // where it is missing, the interpreter serves
  compiled_->limits.reset(pcre2_match_context_create(nullptr));
  pcre2_set_heap_limit(compiled_->limits.get(), heap_kibibytes);
}

Pattern Pattern::literal(std::string_view text) {
  std::string expression;
  for (const char c : text) {
    const bool plain = static_cast<unsigned char>(c) >= 0x80 || c <= ' ' || std::isalnum(static_cast<unsigned char>(c));
    if (!plain) expression += '\\';
    expression += c;
  }
  return Pattern(expression);
}

Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;

std::optional<ByteRange> Pattern::Compiled::find(std::string_view text, size_t from, pcre2_match_data* data) const {
  const auto match = [&](uint32_t options) {
    return pcre2_match(code.get(), units(text), text.size(), from, options | PCRE2_NO_UTF_CHECK, data, limits.get());
  };
  int result = match(0);
  if (result == PCRE2_ERROR_JIT_STACKLIMIT) result = match(PCRE2_NO_JIT);  // the interpreter works on the heap
  if (result == PCRE2_ERROR_NOMATCH) return std::nullopt;
  if (result < 0) bad_input("the regular expression '{}' fails on this text: {}", expression, reason(result));
  const size_t* bounds = pcre2_get_ovector_pointer(data);
  return ByteRange{bounds[0], bounds[1]};
}

std::vector<Stretch> Pattern::stretches(std::string_view text) const {
  const MatchData data(pcre2_match_data_create(1, nullptr));
  std::vector<Stretch> result;
  size_t done = 0;
  const auto end_at = [&](size_t end, bool match) {
    if (end > done) result.push_back({{done, end}, match});
    if (end > done) done = end;
  };
  for (size_t from = 0; from < text.size();) {
    const auto found = compiled_->find(text, from, data.get());
    if (!found) break;
    end_at(found->begin, false);
    end_at(found->end, true);
    from = std::max(from, found->end);
    if (found->begin < found->end) continue;
    do ++from;  // past an empty match by a whole character
    while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0) == 0x80);
  }
  end_at(text.size(), false);
  return result;
}

}  // namespace arcuate
