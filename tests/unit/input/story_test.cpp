#include "input/story.h"

#include <gtest/gtest.h>

#include <fstream>

#include "core/error.h"
#include "core/text.h"
#include "input/textgrid.h"
#include "io/table.h"
#include "packed.h"
#include "support.h"

namespace arcuate {
namespace {

using test::contains;
using test::message_of;
using test::TemporaryFolder;
using test::write_gzip;
using test::write_text;

constexpr const char* alice_textgrid = "alice/stimulus/DownTheRabbitHoleFinal_exp120_pad_1.TextGrid";

// The tier as a short-form TextGrid.
std::string short_form(const Tier& tier) {
  auto text = fmt::format(
      "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\n0\n999\n<exists>\n1\n"
      "\"IntervalTier\"\n\"{}\"\n0\n999\n{}\n",
      tier.name, tier.intervals.size());
  for (const auto& interval : tier.intervals)
    text += fmt::format("{}\n{}\n\"{}\"\n", shortest(interval.begin), shortest(interval.end), interval.label);
  return text;
}

std::string utf16(const std::string& text, bool big_endian) {
  std::string bytes = big_endian ? "\xFE\xFF" : "\xFF\xFE";
  for (const char32_t point : code_points(text)) {
    const char high = static_cast<char>(point >> 8), low = static_cast<char>(point & 0xFF);
    bytes += big_endian ? std::string{high, low} : std::string{low, high};
  }
  return bytes;
}

void expect_same(const std::vector<Word>& a, const std::vector<Word>& b, double tolerance = 0) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(a[i].text, b[i].text) << "word " << i;
    ASSERT_NEAR(a[i].onset, b[i].onset, tolerance) << "word " << i;
    ASSERT_NEAR(a[i].offset, b[i].offset, tolerance) << "word " << i;
  }
}

TEST(Story, reads_alice_from_its_textgrid) {
  ARCUATE_DATA_OR_SKIP(path, alice_textgrid);
  const auto story = read_story(path);
  EXPECT_EQ(story.name, "DownTheRabbitHoleFinal_exp120_pad_1");
  ASSERT_EQ(story.words.size(), 2127);
  EXPECT_EQ(story.words[0].text, "Alice");
  EXPECT_EQ(story.words[0].onset, 20.05891632653599);
  EXPECT_EQ(story.words[0].offset, 20.621637414967992);
}

TEST(Story, the_alice_word_table_equals_the_textgrid) {
  ARCUATE_DATA_OR_SKIP(grid, alice_textgrid);
  ARCUATE_DATA_OR_SKIP(table, "alice/alice_words.tsv");
  expect_same(read_story(grid).words, read_story(table).words, 1e-9);
}

TEST(Story, alice_is_the_same_in_short_form_and_utf16) {
  ARCUATE_DATA_OR_SKIP(path, alice_textgrid);
  const auto original = read_story(path).words;
  const auto text = short_form(parse_interval_tier(read_file(path), "alice"));
  const TemporaryFolder folder;
  for (const auto& [name, bytes] :
       {std::pair("short", text), std::pair("le", utf16(text, false)), std::pair("be", utf16(text, true)),
        std::pair("long_le", utf16(read_file(path), false)), std::pair("long_be", utf16(read_file(path), true))}) {
    const auto copy = folder / (std::string(name) + ".textgrid");
    write_text(copy, bytes);
    expect_same(read_story(copy).words, original);
    EXPECT_EQ(read_story(copy).name, name);
  }
}

class StoryOptionsTest : public testing::Test {
 protected:
  std::string texts(const StoryOptions& options) const {
    std::string joined;
    for (const auto& word : read_story(path_, options).words) joined += "[" + word.text + "]";
    return joined;
  }
  void SetUp() override { write_text(path_, "0\t1\t sp\n1\t2\t\n2\t3\t{SL}\n3\t4\tÉmile \n4\t5\t</s>\n5\t6\tUP\n"); }
  TemporaryFolder folder_;
  fs::path path_ = folder_ / "story.tsv";
};

TEST_F(StoryOptionsTest, drop_empty_and_marked_labels_by_default) { EXPECT_EQ(texts({}), "[Émile][UP]"); }

TEST_F(StoryOptionsTest, can_keep_empty_labels) {
  StoryOptions options;
  options.keep_empty = true;
  EXPECT_EQ(texts(options), "[][Émile][UP]");
}

TEST_F(StoryOptionsTest, can_name_other_marks) {
  StoryOptions options;
  options.silence = {"Up"};
  EXPECT_EQ(texts(options), "[sp][{SL}][Émile][</s>]");
}

TEST_F(StoryOptionsTest, can_lowercase) {
  StoryOptions options;
  options.lowercase = true;
  EXPECT_EQ(texts(options), "[Émile][up]");
}

TEST_F(StoryOptionsTest, choose_a_tier) {
  path_ = folder_ / "two.TextGrid";
  write_text(path_,
             "\"ooTextFile\"\n\"TextGrid\"\n0 1 <exists> 2\n\"IntervalTier\" \"a\" 0 1 1 0 1 \"x\"\n"
             "\"IntervalTier\" \"b\" 0 1 1 0 1 \"y\"\n");
  StoryOptions options;
  options.tier = "b";
  EXPECT_EQ(texts(options), "[y]");
}

TEST_F(StoryOptionsTest, settle_words_without_a_time) {
  write_text(path_, "onset\toffset\tword\n0\t1\ta\nn/a\tn/a\tb\n2\t3\tc\n");
  StoryOptions options;
  EXPECT_TRUE(contains(message_of([&] { texts(options); }), {"story.tsv", "line 3"}));
  options.untimed = Untimed::drop;
  EXPECT_EQ(texts(options), "[a][c]");
  options.untimed = Untimed::interpolate;
  EXPECT_EQ(texts(options), "[a][b][c]");
}

TEST(Story, without_words_is_an_error) {
  const TemporaryFolder folder;
  write_text(folder / "s.csv", "onset,offset,word\n0,1,sp\n");
  EXPECT_TRUE(contains(message_of([&] { read_story(folder / "s.csv"); }), {"s.csv", "no words", "sp, sil"}));
}

TEST(Story, knows_what_aligners_write_by_name_and_content) {
  const TemporaryFolder folder;
  const auto format = [&](const std::string& name, const std::string& text) {
    return std::string(story_format_name(story_format(folder / name, text)));
  };
  EXPECT_EQ(format("align.csv", "I,i,0,1\n"), "alignment by Gentle");
  EXPECT_EQ(format("align.json", "{\"words\": []}"), "alignment by Gentle");
  EXPECT_EQ(format("a.csv", "Begin,End,Label,Type,Speaker\n"), "alignment by the Montreal Forced Aligner");
  EXPECT_EQ(format("a.json", "{\"tiers\": {}}"), "alignment by the Montreal Forced Aligner");
  EXPECT_EQ(format("a.json.gz", "{\"segments\": []}"), "alignment by WhisperX");
  EXPECT_EQ(format("a.csv", "onset,offset,word,x\n"), "word table");
  EXPECT_EQ(format("a.TSV", "I\ti\t0\t1\n"), "word table");
  EXPECT_EQ(format("a.textgrid.GZ", ""), "TextGrid");
  EXPECT_TRUE(contains(message_of([&] { format("a.json", "{\"transcript\": 1}"); }),
                       {"a.json' holds no story", "'words' (Gentle)", "'segments'", "found none of them"}));
  EXPECT_TRUE(contains(message_of([&] { format("a.json", "3"); }), {"holds no story", "found number"}));
}

TEST(Story, reads_every_format_from_its_file) {
  const TemporaryFolder folder;
  const std::pair<const char*, const char*> files[] = {
      {"gentle.csv", "One,one,0,1\r\nTwo,two,1,2.5\r\n"},
      {"gentle.json", R"({"words": [{"case": "success", "word": "One", "start": 0, "end": 1},
                                    {"case": "success", "word": "Two", "start": 1, "end": 2.5}]})"},
      {"montreal.csv", "Begin,End,Label,Type,Speaker\n0,1,One,words,s\n1,2.5,Two,words,s\n"},
      {"montreal.json", R"({"tiers": {"words": {"entries": [[0, 1, "One"], [1, 2.5, "Two"]]}}})"},
      {"whisperx.json", R"({"segments": [{"words": [{"word": "One", "start": 0, "end": 1},
                                                    {"word": "Two", "start": 1, "end": 2.5}]}]})"},
      {"events.tsv", "onset\tduration\ttrial_type\tvalue\n0\t1\tword\tOne\n1\t1.5\tword\tTwo\n0.5\tn/a\tx\tn/a\n"}};
  const std::vector<Word> expected{{0, 1, "One"}, {1, 2.5, "Two"}};
  for (const auto& [name, text] : files) {
    write_text(folder / name, text);
    expect_same(read_story(folder / name).words, expected);
    EXPECT_EQ(read_story(folder / name, {.lowercase = true}).words[1].text, "two") << name;
  }
}

TEST(Story, is_read_from_packed_files) {
  const TemporaryFolder folder;
  write_gzip(folder / "story.tsv.gz", "onset\toffset\tword\n0\t1\ta\n");
  write_gzip(folder / "align.csv.gz", "a,a,0,1\n");
  write_gzip(folder / "packed.csv", "a,a,0,1\n");  // the content decides
  for (const auto* name : {"story.tsv.gz", "align.csv.gz", "packed.csv"})
    expect_same(read_story(folder / name).words, {{0, 1, "a"}});
  EXPECT_EQ(read_story(folder / "story.tsv.gz").name, "story");
  EXPECT_EQ(read_table(folder / "story.tsv.gz").rows.size(), 1u);
}

TEST(Story, of_another_kind_is_refused_naming_the_known_ones) {
  try {
    read_story("story.docx");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::input);
    EXPECT_TRUE(contains(error.what(), {"story.docx", ".TextGrid", ".tsv", ".csv", ".json", ".gz"}));
  }
}

}  // namespace
}  // namespace arcuate
