// CoNLL-U tables, lexicons made of them, and texts with other words of the same syntax.
#include "input/conllu.h"

#include <map>

#include "input/same_syntax.h"
#include "malformed.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;

namespace {

std::string row(const std::string& id, const std::string& form, const std::string& tag, const std::string& head,
                const std::string& relation, const std::string& misc = "_") {
  return id + "\t" + form + "\t_\t" + tag + "\t_\t_\t" + head + "\t" + relation + "\t_\t" + misc + "\n";
}

const std::string fox = "# text = The fox saw a dog.\n" + row("1", "The", "DET", "2", "det") +
                        row("2", "fox", "NOUN", "3", "nsubj") + row("3", "saw", "VERB", "0", "root") +
                        row("4", "a", "DET", "5", "det") + row("5", "dog", "NOUN", "3", "obj", "SpaceAfter=No") +
                        row("6", ".", "PUNCT", "3", "punct") + "\n";

std::vector<ConlluSentence> parse(const std::string& text) { return parse_conllu(text, "s.conllu"); }

std::string sentence(const std::string& subject, const std::string& verb, const std::string& object) {
  return row("1", subject, "NOUN", "2", "nsubj") + row("2", verb, "VERB", "0", "root") +
         row("3", object, "NOUN", "2", "obj", "X=1|SpaceAfter=No") + row("4", ".", "PUNCT", "2", "punct") + "\n";
}

}  // namespace

TEST(Conllu, reads_words_tags_heads_and_spaces) {
  const auto sentences = parse("\xEF\xBB\xBF" + fox + fox);
  ASSERT_EQ(sentences.size(), 2u);
  ASSERT_EQ(sentences[0].words.size(), 6u);
  const auto& dog = sentences[1].words[4];
  EXPECT_EQ(dog.form, "dog");
  EXPECT_EQ(dog.upos, "NOUN");
  EXPECT_EQ(dog.xpos, "");
  EXPECT_EQ(dog.relation, "obj");
  EXPECT_EQ(dog.head, 3);
  EXPECT_FALSE(dog.space_after);
  EXPECT_EQ(conllu_text(sentences), "The fox saw a dog. The fox saw a dog.");
}

TEST(Conllu, multiword_tokens_are_written_once_and_empty_nodes_are_no_words) {
  const auto sentences =
      parse(row("1", "il", "PRON", "2", "nsubj") + row("2", "parle", "VERB", "0", "root") +
            row("2.1", "x", "_", "_", "_") + row("3-4", "du", "_", "_", "_") + row("3", "de", "ADP", "5", "case") +
            row("4", "le", "DET", "5", "det") + row("5", "chien", "NOUN", "2", "obl"));
  ASSERT_EQ(sentences[0].words.size(), 5u);
  EXPECT_TRUE(sentences[0].words[3].in_multiword);
  EXPECT_EQ(conllu_text(sentences), "il parle du chien");
  const auto joined = parse(row("1-2", "don't", "_", "_", "_", "SpaceAfter=No") + row("1", "do", "AUX", "0", "root") +
                            row("2", "n't", "PART", "1", "advmod") + row("3", "!", "PUNCT", "1", "punct"));
  EXPECT_EQ(conllu_text(joined), "don't!");
}

TEST(Conllu, windows_line_ends_and_a_missing_last_one_are_tolerated) {
  std::string windows;
  for (const char c : fox) windows += c == '\n' ? "\r\n" : std::string(1, c);
  EXPECT_EQ(conllu_text(parse(windows)), conllu_text(parse(fox)));
  EXPECT_EQ(conllu_text(parse(fox.substr(0, fox.size() - 2))), conllu_text(parse(fox)));
}

TEST(Conllu, says_all_that_is_wrong_by_line) {
  const auto message = message_of([] {
    parse(row("1", "a", "X", "2", "x") + row("3", "b", "X", "9", "x") + "1\tb\n" + row("3", "c", "X", "x", "x") +
          row("5-4", "d", "_", "_", "_") + row("4", "", "X", "1", "x"));
  });
  EXPECT_TRUE(contains(message, {"'s.conllu' is not CoNLL-U", "line 2: word number '3': expected 2",
                                 "line 3: expected 10 columns between tabs, found 2", "line 4: head 'x'",
                                 "line 5: '5-4'", "line 6: a word without a form", "line 2: head 9 in a sentence of"}));
}

TEST(ConlluMalformed, files_are_refused) {
  const auto word = row("1", "a", "X", "0", "x");
  test::expect_refused(
      {{"empty", "", "holds no words"},
       {"comments alone", "# nothing\n\n", "holds no words"},
       {"not UTF-8", "1\t\xFF", "not UTF-8", "byte 3"},
       {"UTF-16",
        std::string("\xFF\xFE"
                    "1\0\t\0",
                    6),
        "'s.conllu'", "byte 1"},
       {"missing columns", word + "2\tb\n", "line 2: expected 10 columns between tabs, found 2"},
       {"blanks for tabs", "1 a _ X _ _ 0 x _ _\n", "line 1: expected 10 columns between tabs, found 1"},
       {"numbers that jump", word + row("3", "b", "X", "1", "x"), "line 2: word number '3': expected 2"},
       {"a number twice", word + word, "line 2: word number '1': expected 2"},
       {"a range backwards", word + row("5-4", "d", "_", "_", "_"), "line 2: '5-4'"},
       {"a range beyond its sentence", row("1-3", "x", "_", "_", "_") + word, "up to word 3 in a sentence of 1"},
       {"no form", row("1", "", "X", "0", "x"), "line 1: a word without a form"},
       {"a head in words", row("1", "a", "X", "x", "x"), "line 1: head 'x'"},
       {"a negative head", row("1", "a", "X", "-1", "x"), "line 1: head '-1'"},
       {"n/a as head", row("1", "a", "X", "n/a", "x"), "line 1: head 'n/a'"},
       {"a head beyond", row("1", "a", "X", "9", "x"), "line 1: head 9 in a sentence of"},
       {"a circle", row("1", "a", "X", "2", "x") + row("2", "b", "X", "1", "x"), "circle"},
       {"its own head", row("1", "a", "X", "1", "x"), "circle"}},
      [](const std::string& bytes) { parse(bytes); });
}

TEST(SameSyntax, a_lexicon_counts_words_by_tag_form_and_relation) {
  const auto lexicon = make_lexicon(parse(fox + sentence("Dogs", "see", "foxes") + sentence("Ida", "sees", "Ida") +
                                          sentence("Foxes", "see", "foxes")));
  std::map<std::string, double> objects;
  for (const auto& [text, count] : lexicon.words.at("NOUN\t\t\tobj")) objects[text] = count;
  EXPECT_EQ(objects, (std::map<std::string, double>{{"dog", 1}, {"foxes", 2}, {"Ida", 1}}));
  std::map<std::string, double> subjects;
  for (const auto& [text, count] : lexicon.words.at("NOUN\t\t\tnsubj")) subjects[text] = count;
  EXPECT_EQ(subjects, (std::map<std::string, double>{{"dogs", 1}, {"fox", 1}, {"foxes", 1}, {"ida", 1}}));
  EXPECT_EQ(lexicon.words.count("PUNCT\t\t\tpunct"), 0u);
}

TEST(SameSyntax, every_word_becomes_another_of_its_kind_and_marks_stay) {
  const auto text = parse(sentence("Dogs", "see", "foxes") + sentence("Cats", "hear", "mice"));
  const auto lexicon = make_lexicon(
      parse(sentence("Dogs", "see", "foxes") + sentence("Cats", "hear", "mice") + sentence("Cows", "smell", "grass")));
  const auto other = same_syntax(text, lexicon, 0, 1);
  EXPECT_EQ(other.replaced, 6);
  EXPECT_EQ(other.kept, 0);
  for (size_t s = 0; s < 2; ++s)
    for (size_t i = 0; i < 4; ++i) {
      const auto &was = text[s].words[i], &is = other.sentences[s].words[i];
      EXPECT_EQ(was.form == is.form, i == 3);
      EXPECT_EQ(was.head, is.head);
      EXPECT_EQ(syntactic_key(was), syntactic_key(is));
    }
  const char first = conllu_text(other.sentences)[0];
  EXPECT_TRUE(first >= 'A' && first <= 'Z');
  EXPECT_EQ(conllu_text(same_syntax(text, lexicon, 0, 1).sentences), conllu_text(other.sentences));
  bool differs = false;
  for (uint64_t seed = 2; seed < 6; ++seed)
    differs |= conllu_text(same_syntax(text, lexicon, 0, seed).sentences) != conllu_text(other.sentences);
  EXPECT_TRUE(differs);
}

TEST(SameSyntax, keeps_the_past_and_words_without_another) {
  const auto text = parse(fox + sentence("Dogs", "see", "foxes"));
  const auto lexicon = make_lexicon(parse(fox + sentence("Dogs", "see", "foxes")));
  const auto other = same_syntax(text, lexicon, 3, 1);
  EXPECT_TRUE(conllu_text(other.sentences).starts_with("The fox saw "));
  EXPECT_EQ(other.replaced + other.kept, 5);
  EXPECT_EQ(other.kept, 0);  // a - the, dog - foxes, Dogs - fox, see - saw, foxes - dog
  EXPECT_EQ(conllu_text(other.sentences), "The fox saw the foxes. Fox saw dog.");
  EXPECT_EQ(same_syntax(text, {}, 0, 1).kept, 8);
  EXPECT_TRUE(contains(message_of([&] { same_syntax(text, lexicon, 11, 1); }), {"word 11 of a text of 10"}));
}

TEST(SameSyntax, draws_by_count) {
  Lexicon lexicon;
  lexicon.words["NOUN\t\t\tobj"] = {{"rare", 1}, {"usual", 3}};
  const auto text = parse(sentence("Dogs", "see", "foxes"));
  int usual = 0;
  for (uint64_t seed = 0; seed < 400; ++seed)
    usual += same_syntax(text, lexicon, 0, seed).sentences[0].words[2].form == "usual";
  EXPECT_NEAR(usual, 300, 4 * 8.7);  // four standard deviations
}

TEST(SameSyntax, parts_of_multiword_tokens_stay) {
  const auto text = parse(row("1-2", "don't", "_", "_", "_") + row("1", "do", "AUX", "0", "root") +
                          row("2", "n't", "PART", "1", "advmod"));
  Lexicon lexicon;
  lexicon.words["AUX\t\t\troot"] = {{"be", 1}};
  EXPECT_EQ(conllu_text(same_syntax(text, lexicon, 0, 1).sentences), "don't");
}

TEST(SameSyntax, a_lexicon_survives_its_table) {
  const test::TemporaryFolder folder;
  const auto lexicon = make_lexicon(parse(fox + sentence("Dogs", "see", "foxes")));
  write_lexicon(folder / "words.tsv", lexicon);
  const auto again = read_lexicon(folder / "words.tsv");
  ASSERT_EQ(again.words.size(), lexicon.words.size());
  for (const auto& [key, words] : lexicon.words) {
    ASSERT_EQ(again.words.at(key).size(), words.size());
    for (size_t i = 0; i < words.size(); ++i) {
      EXPECT_EQ(again.words.at(key)[i].text, words[i].text);
      EXPECT_EQ(again.words.at(key)[i].count, words[i].count);
    }
  }
  test::write_text(folder / "bad.tsv",
                   "word\tupos\txpos\tfeatures\trelation\tcount\na\tX\t_\t_\t_\t0\n\tX\t_\t_\t_\tmany\n");
  EXPECT_TRUE(contains(message_of([&] { read_lexicon(folder / "bad.tsv"); }),
                       {"line 2: count '0'", "line 3: count 'many'", "line 3: a row without a word"}));
}

TEST(SameSyntax, parts_of_words_written_in_one_stay_but_for_the_one_without_an_apostrophe) {
  const auto two = [](const std::string& left, const std::string& right, const std::string& misc) {
    return parse(row("1", left, "AUX", "0", "root", misc) + row("2", right, "PART", "1", "advmod") + "\n");
  };
  const std::string joined = "SpaceAfter=No";
  Lexicon lexicon;
  lexicon.words[syntactic_key(two("did", "n't", joined)[0].words[0])] = {{"could", 1}};
  lexicon.words[syntactic_key(two("did", "n't", joined)[0].words[1])] = {{"so", 1}};
  const auto other = [&](const std::string& left, const std::string& right, const std::string& misc) {
    return conllu_text(same_syntax(two(left, right, misc), lexicon, 0, 1).sentences);
  };
  EXPECT_EQ(other("did", "n't", joined), "couldn't");
  EXPECT_EQ(other("l\xE2\x80\x99", "homme", joined), "l\xE2\x80\x99so");
  EXPECT_EQ(other("can", "not", joined), "cannot");
  EXPECT_EQ(other("can", "not", "_"), "could so");
  EXPECT_EQ(make_lexicon(two("can", "not", joined)).words.size(), 0u);
  EXPECT_EQ(make_lexicon(two("can", "not", "_")).words.size(), 2u);
}
