// CoNLL-U, the tables of Universal Dependencies: sentences as words with tags, features and heads.
//
// Ten columns between tabs, "_" for nothing; a blank line ends a sentence; lines that begin with '#' are comments.
// Empty nodes (8.1) are no words and are skipped. The words of a multiword token (3-4) stay what the table makes of
// them (de + le), while `written` is what stands in the text (du, and nothing for the second).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/files.h"

namespace arcuate {

struct ConlluWord {
  std::string form{};
  std::string upos{}, xpos{}, features{}, relation{};  ///< empty for "_"
  int64_t head = 0;           ///< number of the head in the sentence, from 1; 0: a root, or none is given
  std::string written{};      ///< the form, but for multiword tokens
  bool in_multiword = false;  ///< a part of a multiword token
  bool space_after = true;    ///< false where MISC says SpaceAfter=No, and within a multiword token
};

struct ConlluSentence {
  std::vector<ConlluWord> words{};
};

/// Errors: input; all wrong lines at once: columns, numbers out of order, heads that lead out of the sentence or round
/// in a circle, text that is not UTF-8.
std::vector<ConlluSentence> parse_conllu(std::string_view bytes, const std::string& source);
std::vector<ConlluSentence> read_conllu(const fs::path& path);

/// The running text: sentences separated by a space.
std::string conllu_text(const std::vector<ConlluSentence>& sentences);

}  // namespace arcuate
