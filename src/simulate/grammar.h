// Grammars that tell stories: head-marked context-free rules with weights over a lexicon of weighted words.
//
// The head of an expansion hands its word up to the rule; the head words of the other items depend on it. So every
// sentence comes with its dependency tree, which is projective. The file format is in docs/formats.md.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/files.h"

namespace arcuate {

struct ClassWord {
  std::string text{};
  std::string before_vowel{};  ///< another form before a word that begins with a, e, i, o or u (an); empty: none
  double weight = 1;
};

/// Words that can stand for each other: one part of speech, one form, one kind of meaning.
struct WordClass {
  std::string name{};
  std::string tag{};  ///< part of speech, by its Universal Dependencies name
  std::vector<ClassWord> words{};
  int line = 0;
};

/// One place in an expansion, filled by a rule or by a word of a class.
struct GrammarItem {
  std::string symbol{};
  bool is_rule = false;
  size_t index = 0;        ///< into rules or classes
  std::string relation{};  ///< to the head of the expansion; empty: this is the head
  std::string before{};    ///< marks in front of its first word
  std::string after{};     ///< marks behind its last word
};

struct Expansion {
  double weight = 1;
  std::vector<GrammarItem> items{};
  size_t head = 0;
  int line = 0;
};

struct Rule {
  std::string name{};
  std::vector<Expansion> expansions{};
  int line = 0;
};

struct Grammar {
  std::string source{};
  std::vector<Rule> rules{};  ///< the first one makes a sentence
  std::vector<WordClass> classes{};
  int64_t shortest_paragraph = 4;  ///< sentences
  int64_t longest_paragraph = 8;   ///< sentences
};

/// Errors: input; everything that is written wrongly at once, by line; then, in a file without such faults, all rules
/// and classes that are never used and all rules that may go on for ever.
Grammar parse_grammar(std::string_view bytes, const std::string& source);
Grammar read_grammar(const fs::path& path);

}  // namespace arcuate
