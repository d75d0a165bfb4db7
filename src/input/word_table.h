// Word tables: one word a row with its times, as TSV or CSV.
//
// Columns by name (in any case, any order, others ignored): `onset`; `offset`, else `duration`; and for the word the
// first there is of `word`, `text`, `label`, `value`, `trial_type` (BIDS events). A table whose first field is a number
// has no header and three columns: onset, offset, word. Seconds throughout; "n/a" is a missing time or a missing word.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "input/story.h"

namespace arcuate {

/// The words in file order. Errors: input; all bad numbers, decreasing onsets, words that end before they begin and
/// (unless options.untimed says otherwise) words without a time at once, by line.
std::vector<Word> parse_word_table(std::string_view bytes, char separator, const std::string& source,
                                   const StoryOptions& options = {});

}  // namespace arcuate
