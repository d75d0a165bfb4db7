// Alignments by the Montreal Forced Aligner, in the forms beside its TextGrids.
//
// CSV: columns Begin, End, Label, Type ("words", "phones") and Speaker. JSON: `tiers`, an object of tiers with
// `entries`, each [begin, end, label]; the words are in the tier "words", or in "SPEAKER - words" of several speakers.
// Words of several speakers are put in the order of their onsets. Seconds on the clock of the sound.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "input/story.h"
#include "io/json.h"

namespace arcuate {

/// Whether the first line of a .csv file names the aligner's columns.
bool is_montreal_csv(std::string_view bytes);

/// Errors: input; all faults at once, by line ("line 3") or by entry ("tiers.words.entries[2]").
std::vector<Word> parse_montreal_csv(std::string_view bytes, const std::string& source,
                                     const StoryOptions& options = {});
std::vector<Word> parse_montreal_json(const SortedJson& json, const std::string& source,
                                      const StoryOptions& options = {});

}  // namespace arcuate
