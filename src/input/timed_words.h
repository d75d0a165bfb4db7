// What all lists of words with times have in common: order, and what happens to words without a time.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/error.h"
#include "input/story.h"

namespace arcuate {

/// A word as a file lists it.
struct TimedWord {
  Word word{};          ///< NaN: no such time; the head is the number of an entry
  std::string where{};  ///< in the file, for messages: "line 3", "words[2]"
  int64_t number = 0;   ///< of the entry in the file, from 1: what heads count; 0 in files without heads
};

/// No recording is longer than this; sums and differences of such times stay finite.
constexpr double longest_seconds = 1e12;

/// Adds a problem for each time below 0.
void check_sound_times(const std::vector<TimedWord>& rows, Problems& problems);

/// The words in the order of the file, each with its times. Heads are numbered anew, over the words that are left.
/// Errors: input; with what `problems` holds already, all decreasing onsets, words that end before they begin and
/// (unless `untimed` says otherwise) words without a time at once; then all heads that are left out or lead round in a
/// circle.
std::vector<Word> settle_words(std::vector<TimedWord> rows, Untimed untimed, Problems& problems);

}  // namespace arcuate
