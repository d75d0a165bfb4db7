#include "input/textgrid.h"

#include <gtest/gtest.h>

#include "malformed.h"
#include "support.h"

namespace arcuate {
namespace {

using test::contains;
using test::message_of;

constexpr const char* long_form = R"(File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 2.5
tiers? <exists>
size = 3
item []:
    item [1]:
        class = "IntervalTier"
        name = "phones"
        xmin = 0
        xmax = 2.5
        intervals: size = 1
        intervals [1]:
            xmin = 0
            xmax = 2.5
            text = "a"
    item [2]:
        class = "TextTier"
        name = "events"
        xmin = 0
        xmax = 2.5
        points: size = 2
        points [1]:
            number = 0.5
            mark = "click"
        points [2]:
            number = 1
            mark = "1"
    item [3]:
        class = "IntervalTier"
        name = "words"
        xmin = 0
        xmax = 2.5
        intervals: size = 3
        intervals [1]:
            xmin = 0
            xmax = 1e-1
            text = "sp "
        intervals [2]:
            xmin = .1
            xmax = 1.
            text = "say ""hi"" = 3 ! <b>"
        intervals [3]:
            xmin = +1.0E0
            xmax = 2.5
            text = ""
)";

constexpr const char* short_form = R"(File type = "ooTextFile short"
"TextGrid"

0 ! seconds, "like" 7 others
2.5
<exists>
3
"IntervalTier" "phones" 0 2.5 1
0 2.5 "a"
"TextTier"
"events"
0
2.5
2
0.5
"click"
1
"1"
"IntervalTier"
"words"
0
2.5
3
0
1e-1
"sp "
.1
1.
"say ""hi"" = 3 ! <b>"
+1.0E0
2.5
""
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return text.replace(at, from.size(), to);
}

std::string joined(const std::string& text, const std::string& line_end) {
  std::string out;
  for (char c : text) out += c == '\n' ? line_end : std::string(1, c);
  return out;
}

Tier tier(const std::string& bytes, const std::string& choice = "") { return parse_interval_tier(bytes, "t", choice); }
std::string error_of(const std::string& bytes, const std::string& choice = "") {
  return message_of([&] { tier(bytes, choice); });
}

void expect_words(const Tier& words) {
  ASSERT_EQ(words.intervals.size(), 3);
  EXPECT_EQ(words.name, "words");
  EXPECT_EQ(words.intervals[0].label, "sp");
  EXPECT_EQ(words.intervals[1].label, "say \"hi\" = 3 ! <b>");
  EXPECT_EQ(words.intervals[2].label, "");
  EXPECT_EQ(words.intervals[0].end, 0.1);
  EXPECT_EQ(words.intervals[1].begin, 0.1);
  EXPECT_EQ(words.intervals[1].end, 1.0);
  EXPECT_EQ(words.intervals[2].begin, 1.0);
  EXPECT_EQ(words.intervals[2].end, 2.5);
}

TEST(TextGrid, reads_the_long_form) {
  const auto words = tier(long_form);
  expect_words(words);
  EXPECT_EQ(words.intervals[1].line, 42);
}

TEST(TextGrid, reads_the_short_form_with_comments) { expect_words(tier(short_form)); }

TEST(TextGrid, reads_every_line_end_and_a_byte_order_mark) {
  for (const char* line_end : {"\r\n", "\r"}) {
    const auto words = tier("\xEF\xBB\xBF" + joined(long_form, line_end));
    expect_words(words);
    EXPECT_EQ(words.intervals[1].line, 42);
  }
}

TEST(TextGrid, reads_equals_signs_without_blanks) {
  expect_words(tier(replaced(replaced(long_form, "xmin = .1", "xmin=.1"), "text = \"sp \"", "text=\"sp \"")));
}

TEST(TextGrid, reads_utf16_beyond_the_basic_plane) {
  std::string bytes = "\xFF\xFE";
  for (const char c : replaced(long_form, "\"a\"", "\"@\"")) (bytes += c) += '\0';
  const std::string at{'@', '\0'};
  EXPECT_EQ(tier(replaced(bytes, at, std::string("\x3D\xD8\x00\xDE", 4)), "phones").intervals[0].label, "\U0001F600");
  EXPECT_TRUE(contains(error_of(replaced(bytes, at, "\x3D\xD8")), {"not valid UTF-16", "byte"}));
  EXPECT_TRUE(contains(error_of(bytes + "\n"), {"truncated", "UTF-16"}));
}

TEST(TextGrid, chooses_a_tier_by_name_or_number) {
  EXPECT_EQ(tier(long_form, "phones").name, "phones");
  EXPECT_EQ(tier(long_form, "1").name, "phones");
  EXPECT_EQ(tier(long_form, "3").name, "words");
  EXPECT_EQ(tier(replaced(long_form, "\"phones\"", "\"3\""), "3").intervals.size(), 1) << "a name wins over a number";
}

TEST(TextGrid, without_a_choice_takes_word_in_any_case_or_the_only_interval_tier) {
  EXPECT_EQ(tier(replaced(long_form, "\"words\"", "\"WORD\"")).name, "WORD");
  const auto alone = replaced(replaced(long_form, "\"words\"", "\"x\""), "\"IntervalTier\"", "\"TextTier\"");
  EXPECT_EQ(tier(replaced(alone, "xmax = 2.5\n            text = \"a\"", "text = \"a\"")).name, "x");
}

TEST(TextGrid, rounding_is_no_overlap_and_other_tiers_are_not_judged) {
  expect_words(tier(long_form, "words"));
  EXPECT_EQ(error_of(replaced(long_form, "xmin = .1", "xmin = .0999999")), "");
  EXPECT_EQ(error_of(replaced(long_form, "xmin = 0\n            xmax = 2.5", "xmin = 3\n            xmax = 2.5")), "");
}

// Wherever a file breaks off, the message says so; only a cut within the last label's blanks can go unnoticed.
TEST(TextGrid, every_truncation_is_told) {
  for (const std::string whole : {long_form, short_form}) {
    for (size_t size = 40; size + 2 < whole.size(); ++size) {
      const auto message = error_of(whole.substr(0, size));
      ASSERT_FALSE(message.empty()) << "cut at byte " << size;
    }
  }
  const std::string text = long_form;
  const auto cut = text.substr(0, text.find("xmax = 1e-1"));
  EXPECT_TRUE(contains(error_of(cut), {"line 39", "truncated", ("byte " + std::to_string(cut.size())).c_str(),
                                       "the end of interval 1"}));
  EXPECT_TRUE(contains(error_of(text.substr(0, text.find("hi"))), {"line 44", "truncated", "no closing quote"}));
}

// The long form with another text in a place.
std::string with(const std::string& from, const std::string& to) { return replaced(long_form, from, to); }

std::string all_faults_of_times() {
  auto text = with("xmin = .1", "xmin = 0.05");
  text = replaced(text, "xmax = 2.5\n            text = \"\"", "xmax = 0.5\n            text = \"\"");
  return replaced(text, "intervals: size = 1", "intervals: size = 2");
}

std::string wide(const std::string& text) {
  std::string bytes = "\xFF\xFE";
  for (const char c : text) (bytes += c) += '\0';
  return bytes;
}

TEST(TextGridMalformed, files_are_refused) {
  const std::string text = long_form;
  test::expect_refused(
      {{"empty", "", "not a TextGrid", "''"},
       {"a table", "onset\tword\n", "not a TextGrid", "'onset?word'"},
       {"binary", "ooBinaryFile\x08TextGrid", "binary", "Save as text file"},
       {"chronological", "\"Praat chronological TextGrid text file\"\n0 1\n", "chronological", "Save as"},
       {"another object", "File type = \"ooTextFile\"\nObject class = \"PitchTier\"\n", "line 2", "\"TextGrid\"",
        "\"PitchTier\""},
       {"no tiers", "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n0\n1\n<absent>\n", "no tiers"},
       {"Latin-1", with("\"a\"", "\"\xE4\""), "byte", "UTF-8"},
       {"half a character of UTF-16", wide(text) + "\n", "truncated", "UTF-16"},
       {"half a pair of UTF-16", replaced(wide(with("\"a\"", "\"@\"")), std::string{'@', '\0'}, "\x3D\xD8"),
        "not valid UTF-16", "byte"},
       {"cut in an interval", text.substr(0, text.find("xmax = 1e-1")), "line 39", "truncated",
        "the end of interval 1"},
       {"cut in a label", text.substr(0, text.find("hi")), "line 44", "truncated", "no closing quote"},
       {"quotes that are not doubled", with("\"\"hi\"\"", "\"hi\""), "line 44", "doubled", "hi"},
       {"comma for the point", with("xmin = .1", "xmin = 0,1"), "line 42", "number", "'0,1'"},
       {"beyond float64", with("xmin = .1", "xmin = 1e999"), "line 42", "'1e999'"},
       {"undefined", with("xmin = .1", "xmin = --undefined--"), "line 44", "expected the end of interval 2"},
       {"NaN", with("xmin = .1", "xmin = nan"), "line 44", "expected the end of interval 2"},
       {"n/a", with("xmin = .1", "xmin = n/a"), "line 44", "expected the end of interval 2"},
       {"overlap", with("xmin = .1", "xmin = 0.05"), "line 42:", "begins at 0.05",
        "'sp' (line 38), which runs from 0 to 0.1"},
       {"times", all_faults_of_times(), "3 problems", "line 14: tier 1 'phones' declares 2 intervals, but there are 1",
        "line 42:", "line 46:", "reversed", "begins at 1 and ends at 0.5"},
       {"a negative time", with("xmin = 0\n            xmax = 1e-1", "xmin = -1\n            xmax = 1e-1"),
        "line 38: the interval 'sp' begins at -1; the times of a sound begin at 0"},
       {"fewer intervals", with("intervals: size = 3", "intervals: size = 4"), "declares 4 intervals, but there are 3"},
       {"more intervals", with("intervals: size = 3", "intervals: size = 2"), "line 36",
        "declares 2 intervals, but there are 3"},
       {"a huge size", with("intervals: size = 3", "intervals: size = 4000000000000000"),
        "declares 4000000000000000 intervals, but there are 3"},
       {"more points", with("points: size = 2", "points: size = 1"), "1 points", "are 2"},
       {"fewer tiers", with("\nsize = 3", "\nsize = 4"), "line 7: the file declares 4 tiers, but there are 3",
        "truncated?"},
       {"no tier of words", with("\"words\"", "\"x\""), "which tier", "1 'phones'", "2 'events' (points)", "3 'x'"}},
      [](const std::string& bytes) { tier(bytes); });
}

TEST(TextGridMalformed, tiers_that_are_not_there_are_refused) {
  const auto chosen = [](const char* name) { return [name](const std::string& bytes) { tier(bytes, name); }; };
  test::expect_refused({{"unknown", long_form, "no interval tiers are called 'word'", "3 'words'"}}, chosen("word"));
  test::expect_refused({{"points", long_form, "'2'", "(points)"}}, chosen("2"));
  test::expect_refused({{"twice", with("\"phones\"", "\"words\""), "several", "1 'words'"}}, chosen("words"));
}

}  // namespace
}  // namespace arcuate
