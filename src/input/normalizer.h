// What a tokenizer does to text before it splits it.
#pragma once
#include <string>
#include <variant>
#include <vector>

#include "input/pattern.h"
#include "input/traced_text.h"

namespace arcuate {

struct Prepend {
  std::string text;  ///< put before every stretch that is not empty
};
struct Replace {
  Pattern pattern;      ///< what is looked for
  std::string content;  ///< what stands in its place
};
/// BERT's, in the order of its fields.
struct BertText {
  bool clean = true;          ///< takes control characters away and makes every white space a blank
  bool space_chinese = true;  ///< blanks around each Chinese character
  bool strip_accents = true;  ///< decomposes and takes non-spacing marks away
  bool lower_case = true;     ///< lower case
};
/// A normal form of Unicode: NFC, NFD, NFKC or NFKD.
struct NormalForm {
  bool compose = true;         ///< C rather than D
  bool compatibility = false;  ///< K
};
struct LowerCase {};
struct StripAccents {};  ///< takes marks away; does not decompose
struct StripSpace {
  bool left = true;   ///< at the beginning of a stretch
  bool right = true;  ///< at its end
};

struct Normalizer {
  using Step = std::variant<Prepend, Replace, BertText, NormalForm, LowerCase, StripAccents, StripSpace>;
  std::vector<Step> steps;  ///< in order

  TracedText apply(TracedText text) const;
  std::string apply(const std::string& text) const;
  bool prepends() const;
};

}  // namespace arcuate
