// Alignments by the Montreal Forced Aligner: its CSV and JSON, one speaker and several.
#include "input/montreal.h"

#include "told_words.h"

namespace arcuate {
namespace {

using test::contains;
using test::message_of;
using test::told;

std::vector<Word> csv(const std::string& bytes) { return parse_montreal_csv(bytes, "a.csv"); }
std::vector<Word> json(const std::string& text) {
  return parse_montreal_json(parse_sorted_json(text, "a.json"), "a.json");
}

const std::string header = "Begin,End,Label,Type,Speaker\r\n";
const std::string small_csv = header +
                              "0.0,0.4,,words,alice\r\n0.4,0.61,down,words,alice\r\n0.61,0.9,the,words,alice\r\n"
                              "0.4,0.5,D,phones,alice\r\n0.5,0.61,AW1,phones,alice\r\n";

TEST(Montreal, reads_the_words_of_a_csv) { EXPECT_EQ(told(csv(small_csv)), "0.4-0.61 down|0.61-0.9 the"); }

TEST(Montreal, reads_the_tier_of_words_of_a_json) {
  EXPECT_EQ(told(json(R"({"start": 0, "end": 0.9, "tiers": {
    "words": {"type": "interval", "entries": [[0, 0.4, "<eps>"], [0.4, 0.61, "down"], [0.61, 0.9, "the"]]},
    "phones": {"type": "interval", "entries": [[0.4, 0.5, "D"]]}}})")),
            "0.4-0.61 down|0.61-0.9 the");
}

TEST(Montreal, words_of_several_speakers_stand_in_the_order_of_their_onsets) {
  const auto both = "0-1 well|0.5-2 yes|1-2 then";
  EXPECT_EQ(told(csv(header + "0,1,well,words,a\n1,2,then,words,a\n0,1,W,phones,a\n0.5,2,yes,words,b\n")), both);
  EXPECT_EQ(told(json(R"({"tiers": {"a - words": {"entries": [[0, 1, "well"], [1, 2, "then"]]},
                                    "b - words": {"entries": [[0.5, 2, "yes"]]}}})")),
            both);
}

TEST(Montreal, one_speaker_is_not_put_in_order) {
  EXPECT_TRUE(contains(message_of([] { csv(header + "1,2,a,words,x\n0,1,b,words,x\n"); }),
                       {"line 3: 'b' begins at 0, before the onset 1 of 'a' (line 2)"}));
}

TEST(Montreal, a_csv_is_the_aligners_by_its_columns) {
  EXPECT_TRUE(is_montreal_csv(header));
  EXPECT_TRUE(is_montreal_csv("begin,end,label,type\n"));
  EXPECT_FALSE(is_montreal_csv("Begin,End,Label\n"));
  EXPECT_FALSE(is_montreal_csv("onset,offset,word,type\n"));
}

TEST(Montreal, tells_what_is_wrong_with_a_csv) {
  test::expect_refused(
      {{"no number", header + "x,1,a,words,s\n", "line 2: column 'Begin': expected seconds, found 'x'"},
       {"n/a", header + "0,n/a,a,words,s\n", "line 2: column 'End': expected seconds, found 'n/a'"},
       {"NaN", header + "0,nan,a,words,s\n", "expected seconds, found 'nan'"},
       {"empty time", header + ",1,a,words,s\n", "line 2: column 'Begin': expected seconds, found ''"},
       {"negative", header + "-1,1,a,words,s\n", "line 2: 'a' has the time -1"},
       {"reversed", header + "2,1,a,words,s\n", "line 2: 'a' ends at 1, before its onset 2"},
       {"ragged", header + "0,1,a,words\n", "line 2: 4 fields where 5 are expected"},
       {"twice a column", "Begin,End,Label,Type,Begin\n", "columns 1 and 5 are both called 'Begin'"}},
      [](const std::string& bytes) { csv(bytes); });
}

TEST(Montreal, tells_what_is_wrong_with_a_json) {
  const auto tier = [](const std::string& entries) { return R"({"tiers": {"words": {"entries": )" + entries + "}}}"; };
  test::expect_refused(
      {{"a list", "[]", "a.json: expected an object with an object 'tiers'"},
       {"tiers are a list", R"({"tiers": []})", "a.json: expected an object with an object 'tiers'"},
       {"no words", R"({"tiers": {"phones": {"entries": []}}})",
        "no tier is called 'words' or 'SPEAKER - words'; its tiers: phones"},
       {"no tiers", R"({"tiers": {}})", "its tiers: none"},
       {"no entries", R"({"tiers": {"words": {}}})", "tiers.words: 'entries' is missing"},
       {"tier is a text", R"({"tiers": {"words": "x"}})", "tiers.words: expected an object, found string"},
       {"entries are an object", tier("{}"), "tiers.words.entries: expected a list, found object"},
       {"an entry is a text", tier("[\"a\"]"), "tiers.words.entries[0]: expected a list, found string"},
       {"two values", tier("[[0, 1]]"), "tiers.words.entries[0]: expected [begin, end, label], found 2 values"},
       {"time is a text", tier(R"([["0", 1, "a"]])"), "tiers.words.entries[0][0]: expected a number, found string"},
       {"label is null", tier("[[0, 1, null]]"), "tiers.words.entries[0][2]: expected a text, found null"},
       {"negative", tier(R"([[-1, 1, "a"]])"), "tiers.words.entries[0]: 'a' has the time -1"},
       {"reversed", tier(R"([[2, 1, "a"]])"), "tiers.words.entries[0]: 'a' ends at 1, before its onset 2"},
       {"enormous", tier(R"([[0, 1e99, "a"]])"), "tiers.words.entries[0]: 0 to 1e+99 seconds is no time"}},
      [](const std::string& text) { json(text); });
}

}  // namespace
}  // namespace arcuate
