// What Unicode says about characters, as far as tokenizers ask.
#pragma once
#include <optional>
#include <vector>

namespace arcuate {

bool is_white_space(char32_t c);      ///< property White_Space
bool is_mark(char32_t c);             ///< categories Mn, Mc, Me
bool is_nonspacing_mark(char32_t c);  ///< category Mn
bool is_invisible(char32_t c);        ///< categories Cc, Cf, Co, Cs; characters that are not assigned are not

bool is_word_character(char32_t c);  ///< \w of Rust's regular expressions: Unicode Technical Standard 18, annex C

/// The characters of its full canonical (or compatibility) decomposition; itself if there is none.
std::vector<char32_t> decomposition(char32_t c, bool compatibility);
/// Canonical combining class; 0 for characters that nothing is moved across.
int combining_class(char32_t c);
/// The character that two canonically compose to, if any.
std::optional<char32_t> composition(char32_t first, char32_t second);
/// In lower case, without regard to its neighbours; only U+0130 gives two characters.
std::vector<char32_t> lower_case(char32_t c);

}  // namespace arcuate
