// Word tables: one word a row with its times, as TSV or CSV.
//
// Columns by name (in any case, any order, others ignored): `onset`; `offset`, else `duration`; and for the word the
// first there is of `word`, `text`, `label`, `value`, `trial_type` (BIDS events). A table whose first field is a number
// has no header and three columns: onset, offset, word. Seconds throughout; "n/a" is a missing time or a missing word.
// If there are columns `tag` and `head`, words have a part of speech and the number of the row (the first below the
// header is 1) that holds the word they depend on, 0 for a root; "n/a" is no tag and no head.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "input/story.h"

namespace arcuate {

/// The words in file order. Heads are numbered anew, over the words that are left. Errors: input; all bad numbers,
/// decreasing onsets, words that end before they begin and (unless options.untimed says otherwise) words without a time
/// at once, by line; then all heads that are left out or lead round in a circle.
std::vector<Word> parse_word_table(std::string_view bytes, char separator, const std::string& source,
                                   const StoryOptions& options = {});

/// A word table (onset, offset, word) that read_story() reads back unchanged.
void write_words(const fs::path& path, const std::vector<Word>& words);

}  // namespace arcuate
