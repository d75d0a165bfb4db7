// A story's words and the tokens of its analysis: where they stand, what becomes of them, and where they do not fit.
#include "input/retold_story.h"

#include "input/word_table.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;

namespace {

Story told(const std::vector<std::string>& texts) {
  Story story{.name = "told", .words = {}};
  for (const auto& text : texts)
    story.words.push_back({.onset = static_cast<double>(story.words.size()),
                           .offset = static_cast<double>(story.words.size()) + 0.5,
                           .text = text});
  return story;
}

// One sentence; "+" before a token: written in one with the token before it.
std::vector<ConlluSentence> analysed(const std::vector<std::string>& tokens) {
  std::vector<ConlluSentence> sentences(1);
  auto& words = sentences[0].words;
  for (const auto& token : tokens) {
    const bool joined = token.size() > 1 && token[0] == '+';
    if (joined) words.back().space_after = false;
    ConlluWord word;
    word.form = word.written = joined ? token.substr(1) : token;
    words.push_back(word);
  }
  return sentences;
}

std::vector<std::string> texts_of(const Story& story) {
  std::vector<std::string> texts;
  for (const auto& word : story.words) texts.push_back(word.text);
  return texts;
}

std::vector<std::string> retold(const std::vector<std::string>& texts, const std::vector<std::string>& tokens,
                                const std::vector<std::string>& others) {
  const auto story = told(texts);
  const auto analysis = analysed(tokens);
  return texts_of(retold(story, place_tokens(story, analysis), analysis, analysed(others)));
}

using Texts = std::vector<std::string>;

}  // namespace

TEST(RetoldStory, marks_stay_where_the_story_has_them) {
  EXPECT_EQ(retold({"\xE2\x80\x9CYes,\xE2\x80\x9D", "said", "she."}, {"\"", "+Yes", "+,", "+\"", "said", "she", "+."},
                   {"\"", "+No", "+,", "+\"", "cried", "he", "+."}),
            (Texts{"\xE2\x80\x9CNo,\xE2\x80\x9D", "cried", "he."}));
  EXPECT_EQ(retold({"Mr.", "Dodgson", "\xE2\x80\x94", "wept"}, {"Mr.", "Dodgson", "wept"}, {"Dr.", "Liddell", "slept"}),
            (Texts{"Dr.", "Liddell", "\xE2\x80\x94", "slept"}));
}

TEST(RetoldStory, several_tokens_may_be_one_word) {
  EXPECT_EQ(retold({"didn't", "well-known"}, {"did", "+n't", "well", "+-", "+known"},
                   {"could", "+n't", "best", "+-", "+hidden"}),
            (Texts{"couldn't", "best-hidden"}));
}

TEST(RetoldStory, a_token_of_several_words_stays) {
  EXPECT_EQ(retold({"in", "New", "York", "now"}, {"in", "New York", "now"}, {"at", "Rome", "then"}),
            (Texts{"at", "New", "York", "then"}));
}

TEST(RetoldStory, capitals_are_those_of_the_story) {
  EXPECT_EQ(retold({"alice", "and", "i"}, {"Alice", "and", "I"}, {"Lily", "or", "You"}), (Texts{"lily", "or", "you"}));
  EXPECT_EQ(retold({"THE", "CAT"}, {"The", "cat"}, {"A", "dog"}), (Texts{"A", "DOG"}));
  EXPECT_EQ(retold({"he", "\xC3\xA9tait"}, {"he", "\xC3\xA9tait"}, {"I", "fut"}), (Texts{"I", "fut"}));
}

TEST(RetoldStory, a_word_without_letters_leaves_what_was_there) {
  EXPECT_EQ(retold({"yes"}, {"yes"}, {"..."}), (Texts{"yes"}));
}

TEST(RetoldStory, times_stay_and_the_table_reads_back) {
  test::TemporaryFolder folder;
  const auto story = told({"a", "b"});
  write_words(folder / "b.tsv", story.words);
  const auto read = read_story(folder / "b.tsv");
  ASSERT_EQ(read.words.size(), 2u);
  EXPECT_EQ(read.words[1].onset, 1);
  EXPECT_EQ(read.words[1].offset, 1.5);
  EXPECT_EQ(read.words[1].text, "b");
}

TEST(RetoldStory, says_where_letters_differ) {
  const auto message = [](const Texts& words, const Texts& tokens) {
    return message_of([&] { place_tokens(told(words), analysed(tokens)); });
  };
  EXPECT_TRUE(contains(message({"a", "cat"}, {"a", "dog"}),
                       {"word 2 of the story, 'cat' is not word 2 of sentence 1 of its analysis, 'dog'"}));
  EXPECT_TRUE(contains(message({"a", "cat"}, {"a"}), {"the analysis ends before word 2 of the story, 'cat'"}));
  EXPECT_TRUE(contains(message({"a"}, {"a", "cat"}), {"the story ends before word 2 of sentence 1"}));
  EXPECT_TRUE(contains(message({"..."}, {"a"}), {"holds no letters"}));
}
