// Transcripts with times by WhisperX, and by Whisper where it was asked for times of words: JSON with `segments`, each
// with `words`, a list of objects with `word`, `start`, `end`. Words that could not be aligned (numerals, say) have no
// times. Seconds on the clock of the sound.
#pragma once
#include <string>
#include <vector>

#include "input/story.h"
#include "io/json.h"

namespace arcuate {

/// Errors: input; all faults at once, by entry ("segments[0].words[2].start").
std::vector<Word> parse_whisperx(const SortedJson& json, const std::string& source, const StoryOptions& options = {});

}  // namespace arcuate
