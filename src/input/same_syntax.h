// Other words with the same syntax: a text in which each word gives way to another of the same part of speech, form and
// relation (Caucheteux, Gramfort & King 2021, 2023). Averaged over several such texts, a model's states keep what
// syntax decides.
//
// Words are drawn with probabilities as their counts in a lexicon, never the word itself. Marks, spaces, numbers of
// words, tags and heads stay as they are. A word that the lexicon has no other word for stays too, and is counted; so
// do parts of words written in one (n't of didn't, can and not of cannot). "a" does not become "an".
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "input/conllu.h"

namespace arcuate {

struct LexiconWord {
  std::string text{};
  double count = 0;
};

/// Words by what they can stand for.
struct Lexicon {
  std::map<std::string, std::vector<LexiconWord>> words{};  ///< by syntactic_key; sorted by text
};

/// Part of speech, language-specific tag, features and relation.
std::string syntactic_key(const ConlluWord& word);

/// The words of sentences with their counts. The first word of a sentence is taken in lower case unless it is a proper
/// noun or more often has its capital letter within sentences. Parts of words written in one are left out.
Lexicon make_lexicon(const std::vector<ConlluSentence>& sentences);

/// A table with columns word, upos, xpos, features, relation, count ("_" or "n/a" for nothing). Errors: input; all
/// counts that are no positive numbers at once.
Lexicon read_lexicon(const fs::path& path);
void write_lexicon(const fs::path& path, const Lexicon& lexicon);

struct SameSyntax {
  std::vector<ConlluSentence> sentences{};
  int64_t replaced = 0, kept = 0;  ///< words from `from_word` on that are no marks
};

/// The same text before `from_word` (counted over all sentences, from 0), other words from there on. Errors: usage, for
/// a word that is not there.
SameSyntax same_syntax(const std::vector<ConlluSentence>& sentences, const Lexicon& lexicon, int64_t from_word,
                       uint64_t seed);

}  // namespace arcuate
