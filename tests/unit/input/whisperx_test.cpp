// Transcripts with times by WhisperX, and by Whisper itself.
#include "input/whisperx.h"

#include "told_words.h"

namespace arcuate {
namespace {

using test::contains;
using test::message_of;
using test::told;

std::vector<Word> read(const std::string& text, Untimed untimed = Untimed::error) {
  return parse_whisperx(parse_sorted_json(text, "w.json"), "w.json", {.untimed = untimed});
}

const std::string small = R"({"segments": [
  {"start": 0.5, "end": 2, "text": " In 1865, a rabbit", "words": [
    {"word": "In", "start": 0.5, "end": 0.7, "score": 0.9}, {"word": "1865,"},
    {"word": "a", "start": 1.2, "end": 1.3, "score": 0.8, "speaker": "SPEAKER_00"},
    {"word": "rabbit", "start": 1.3, "end": 2, "score": 0.7}]},
  {"start": 3, "end": 4, "text": " ran.", "words": [{"word": " ran.", "start": 3, "end": 4, "probability": 0.9}]}],
  "word_segments": [], "language": "en"})";

TEST(WhisperX, reads_the_words_of_all_segments) {
  EXPECT_EQ(told(read(small, Untimed::drop)), "0.5-0.7 In|1.2-1.3 a|1.3-2 rabbit|3-4 ran.");
  EXPECT_EQ(told(read(small, Untimed::interpolate)), "0.5-0.7 In|0.7-1.2 1865,|1.2-1.3 a|1.3-2 rabbit|3-4 ran.");
}

TEST(WhisperX, words_without_times_are_told_by_their_place) {
  EXPECT_TRUE(contains(message_of([] { read(small); }),
                       {"w.json: 1 word has no time (n/a): segments[0].words[1];", "interpolate"}));
}

TEST(WhisperX, tells_what_is_wrong) {
  const auto words = [](const std::string& list) { return R"({"segments": [{"words": )" + list + "}]}"; };
  test::expect_refused(
      {{"a list", "[]", "w.json: expected an object with a list 'segments', found array"},
       {"segments are an object", R"({"segments": {}})", "segments: expected a list, found object"},
       {"a segment is a text", R"({"segments": ["x"]})", "segments[0]: expected an object, found string"},
       {"not aligned", R"({"segments": [{"start": 0, "end": 1, "text": "a"}]})",
        "segments[0]: no list 'words'; were the words aligned, or word timestamps asked for?"},
       {"words are a text", words("\"a\""), "segments[0].words: expected a list, found string"},
       {"a word is a number", words("[1]"), "segments[0].words[0]: expected an object, found number"},
       {"no word", words(R"([{"start": 0, "end": 1}])"), "segments[0].words[0]: 'word' is missing"},
       {"time is a text", words(R"([{"word": "a", "start": "0", "end": 1}])"),
        "segments[0].words[0].start: expected a number, found string"},
       {"one time", words(R"([{"word": "a", "start": 0, "end": null}])"),
        "1 word has no time (n/a): segments[0].words[0]"},
       {"negative", words(R"([{"word": "a", "start": -2, "end": 1}])"), "segments[0].words[0]: 'a' has the time -2"},
       {"reversed", words(R"([{"word": "a", "start": 2, "end": 1}])"), "'a' ends at 1, before its onset 2"},
       {"backwards", words(R"([{"word": "a", "start": 2, "end": 3}, {"word": "b", "start": 1, "end": 3}])"),
        "segments[0].words[1]: 'b' begins at 1, before the onset 2 of 'a' (segments[0].words[0])"},
       {"NaN", words(R"([{"word": "a", "start": NaN, "end": 1}])"), "is not valid JSON"}},
      [](const std::string& text) { read(text); });
}

TEST(WhisperX, faults_of_several_segments_are_told_at_once) {
  EXPECT_TRUE(contains(message_of([] { read(R"({"segments": [{"words": [3]}, {}]})"); }),
                       {"w.json: 2 problems", "segments[0].words[0]", "segments[1]: no list 'words'"}));
}

}  // namespace
}  // namespace arcuate
