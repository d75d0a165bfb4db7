// Stories told by a grammar: words with tags, heads and constituents, and twins that differ in nothing but their words.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "simulate/grammar.h"
#include "simulate/speech_rate.h"

namespace arcuate {

struct TaggedWord {
  std::string text{};      ///< with its punctuation
  std::string tag{};       ///< part of speech, by its Universal Dependencies name
  int64_t head = -1;       ///< index of the head word in the story, -1 for a root
  std::string relation{};  ///< to the head; "root" for a root
  int64_t sentence = 0;    ///< from 0, over the whole story
  int64_t depth = 0;       ///< open constituents: those that begin at or before this word and end after it
  int64_t paragraph = 0;   ///< from 0
  std::string category{};  ///< class of the grammar that the word was drawn from
};

/// Whether words with this tag carry a sentence's meaning: NOUN, PROPN, VERB, ADJ, ADV, INTJ.
bool open_class(const std::string& tag);

/// Whole sentences until there are `words` words or more. A class of open words does not give the same word twice in a
/// row, where it has another. A longer story with the same seed begins with the shorter one. Errors: input, where a
/// sentence nests too deeply or does not end.
std::vector<TaggedWord> generate_story(const Grammar& grammar, int64_t words, uint64_t seed);

/// The same story before `from_word`; from there on the same tags, heads, relations and punctuation, but every open
/// word is another of its class, where there is one. ("a" becomes "an" as needed; in front of `from_word` it stays, and
/// the word is drawn to fit.) Errors: input, for words that the grammar's classes do not hold.
std::vector<TaggedWord> syntactic_twin(const Grammar& grammar, const std::vector<TaggedWord>& story, int64_t from_word,
                                       uint64_t seed);

/// Sentences separated by a space, paragraphs by an empty line.
std::string story_text(const std::vector<TaggedWord>& story);

/// When a reader would say each word; with its tag and head.
std::vector<Word> time_story(const std::vector<TaggedWord>& story, const SpeechRate& rate = {});

/// A word table (onset, offset, word, tag, head, relation, sentence) that read_story() reads back unchanged. Heads and
/// sentences count from 1; head 0 is a root.
void write_tagged_words(const fs::path& path, const std::vector<Word>& words, const std::vector<TaggedWord>& story);

}  // namespace arcuate
