// When a reader would say each word of a text: a simple model of a calm narrator, for stories without a recording.
//
//   duration of a word  = word_base + word_letter * letters          (letters and digits; hyphens and marks take no
//   time) silence after it    = by its last mark: comma, clause (; : --), sentence (. ? !), or the paragraph's end
//
// Every duration and silence is then varied by a factor from 1 - jitter to 1 + jitter. The constants are choices, not
// measurements: 20 letters a second and pauses at the marks bring English prose to about 2.5 words a second, the pace
// of an unhurried audiobook, so that a volume of 2 s holds about five words.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "input/story.h"

namespace arcuate {

struct SpeechRate {
  double start = 4.0;            ///< Seconds of silence before the first word: two volumes of rest.
  double word_base = 0.13;       ///< Seconds a word takes whatever its length: short words are not said in no time.
  double word_letter = 0.05;     ///< Seconds a letter: a word of four letters takes a third of a second.
  double comma_pause = 0.25;     ///< Seconds of silence: a short breath.
  double clause_pause = 0.4;     ///< Seconds after ; : and a dash: between comma and full stop.
  double sentence_pause = 0.6;   ///< Seconds: a breath.
  double paragraph_pause = 1.0;  ///< Seconds: the longest, where a scene or a speaker changes.
  double jitter = 0.15;          ///< Largest change of a duration or silence, as a share of it.
  uint64_t seed = 0;
};

/// The words of a plain text (UTF-8; blank lines end paragraphs), with their punctuation as written. A mark that stands
/// by itself (a dash) is no word: it is kept with the word before it, or after it at the beginning of a paragraph.
/// Times are whole milliseconds. Errors: input, for text that is not UTF-8 or has no word.
std::vector<Word> speak(std::string_view text, const SpeechRate& rate = {});

/// The same for words that are already separate, paragraph by paragraph. Errors: input, where there are none.
std::vector<Word> time_words(const std::vector<std::vector<std::string>>& paragraphs, const SpeechRate& rate = {});

}  // namespace arcuate
