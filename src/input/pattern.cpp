// PCRE2 behind Pattern: compiled just in time, with Unicode classes, and bounded in time and memory.
#include "input/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <optional>

#include "core/error.h"

namespace arcuate {
namespace {

// PCRE2's \s counts U+180E as a space, which the engines that tokenizers were trained with do not.
std::string with_unicode_spaces(const std::string& expression) {
  std::string result;
  for (size_t i = 0; i < expression.size(); ++i) {
    if (expression[i] != '\\' || i + 1 == expression.size()) {
      result += expression[i];
      continue;
    }
    const char kind = expression[++i];
    if (kind == 's') result += "\\p{White_Space}";
    if (kind == 'S') result += "\\P{White_Space}";
    if (kind != 's' && kind != 'S') result.append({'\\', kind});
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
  const std::string adapted = with_unicode_spaces(expression);
  int code = 0;
  size_t at = 0;
  compiled_->expression = expression;
  compiled_->code.reset(pcre2_compile(units(adapted), adapted.size(), options, &code, &at, nullptr));
  if (!compiled_->code) bad_input("the regular expression '{}' fails at byte {}: {}", adapted, at, reason(code));
  pcre2_jit_compile(compiled_->code.get(), PCRE2_JIT_COMPLETE);  // where it is missing, the interpreter serves
  compiled_->limits.reset(pcre2_match_context_create(nullptr));
  pcre2_set_heap_limit(compiled_->limits.get(), heap_kibibytes);
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

void Pattern::cut(std::string_view text, size_t offset, std::vector<size_t>& ends) const {
  const MatchData data(pcre2_match_data_create(1, nullptr));
  size_t done = 0;
  const auto end_at = [&](size_t end) {
    if (end > done) ends.push_back(offset + end);
    if (end > done) done = end;
  };
  for (size_t from = 0; from < text.size();) {
    const auto found = compiled_->find(text, from, data.get());
    if (!found) break;
    end_at(found->begin);
    end_at(found->end);
    from = std::max(from, found->end);
    if (found->begin < found->end) continue;
    do ++from;  // past an empty match by a whole character
    while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0) == 0x80);
  }
  end_at(text.size());
}

}  // namespace arcuate
