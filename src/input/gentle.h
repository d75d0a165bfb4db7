// Alignments by Gentle (Ochshorn & Hawkins; the transcripts of Narratives): words of a transcript and when they are
// heard. Words that were not found in the sound have no times; words are written as in the transcript.
//
// align.csv has no header and four columns: word, the word as the recogniser has it ("<unk>": unknown to it), onset,
// offset; the last three are empty where the word was not found. align.json has `words`, a list of objects with `case`
// ("success", "not-found-in-audio"), `word`, `start`, `end`; what was heard beside the transcript
// ("not-found-in-transcript") is left out, as it is in align.csv. Seconds on the clock of the sound.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "input/story.h"
#include "io/json.h"

namespace arcuate {

/// Whether the first line of a .csv file has the four fields of Gentle.
bool is_gentle_csv(std::string_view bytes);

/// Errors: input; all faults at once, by line ("line 3") or by entry ("words[2].start").
std::vector<Word> parse_gentle_csv(std::string_view bytes, const std::string& source, const StoryOptions& options = {});
std::vector<Word> parse_gentle_json(const SortedJson& json, const std::string& source,
                                    const StoryOptions& options = {});

}  // namespace arcuate
