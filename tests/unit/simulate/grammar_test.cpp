// Grammars: every fault is told by line, and the shipped one is read.
#include "simulate/grammar.h"

#include <fmt/format.h>

#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;

static Grammar parse(const std::string& text) { return parse_grammar(text, "g"); }
static std::string fault(const std::string& text) {
  return message_of([&] { parse(text); });
}
static const std::string verbs = "words verb VERB\n  ran:3 slept\n";

TEST(Grammar, reads_the_shipped_tales) {
  const auto grammar = read_grammar(test::source_path("../assets/grammar/tales.grammar"));
  size_t words = 0;
  for (const auto& list : grammar.classes) words += list.words.size();
  EXPECT_GT(grammar.rules.size(), 40u);
  EXPECT_GT(words, 400u);
}

TEST(Grammar, reads_rules_marks_and_second_forms) {
  const auto grammar = parse(
      "grammar 1\nparagraph 2 3\n"
      "rule s  # a sentence\n  2.5 `` nmod:poss:det *verb ! ''\n"
      "words det DET\n  a|an:4\n" +
      verbs);
  ASSERT_EQ(grammar.rules.at(0).expansions.size(), 1u);
  const auto& expansion = grammar.rules[0].expansions[0];
  EXPECT_EQ(expansion.weight, 2.5);
  EXPECT_EQ(expansion.head, 1u);
  EXPECT_EQ(expansion.items.at(0).relation, "nmod:poss");
  EXPECT_EQ(expansion.items[0].before, "\"");
  EXPECT_EQ(expansion.items.at(1).after, "!\"");
  EXPECT_EQ(grammar.classes.at(0).words.at(0).before_vowel, "an");
  EXPECT_EQ(grammar.classes[0].words[0].weight, 4);
  EXPECT_EQ(grammar.classes.at(1).words.at(0).weight, 3);
  EXPECT_EQ(grammar.shortest_paragraph, 2);
  EXPECT_EQ(grammar.longest_paragraph, 3);
}

TEST(Grammar, reads_a_file_from_windows) {
  const auto grammar = parse("\xEF\xBB\xBFgrammar 1\r\n\r\nrule s\r\n\t1 *verb .\r\nwords verb VERB\r\n\tran\r\n");
  EXPECT_EQ(grammar.classes.at(0).words.at(0).text, "ran");
}

TEST(Grammar, tells_of_all_bad_lines_at_once) {
  const auto message = fault(
      "  1 *early\n"
      "grammar 2\n"
      "paragraph 3 2\n"
      "rul s\n"
      "rule s\n"
      "  0 *verb .\n"
      "  x *verb .\n"
      "  1 nsubj:verb\n"
      "  1 *verb *verb\n"
      "  1 *verb verb\n"
      "  1 *verb nsubjj:verb\n"
      "  1 , *verb\n"
      "  1 *verb ``\n"
      "  1 *verb --\n"
      "  1 *vreb\n"
      "rule verb\n"
      "words verb VERP\n"
      "  ran ran 3-: b:-1 a|b|c\n"
      "words empty NOUN\n");
  EXPECT_TRUE(contains(
      message,
      {"g: ", "line 1: an indented line", "line 2: expected 'grammar 1'", "line 3: expected 'paragraph",
       "line 4: unknown 'rul'; did you mean 'rule'?", "line 6: expected a weight", "found '0'",
       "line 7: expected a weight", "line 8: no head is", "line 9: 2 heads are", "line 10: 'verb': expected",
       "line 11: unknown relation 'nsubjj'; did you mean 'nsubj'?", "line 12: no word stands before the mark ,",
       "line 13: no word follows", "line 14: unknown mark '--'", "line 17: 'verb' is already the name of line 16",
       "line 17: unknown part of speech 'VERP'; did you mean 'VERB'?", "line 18: 'ran' is already a word"}));
}

TEST(Grammar, tells_of_bad_words_and_empty_blocks) {
  const auto message =
      fault("grammar 1\nrule s\n  1 *vreb\nrule none\nwords verb VERB\n  3-: b:-1 a|b|c 'x\nwords empty NOUN\n");
  EXPECT_TRUE(contains(message, {"line 3: no rule and no class is called 'vreb'; did you mean 'verb'?",
                                 "line 4: rule 'none' has no expansion", "line 6: '3-:': expected a weight",
                                 "'3-:' is no word", "'b:-1': expected a weight", "'a|b|c' is no word",
                                 "''x' is no word", "line 7: class 'empty' has no word"}));
}

TEST(Grammar, an_empty_file_lacks_a_version_and_a_rule) {
  EXPECT_TRUE(contains(fault(""), {"2 problems", "'grammar 1'", "no rule"}));
  EXPECT_TRUE(contains(fault("grammar 1\n\xff"), {"'g'", "not valid UTF-8 at byte 10"}));
}

TEST(Grammar, what_is_never_used_is_an_error) {
  const auto message =
      fault("grammar 1\nrule s\n  1 *verb\nrule t\n  1 *u\nrule u\n  1 *lone\nwords lone X\n  x\n" + verbs);
  EXPECT_TRUE(contains(
      message, {"3 problems", "line 4: rule 't' is never used by 's'", "line 6: rule 'u'", "line 8: class 'lone'"}));
}

TEST(Grammar, rules_that_may_go_on_for_ever_are_errors) {
  EXPECT_TRUE(contains(fault("grammar 1\nrule s\n  1 *s\n"), {"line 2: rule 's' holds 1 of itself on average"}));
  const std::string loops =
      "grammar 1\nrule s\n  1 *a dep:b\nrule a\n  1 *verb\n  2 *a conj:a\nrule b\n  1 *c\nrule c\n";
  EXPECT_TRUE(
      contains(fault(loops + "  3 *b\n  1 dep:b *b\n" + verbs),
               {"2 problems", "line 4: rule 'a' holds 1.33 of itself", "line 9: rule 'c' holds 1.25 of itself"}));
  // Half a further 'a' on average: it ends.
  EXPECT_NO_THROW(parse("grammar 1\nrule s\n  3 *verb\n  1 *s conj:s\n" + verbs));
}

// Nine doublings are 512 words, ten are 1024.
static std::string doublings(const std::string& names) {
  std::string text = "grammar 1\n";
  for (size_t i = 0; i + 1 < names.size(); ++i)
    text += fmt::format("rule {0}\n  1 *{1} conj:{1}\n", names[i], names[i + 1]);
  return text + "rule " + names.back() + "\n  1 *verb\n" + verbs;
}

TEST(Grammar, sentences_of_thousands_of_words_are_an_error) {
  EXPECT_NO_THROW(parse(doublings("abcdefghij")));
  EXPECT_TRUE(contains(fault(doublings("abcdefghijk")), {"g: a sentence has 1.02e+03 words on average; at most 1000"}));
}
