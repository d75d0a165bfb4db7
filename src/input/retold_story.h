// A timed story in other words: the tokens of its CoNLL-U table are found in its words, and give way to others.
//
// Tables of a story and analyses of its text differ in marks, capitals and in what is a word ("didn't," is "did", "n't"
// and ","). Letters and digits are the same in both, in the same order; they tell which token stands where. Times,
// marks and capitals stay those of the story.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "input/conllu.h"
#include "input/story.h"

namespace arcuate {

/// A token within a word, from its first letter to its last. Tokens spread over several words have no place.
struct TokenPlace {
  size_t sentence = 0, token = 0;
  size_t first = 0, length = 0;  ///< bytes of the word's text
};

/// For each word of the story, its tokens in order. Errors: input, where letters differ first, with the words on both
/// sides, or for a story without letters.
std::vector<std::vector<TokenPlace>> place_tokens(const Story& story, const std::vector<ConlluSentence>& analysis);

/// The story with each token's form in `other`, which has the sentences and tokens of `analysis`.
Story retold(const Story& story, const std::vector<std::vector<TokenPlace>>& places,
             const std::vector<ConlluSentence>& analysis, const std::vector<ConlluSentence>& other);

}  // namespace arcuate
