// Normalizer: each step rebuilds the text and its traces.
#include "input/normalizer.h"

#include <algorithm>

#include "core/text.h"
#include "input/unicode.h"

namespace arcuate {
namespace {

struct Letter {
  char32_t c;
  ByteRange from;
};

// Rebuilds `text` from what `body(character, letters)` appends for each of its characters.
template <class Body>
TracedText mapped(const TracedText& text, Body body) {
  TracedText result;
  std::vector<Letter> letters;
  text.for_each_character([&](char32_t c, ByteRange from) {
    letters.clear();
    body(Letter{c, from}, letters);
    for (const auto& letter : letters) result.append(to_utf8(letter.c), letter.from);
  });
  return result;
}

template <class Unwanted>
TracedText without(const TracedText& text, Unwanted unwanted) {
  return mapped(text, [&](Letter letter, std::vector<Letter>& result) {
    if (!unwanted(letter.c)) result.push_back(letter);
  });
}

TracedText forward(const Prepend& step, const TracedText& text) {
  if (text.text.empty()) return text;
  TracedText result;
  result.append(step.text, text.first_character());
  result.append(text, {0, text.text.size()});
  return result;
}

TracedText forward(const Replace& step, const TracedText& text) {
  TracedText result;
  for (const auto& [range, match] : step.pattern.stretches(text.text)) {
    if (match) {
      result.append(step.content, text.origin(range));
    } else {
      result.append(text, range);
    }
  }
  return result;
}

// Unicode Standard Annex 15: decomposed, marks in the order of their classes, then composed again.

std::vector<Letter> decomposed(const TracedText& text, bool compatibility) {
  std::vector<Letter> letters;
  text.for_each_character([&](char32_t c, ByteRange from) {
    for (const char32_t part : decomposition(c, compatibility)) letters.push_back({part, from});
  });
  const auto by_class = [](const Letter& a, const Letter& b) { return combining_class(a.c) < combining_class(b.c); };
  const auto is_starter = [](const Letter& letter) { return combining_class(letter.c) == 0; };
  for (auto begin = letters.begin(); begin != letters.end();) {
    const auto marks = std::find_if_not(begin, letters.end(), is_starter);
    begin = std::find_if(marks, letters.end(), is_starter);
    std::stable_sort(marks, begin, by_class);
  }
  return letters;
}

void compose(std::vector<Letter>& letters) {
  constexpr size_t none = static_cast<size_t>(-1);
  size_t starter = none, kept = 0;
  int last_class = -1;  // of what was kept since the starter
  for (size_t i = 0; i < letters.size(); ++i) {
    const Letter letter = letters[i];
    const int own = combining_class(letter.c);
    const bool reaches = starter != none && (last_class < own || last_class == -1);
    const auto both = reaches ? composition(letters[starter].c, letter.c) : std::nullopt;
    if (both) {
      letters[starter].c = *both;
      continue;
    }
    if (own == 0) starter = kept;
    last_class = own == 0 ? -1 : own;
    letters[kept++] = letter;
  }
  letters.resize(kept);
}

TracedText forward(const NormalForm& step, const TracedText& text) {
  auto letters = decomposed(text, step.compatibility);
  if (step.compose) compose(letters);
  TracedText result;
  for (const auto& letter : letters) result.append(to_utf8(letter.c), letter.from);
  return result;
}

TracedText forward(const LowerCase&, const TracedText& text) {
  return mapped(text, [](Letter letter, std::vector<Letter>& result) {
    for (const char32_t c : lower_case(letter.c)) result.push_back({c, letter.from});
  });
}

TracedText forward(const StripAccents&, const TracedText& text) { return without(text, is_mark); }

TracedText forward(const StripSpace& step, const TracedText& text) {
  size_t begin = text.text.size(), end = 0, at = 0;
  text.for_each_character([&](char32_t c, ByteRange) {
    const size_t length = to_utf8(c).size();
    if (!is_white_space(c)) begin = std::min(begin, at), end = at + length;
    at += length;
  });
  if (!step.left) begin = 0;
  if (!step.right) end = text.text.size();
  return begin < end ? text.slice({begin, end}) : TracedText{};
}

// The blocks that BERT's tokenizer calls Chinese; 2B820 to 2B91F were forgotten there.
bool is_chinese(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) ||
         (c >= 0x2A700 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x2F800 && c <= 0x2FA1F);
}

TracedText cleaned(const TracedText& text) {
  return mapped(text, [](Letter letter, std::vector<Letter>& result) {
    const char32_t c = letter.c;
    const bool blank = c == '\t' || c == '\n' || c == '\r';
    if (!blank && (c == 0xFFFD || is_invisible(c))) return;
    result.push_back({is_white_space(c) ? U' ' : c, letter.from});
  });
}

TracedText with_spaced_chinese(const TracedText& text) {
  return mapped(text, [](Letter letter, std::vector<Letter>& result) {
    if (!is_chinese(letter.c)) return result.push_back(letter);
    result.assign({{' ', letter.from}, letter, {' ', letter.from}});
  });
}

TracedText forward(const BertText& step, TracedText text) {
  if (step.clean) text = cleaned(text);
  if (step.space_chinese) text = with_spaced_chinese(text);
  if (step.strip_accents) text = without(forward(NormalForm{.compose = false}, text), is_nonspacing_mark);
  if (step.lower_case) text = forward(LowerCase{}, text);
  return text;
}

}  // namespace

TracedText Normalizer::apply(TracedText text) const {
  for (const auto& step : steps) text = std::visit([&](const auto& kind) { return forward(kind, text); }, step);
  return text;
}

std::string Normalizer::apply(const std::string& text) const { return apply(trace(text, {0, text.size()})).text; }

bool Normalizer::prepends() const {
  return std::any_of(steps.begin(), steps.end(),
                     [](const Step& step) { return std::holds_alternative<Prepend>(step); });
}

}  // namespace arcuate
