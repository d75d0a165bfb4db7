// Word times from a text: the pace of the shipped story, pauses at marks, and tables that read back.
#include "simulate/speech_rate.h"

#include "input/word_table.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;

static const SpeechRate steady{.jitter = 0};

static std::vector<Word> shipped_story(uint64_t seed = 0) {
  return speak(read_file(test::source_path("../assets/stories/turning_light.txt")), {.seed = seed});
}

static std::vector<std::string> texts(const std::vector<Word>& words) {
  std::vector<std::string> texts;
  for (const auto& word : words) texts.push_back(word.text);
  return texts;
}

static double silence_after_first(const std::string& text) {
  const auto words = speak(text, steady);
  return words.at(1).onset - words.at(0).offset;
}

TEST(SpeechRate, reads_the_shipped_story_at_about_two_and_a_half_words_a_second) {
  const auto words = shipped_story();
  const double rate = static_cast<double>(words.size()) / (words.back().offset - words.front().onset);
  EXPECT_GE(words.size(), 1500u);
  EXPECT_GT(rate, 2.2);
  EXPECT_LT(rate, 2.8);
}

TEST(SpeechRate, is_decided_by_the_seed) {
  const auto first = shipped_story(), again = shipped_story(), other = shipped_story(1);
  ASSERT_EQ(first.size(), again.size());
  for (size_t i = 0; i < first.size(); ++i) {
    ASSERT_EQ(first[i].onset, again[i].onset);
    ASSERT_EQ(first[i].offset, again[i].offset);
  }
  EXPECT_EQ(texts(first), texts(other));
  EXPECT_NE(first.back().offset, other.back().offset);
}

TEST(SpeechRate, words_follow_each_other_without_overlap) {
  const auto words = shipped_story();
  for (size_t i = 0; i < words.size(); ++i) {
    ASSERT_LT(words[i].onset, words[i].offset) << words[i].text;
    if (i > 0) {
      ASSERT_GE(words[i].onset, words[i - 1].offset) << words[i].text;
    }
  }
}

TEST(SpeechRate, words_keep_their_marks_and_lone_dashes_join_a_neighbour) {
  const auto words = texts(speak("\"Stop!\" he\nsaid -- at one-and-thirty.\n \n-- Why?\n", steady));
  EXPECT_EQ(words, (std::vector<std::string>{"\"Stop!\"", "he", "said --", "at", "one-and-thirty.", "-- Why?"}));
}

TEST(SpeechRate, longer_words_take_longer) {
  const auto words = speak("a lighthouse", steady);
  EXPECT_NEAR(words[0].offset - words[0].onset, steady.word_base + steady.word_letter, 1e-3);
  EXPECT_NEAR(words[1].offset - words[1].onset, steady.word_base + 10 * steady.word_letter, 1e-3);
}

TEST(SpeechRate, silences_grow_from_comma_to_paragraph) {
  EXPECT_NEAR(silence_after_first("one two"), 0, 1e-3);
  EXPECT_NEAR(silence_after_first("one, two"), steady.comma_pause, 2e-3);
  EXPECT_NEAR(silence_after_first("one; two"), steady.clause_pause, 2e-3);
  EXPECT_NEAR(silence_after_first("one -- two"), steady.clause_pause, 2e-3);
  EXPECT_NEAR(silence_after_first("\"one?\" two"), steady.sentence_pause, 2e-3);
  EXPECT_NEAR(silence_after_first("one.\n\ntwo"), steady.paragraph_pause, 2e-3);
}

TEST(SpeechRate, the_table_reads_back_unchanged) {
  const test::TemporaryFolder folder;
  const auto words = speak("\"Stop!\" he said -- at once.", {});
  write_words(folder / "words.tsv", words);
  const auto read = read_story(folder / "words.tsv").words;
  ASSERT_EQ(texts(read), texts(words));
  for (size_t i = 0; i < words.size(); ++i) {
    EXPECT_EQ(read[i].onset, words[i].onset);
    EXPECT_EQ(read[i].offset, words[i].offset);
  }
}

TEST(SpeechRate, refuses_what_is_no_text) {
  EXPECT_TRUE(contains(message_of([] { speak("fine \xff\xfe"); }), {"not valid UTF-8 at byte 5"}));
  EXPECT_TRUE(contains(message_of([] { speak(" -- \n\n...\n"); }), {"no word"}));
}

TEST(SpeechRate, separate_words_take_the_same_times_as_their_text) {
  const auto spoken = speak("\"Stop!\" he\nsaid.\n\nWhy?\n", {.seed = 2});
  const auto timed = time_words({{"\"Stop!\"", "he", "said."}, {"Why?"}}, {.seed = 2});
  ASSERT_EQ(texts(timed), texts(spoken));
  for (size_t i = 0; i < timed.size(); ++i) {
    EXPECT_EQ(timed[i].onset, spoken[i].onset);
    EXPECT_EQ(timed[i].offset, spoken[i].offset);
  }
  EXPECT_TRUE(contains(message_of([] { time_words({}); }), {"no word"}));
}
