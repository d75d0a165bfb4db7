#include "input/word_table.h"

#include "told_words.h"

namespace arcuate {
namespace {

using test::contains;
using test::message_of;
using test::told;

std::vector<Word> words(const std::string& bytes, Untimed untimed = Untimed::error, char separator = '\t') {
  StoryOptions options;
  options.untimed = untimed;
  return parse_word_table(bytes, separator, "w.tsv", options);
}
std::string error_of(const std::string& bytes, Untimed untimed = Untimed::error) {
  return message_of([&] { words(bytes, untimed); });
}

TEST(WordTable, reads_onset_offset_and_word_in_any_order_and_case) {
  EXPECT_EQ(told(words("onset\toffset\tword\n0\t1\ta\n1\t2.5\tb\n")), "0-1 a|1-2.5 b");
  EXPECT_EQ(told(words("Word,pos,Offset,Onset\na,NN,1,0.5\n", Untimed::error, ',')), "0.5-1 a");
}

TEST(WordTable, reads_durations_unless_there_are_offsets) {
  EXPECT_EQ(told(words("onset\tduration\tword\n2\t0.5\ta\n")), "2-2.5 a");
  EXPECT_EQ(told(words("onset\tduration\toffset\tword\n2\t9\t3\ta\n")), "2-3 a");
}

TEST(WordTable, takes_the_words_from_the_first_of_the_documented_columns) {
  EXPECT_EQ(told(words("onset\tduration\ttrial_type\tvalue\n0\t1\tx\ty\n")), "0-1 y");
  EXPECT_EQ(told(words("onset\tduration\ttrial_type\n0\t1\tx\n")), "0-1 x");
  EXPECT_EQ(told(words("onset\tduration\tlabel\ttext\tvalue\n0\t1\tx\ty\tz\n")), "0-1 y");
  EXPECT_EQ(told(words("onset\tduration\tlabel\ttext\tword\n0\t1\tx\ty\tz\n")), "0-1 z");
}

TEST(WordTable, reads_three_columns_without_a_header) {
  EXPECT_EQ(told(words("0\t0\ta\n0\t1\tb\n")), "0-0 a|0-1 b");
  EXPECT_EQ(told(words("\xEF\xBB\xBF"
                       "\n\"0.5\",1,a\r\n",
                       Untimed::error, ',')),
            "0.5-1 a");
  EXPECT_TRUE(contains(error_of("0\t1\ta\tNN\n"), {"line 1: 4 fields where 3"}));
}

TEST(WordTable, tells_of_all_missing_columns) {
  EXPECT_TRUE(contains(error_of("onsets\tend\tform\n"),
                       {"3 problems", "'onset'", "did you mean 'onsets'", "'offset' or 'duration'", "'trial_type'"}));
}

TEST(WordTable, tells_of_bad_times_decreasing_onsets_and_early_offsets_at_once) {
  const auto message = error_of("onset\toffset\tword\n0\tx\ta\n3\t4\tb\n2\t2.5\tc\n5\t4.5\td\n6\tinf\te\n");
  EXPECT_TRUE(contains(message, {"w.tsv: 4 problems", "line 2: column 'offset'", "'x'",
                                 "line 4: 'c' begins at 2, before the onset 3 of 'b' (line 3)",
                                 "line 5: 'd' ends at 4.5, before its onset 5", "line 6", "'inf'"}));
}

TEST(WordTable, tells_what_is_wrong) {
  const std::string header = "onset\toffset\tword\n";
  const auto utf16 = [](std::string text) {
    for (size_t i = text.size(); i > 0; --i) text.insert(i, 1, '\0');
    return text;
  };
  test::expect_refused(
      {{"empty", "", "w.tsv: the table is empty; a header line was expected"},
       {"missing column", "onset\tword\n0\ta\n", "no column 'offset' or 'duration'"},
       {"twice a column", "onset\toffset\tword\tonset\n", "line 1: columns 1 and 4 are both called 'onset'"},
       {"twice in another case", "onset\toffset\tword\tOnset\n", "columns 1 and 4 are both called 'onset'"},
       {"nameless column", "onset\toffset\tword\t\n", "line 1: column 4 has no name"},
       {"ragged", header + "0\t1\n", "line 2: 2 fields where 3 are expected"},
       {"no number", header + "0\tx\ta\n", "line 2: column 'offset': expected seconds or n/a, found 'x'"},
       {"comma for the point", header + "0\t0,5\ta\n", "found '0,5'"},
       {"enormous", header + "0\t1e300\ta\n", "found '1e300'"},
       {"negative duration", "onset\tduration\tword\n1\t-1\ta\n", "line 2: 'a' ends at 0, before its onset 1"},
       {"UTF-16 with a mark", "\xFF\xFE" + utf16(header), "w.tsv: this is UTF-16 text; save the file as UTF-8"},
       {"UTF-16 of the other order", "\xFE\xFF" + utf16(header), "w.tsv: this is UTF-16 text"},
       {"UTF-16 without a mark", utf16(header),
        "w.tsv: byte 1 is zero: this is UTF-16 text without its mark, or no text"},
       {"Latin-1", header + "0\t1\tcaf\xE9\n", "byte 25 (line 2) is not valid UTF-8"}},
      [](const std::string& bytes) { words(bytes); });
}

TEST(WordTable, lines_may_end_in_any_way) {
  EXPECT_EQ(told(words("onset\toffset\tword\r0\t1\ta\r\n1\t2\tb\n2\t3\tc\r3\t4\td")), "0-1 a|1-2 b|2-3 c|3-4 d");
  EXPECT_TRUE(contains(error_of("onset\toffset\tword\r0\tx\ta\r\n1\t2\tb\ny\t3\tc\r"), {"line 2", "line 4"}));
}

TEST(WordTable, a_time_before_the_first_volume_is_a_time) {
  EXPECT_EQ(told(words("onset\tduration\tword\n-1.5\t0.5\ta\n")), "-1.5--1 a");
}

TEST(WordTable, words_may_overlap) { EXPECT_EQ(told(words("onset\toffset\tword\n0\t2\ta\n1\t2\tb\n")), "0-2 a|1-2 b"); }

TEST(WordTable, words_without_a_time_are_an_error_naming_their_lines) {
  EXPECT_TRUE(contains(error_of("onset\toffset\tword\n0\t1\ta\nn/a\tn/a\tb\n2\tn/a\tc\n"),
                       {"2 words have no time (n/a): line 3, line 4;", "drop", "interpolate"}));
}

TEST(WordTable, words_without_a_time_can_be_dropped) {
  EXPECT_EQ(told(words("onset\toffset\tword\nn/a\t2\tx\n0\t1\ta\nn/a\tn/a\tb\n2\t3\tc\n", Untimed::drop)),
            "0-1 a|2-3 c");
}

TEST(WordTable, words_without_a_time_can_share_the_gap_between_their_neighbours) {
  const auto gap = "onset\toffset\tword\n0\t1\ta\nn/a\tn/a\tb\nn/a\tn/a\tc\n2\t3\td\n";
  EXPECT_EQ(told(words(gap, Untimed::interpolate)), "0-1 a|1-1.5 b|1.5-2 c|2-3 d");
}

TEST(WordTable, interpolation_keeps_the_times_that_are_known) {
  const auto onset_known = "onset\tduration\tword\n0\tn/a\ta\nn/a\tn/a\tb\n2\t1\tc\n";
  EXPECT_EQ(told(words(onset_known, Untimed::interpolate)), "0-1 a|1-2 b|2-3 c");
  const auto offset_known = "onset\toffset\tword\n0\t1\ta\nn/a\tn/a\tb\nn/a\t2\tc\n4\t5\td\n";
  EXPECT_EQ(told(words(offset_known, Untimed::interpolate)), "0-1 a|1-1.5 b|1.5-2 c|4-5 d");
}

TEST(WordTable, words_between_overlapping_neighbours_get_no_time_of_their_own) {
  EXPECT_EQ(told(words("onset\toffset\tword\n0\t3\ta\nn/a\tn/a\tb\n2\t3\tc\n", Untimed::interpolate)),
            "0-3 a|2-2 b|2-3 c");
}

TEST(WordTable, interpolation_needs_a_neighbour_on_both_sides) {
  EXPECT_TRUE(contains(error_of("onset\toffset\tword\nn/a\tn/a\ta\n0\t1\tb\n", Untimed::interpolate),
                       {"line 2: 'a'", "no timed word before"}));
  EXPECT_TRUE(contains(error_of("onset\toffset\tword\n0\t1\ta\nn/a\tn/a\tb\n", Untimed::interpolate),
                       {"line 3: 'b'", "no timed word after"}));
}

TEST(WordTable, a_lone_offset_that_contradicts_its_neighbours_is_told) {
  EXPECT_TRUE(contains(error_of("onset\toffset\tword\n5\t6\ta\nn/a\t3\tb\n7\t8\tc\n", Untimed::interpolate),
                       {"line 3: 'b' begins at 3, before the onset 5"}));
}

TEST(WordTable, drops_missing_and_marked_words_before_asking_for_their_times) {
  EXPECT_EQ(told(words("onset\toffset\tword\n0\t1\ta\nn/a\tn/a\tsp\n1\t2\tn/a\n1\t2\t\n2\t3\tb\n")), "0-1 a|2-3 b");
}

TEST(WordTable, reads_bids_events) {
  ARCUATE_DATA_OR_SKIP(path, "narratives/sub-001_func_sub-001_task-pieman_run-1_events.tsv");
  EXPECT_EQ(told(read_story(path).words), "0-13 music|15-437 story");
}

// "a/NOUN>2" for each word: its tag and its head.
std::string annotated(const std::vector<Word>& list) {
  std::string text;
  for (const auto& word : list)
    text += fmt::format("{}{}/{}>{}", text.empty() ? "" : " ", word.text, word.tag, word.head);
  return text;
}
const std::string tagged = "onset\toffset\tword\ttag\thead\trelation\tsentence\n";

TEST(WordTable, reads_tags_and_heads_where_there_are_columns_for_them) {
  EXPECT_EQ(annotated(words(tagged + "0\t1\tthe\tDET\t2\tdet\t1\n1\t2\tking\tNOUN\t0\troot\t1\n")),
            "the/DET>2 king/NOUN>0");
  EXPECT_EQ(annotated(words("onset\toffset\tword\tTag\n0\t1\tthe\tDET\n1\t2\tum\tn/a\n")), "the/DET>0 um/>0");
  EXPECT_EQ(annotated(words("onset\toffset\tword\n0\t1\tthe\n")), "the/>0");
}

TEST(WordTable, heads_count_the_words_that_are_left) {
  const auto table = tagged + "0\t1\tsp\tX\tn/a\tx\t1\n1\t2\tthe\tDET\t4\tdet\t1\nn/a\tn/a\toh\tINTJ\t4\tx\t1\n" +
                     "2\t3\tking\tNOUN\tn/a\troot\t1\n";
  EXPECT_EQ(annotated(words(table, Untimed::drop)), "the/DET>2 king/NOUN>0");
  EXPECT_EQ(annotated(words(table, Untimed::interpolate)), "the/DET>3 oh/INTJ>3 king/NOUN>0");
}

TEST(WordTable, tells_of_all_heads_that_are_no_rows) {
  const auto table = tagged + "0\t1\ta\tX\t4\tx\t1\n1\t2\tb\tX\t-1\tx\t1\n2\t3\tc\tX\tx\tx\t1\n";
  EXPECT_TRUE(contains(error_of(table), {"w.tsv: 3 problems", "line 2: column 'head': expected a row from 1 to 3",
                                         "found '4'", "line 3", "'-1'", "line 4", "'x'"}));
}

TEST(WordTable, tells_of_heads_that_are_left_out_or_lead_in_a_circle) {
  const auto left_out = tagged + "0\t1\tsp\tX\t0\tx\t1\n1\t2\tthe\tDET\t1\tdet\t1\n";
  EXPECT_TRUE(contains(error_of(left_out), {"line 3: the head of 'the' is row 1, which is left out"}));
  const auto circle = tagged + "0\t1\ta\tX\t2\tx\t1\n1\t2\tb\tX\t3\tx\t1\n2\t3\tc\tX\t2\tx\t1\n3\t4\td\tX\t4\tx\t1\n";
  EXPECT_TRUE(contains(error_of(circle), {"2 problems", "line 3: the heads of 'b' lead back to it", "line 5", "'d'"}));
}

}  // namespace
}  // namespace arcuate
