// utf8proc behind plain functions.
#include "input/unicode.h"

#include <utf8proc.h>

#include <array>

namespace arcuate {
namespace {

utf8proc_int32_t code(char32_t c) { return static_cast<utf8proc_int32_t>(c); }

}  // namespace

bool is_white_space(char32_t c) {
  if (c <= 0x20) return c == ' ' || (c >= '\t' && c <= '\r');
  if (c == 0x85) return true;
  const auto category = utf8proc_category(code(c));
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

bool is_mark(char32_t c) {
  const auto category = utf8proc_category(code(c));
  return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC || category == UTF8PROC_CATEGORY_ME;
}

bool is_nonspacing_mark(char32_t c) { return utf8proc_category(code(c)) == UTF8PROC_CATEGORY_MN; }

bool is_invisible(char32_t c) {
  const auto category = utf8proc_category(code(c));
  return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF || category == UTF8PROC_CATEGORY_CO ||
         category == UTF8PROC_CATEGORY_CS;
}

bool is_word_character(char32_t c) {
  const auto category = utf8proc_category(code(c));
  const bool letter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
  const bool number = category == UTF8PROC_CATEGORY_ND || category == UTF8PROC_CATEGORY_NL;
  const bool circled = (c >= 0x24B6 && c <= 0x24E9) || (c >= 0x1F130 && c <= 0x1F149) ||
                       (c >= 0x1F150 && c <= 0x1F169) || (c >= 0x1F170 && c <= 0x1F189);  // symbols, yet Alphabetic
  const bool joins = c == 0x200C || c == 0x200D;
  return letter || number || is_mark(c) || category == UTF8PROC_CATEGORY_PC || circled || joins;
}

std::vector<char32_t> decomposition(char32_t c, bool compatibility) {
  std::array<utf8proc_int32_t, 32> buffer;  // the longest, of U+FDFA, has 18
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | (compatibility ? UTF8PROC_COMPAT : 0));
  const auto count = utf8proc_decompose_char(code(c), buffer.data(), std::ssize(buffer), options, nullptr);
  if (count < 1 || count > std::ssize(buffer)) return {c};
  return {buffer.begin(), buffer.begin() + count};
}

int combining_class(char32_t c) { return utf8proc_get_property(code(c))->combining_class; }

std::optional<char32_t> composition(char32_t first, char32_t second) {
  std::array<utf8proc_int32_t, 2> buffer{code(first), code(second)};
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE);
  if (utf8proc_normalize_utf32(buffer.data(), std::ssize(buffer), options) != 1) return std::nullopt;
  return static_cast<char32_t>(buffer[0]);
}

std::vector<char32_t> lower_case(char32_t c) {
  if (c == 0x130) return {'i', 0x307};
  return {static_cast<char32_t>(utf8proc_tolower(code(c)))};
}

}  // namespace arcuate
