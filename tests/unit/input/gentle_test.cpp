// Alignments by Gentle: what the files of Narratives look like, and what is said of broken ones.
#include "input/gentle.h"

#include "told_words.h"

namespace arcuate {
namespace {

using test::contains;
using test::message_of;
using test::told;

std::vector<Word> csv(const std::string& bytes, Untimed untimed = Untimed::error) {
  return parse_gentle_csv(bytes, "align.csv", {.untimed = untimed});
}
std::vector<Word> json(const std::string& text, Untimed untimed = Untimed::error) {
  return parse_gentle_json(parse_sorted_json(text, "align.json"), "align.json", {.untimed = untimed});
}

// As Python's csv module writes it: CRLF, and nothing where there is no time.
const std::string small_csv =
    "I,i,15.09,15.29\r\nBegan,began,15.29,15.61\r\nSmallville,,,\r\nmy,my,16.2,16.34\r\nCzyzewski,<unk>,16.34,17\r\n";
const std::string small_json = R"({
 "transcript": "I Began. Smallville, my Czyzewski",
 "words": [
  {"alignedWord": "i", "case": "success", "end": 15.29, "endOffset": 1, "phones": [{"duration": 0.2, "phone": "ay_S"}],
   "start": 15.09, "startOffset": 0, "word": "I"},
  {"alignedWord": "began", "case": "success", "start": 15.29, "end": 15.61, "word": "Began"},
  {"case": "not-found-in-audio", "endOffset": 19, "startOffset": 9, "word": "Smallville"},
  {"case": "not-found-in-transcript", "alignedWord": "um", "start": 15.7, "end": 15.9, "phones": []},
  {"alignedWord": "my", "case": "success", "start": 16.2, "end": 16.34, "word": "my"},
  {"alignedWord": "<unk>", "case": "success", "start": 16.34, "end": 17, "word": "Czyzewski"}]})";

TEST(Gentle, both_files_hold_the_words_of_the_transcript_in_the_order_of_the_text) {
  const auto dropped = "15.09-15.29 I|15.29-15.61 Began|16.2-16.34 my|16.34-17 Czyzewski";
  EXPECT_EQ(told(csv(small_csv, Untimed::drop)), dropped);
  EXPECT_EQ(told(json(small_json, Untimed::drop)), dropped);
}

TEST(Gentle, words_that_were_not_heard_are_told_or_placed_between_their_neighbours) {
  EXPECT_TRUE(contains(message_of([] { csv(small_csv); }), {"align.csv: 1 word has no time (n/a): line 3;", "drop"}));
  EXPECT_TRUE(contains(message_of([] { json(small_json); }), {"align.json: 1 word has no time (n/a): words[2];"}));
  const auto placed = "15.09-15.29 I|15.29-15.61 Began|15.61-16.2 Smallville|16.2-16.34 my|16.34-17 Czyzewski";
  EXPECT_EQ(told(csv(small_csv, Untimed::interpolate)), placed);
  EXPECT_EQ(told(json(small_json, Untimed::interpolate)), placed);
}

TEST(Gentle, a_table_is_gentles_by_its_four_fields) {
  EXPECT_TRUE(is_gentle_csv("I,i,15.09,15.29\n"));
  EXPECT_TRUE(is_gentle_csv("\xEF\xBB\xBF\n\"Well, then\",,,\r\n"));
  EXPECT_TRUE(is_gentle_csv("2,two,0,1\n"));
  EXPECT_TRUE(is_gentle_csv("I,i,x,1\n"));  // broken, but no other kind
  EXPECT_FALSE(is_gentle_csv("word,tag,onset,offset\nI,X,0,1\n"));
  EXPECT_FALSE(is_gentle_csv("0,1,I\n"));
  EXPECT_FALSE(is_gentle_csv(""));
}

TEST(Gentle, tells_what_is_wrong_with_a_csv) {
  test::expect_refused(
      {{"no number", "a,a,x,1\n", "line 1: column 3 (onset): expected seconds or nothing, found 'x'"},
       {"n/a", "a,a,n/a,n/a\n", "line 1: column 4 (offset): expected seconds or nothing, found 'n/a'"},
       {"not finite", "a,a,0,inf\n", "line 1: column 4 (offset): expected seconds or nothing, found 'inf'"},
       {"NaN", "a,a,nan,1\n", "found 'nan'"},
       {"negative", "a,a,-1,1\n", "line 1: 'a' has the time -1; the times of a sound begin at 0"},
       {"reversed", "a,a,2,1\n", "line 1: 'a' ends at 1, before its onset 2"},
       {"backwards", "a,a,2,3\nb,b,1,2\n", "line 2: 'b' begins at 1, before the onset 2 of 'a' (line 1)"},
       {"missing column", "a,a,0,1\nb,b,1\n", "line 2: 3 fields where 4 are expected"},
       {"additional column", "a,a,0,1\nb,b,1,2,\n", "line 2: 5 fields where 4 are expected"},
       {"half a time", "a,a,0,\n", "1 word has no time (n/a): line 1"},
       {"open quote", "\"a,a,0,1\n", "line 1: the quote before 'a,a,0,1?' is not closed"},
       {"UTF-16 with a mark",
        std::string("\xFF\xFE"
                    "a\0,\0",
                    6),
        "align.csv: this is UTF-16 text; save the file as UTF-8"},
       {"UTF-16 without", std::string("a\0,\0", 4), "align.csv: byte 1 is zero: this is UTF-16 text without its mark"},
       {"Latin-1", "caf\xE9,a,0,1\n", "byte 3 (line 1) is not valid UTF-8"}},
      [](const std::string& bytes) { csv(bytes); });
}

TEST(Gentle, tells_all_faults_of_a_csv_at_once) {
  EXPECT_TRUE(contains(message_of([] { csv("a,a,x,1\nb,b,3,2\nc,c,-1,y\n"); }),
                       {"align.csv: ", "line 1: column 3", "line 2: 'b' ends at 2", "line 3: column 4", "time -1"}));
}

TEST(Gentle, lines_may_end_in_any_way) {
  EXPECT_EQ(told(csv("a,a,0,1\nb,b,1,2\r\nc,c,2,3\rd,d,3,4")), "0-1 a|1-2 b|2-3 c|3-4 d");
}

std::string words_of(const std::string& items) { return "{\"words\": [" + items + "]}"; }

TEST(Gentle, tells_what_is_wrong_with_a_json) {
  const std::string good = R"({"case": "success", "word": "a", "start": 0, "end": 1})";
  test::expect_refused(
      {{"a list", "[]", "align.json: expected an object with a list 'words', found array"},
       {"a number", "7", "align.json: expected an object with a list 'words', found number"},
       {"without words", "{}", "align.json: there is no list 'words'"},
       {"words are no list", R"({"words": {"a": 1}})", "words: expected a list, found object"},
       {"words are null", R"({"words": null})", "words: expected a list, found null"},
       {"a word is no object", words_of(good + ", 3"), "words[1]: expected an object, found number"},
       {"no case", words_of(R"({"word": "a", "start": 0, "end": 1})"), "words[0]: 'case' is missing"},
       {"unknown case", words_of(R"({"case": "succes", "word": "a"})"),
        "words[0].case: expected success or not-found-in-audio, found 'succes'"},
       {"no word", words_of(R"({"case": "success", "start": 0, "end": 1})"), "words[0]: 'word' is missing"},
       {"word is a number", words_of(R"({"case": "success", "word": 4, "start": 0, "end": 1})"),
        "words[0].word: expected a text, found number"},
       {"time is a text", words_of(R"({"case": "success", "word": "a", "start": "0.5", "end": 1})"),
        "words[0].start: expected a number, found string"},
       {"found without times", words_of(R"({"case": "success", "word": "a", "start": 0})"),
        "words[0]: 'start' and 'end' are expected of a word that was found"},
       {"enormous", words_of(R"({"case": "success", "word": "a", "start": 0, "end": 1e300})"),
        "words[0].end: 1e+300 seconds is no time"},
       {"too large for a number", words_of(R"({"case": "success", "word": "a", "start": 0, "end": 1e999})"),
        "too large for a float64"},
       {"NaN", words_of(R"({"case": "success", "word": "a", "start": NaN, "end": 1})"),
        "is not valid JSON: fault at byte"},
       {"negative", words_of(R"({"case": "success", "word": "a", "start": -0.5, "end": 1})"),
        "words[0]: 'a' has the time -0.5; the times of a sound begin at 0"},
       {"reversed", words_of(R"({"case": "success", "word": "a", "start": 2, "end": 1})"),
        "words[0]: 'a' ends at 1, before its onset 2"},
       {"backwards", words_of(R"({"case": "success", "word": "b", "start": 2, "end": 3}, )" + good),
        "words[1]: 'a' begins at 0, before the onset 2 of 'b' (words[0])"},
       {"deep", std::string(300, '['), "nests lists and objects more than 256 deep"},
       {"cut", words_of(good).substr(0, 30), "is not valid JSON: fault at byte 31"},
       {"UTF-16", std::string("\xFF\xFE{\0", 4), "'align.json' is UTF-16 text, or no text; save it as UTF-8"},
       {"UTF-16 without a mark", std::string("{\0}\0", 4), "'align.json' is UTF-16 text, or no text"}},
      [](const std::string& text) { json(text); });
}

TEST(Gentle, tells_all_faults_of_a_json_at_once) {
  EXPECT_TRUE(
      contains(message_of([] { json(words_of(R"(1, {"case": "success", "word": "a", "start": "0", "end": 1})")); }),
               {"align.json: 2 problems", "words[0]: expected an object", "words[1].start"}));
}

}  // namespace
}  // namespace arcuate
