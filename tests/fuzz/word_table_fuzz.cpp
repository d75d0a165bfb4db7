// Any bytes as a word table, TSV and CSV, with every way to settle missing times: an Error, or words in order.
#include "input/word_table.h"

#include <cmath>

#include "only_errors.h"

using namespace arcuate;

static void check(const std::vector<Word>& words) {
  double last = -INFINITY;
  for (const auto& word : words) {
    if (!(word.onset >= last) || !(word.offset >= word.onset) || !std::isfinite(word.offset)) std::abort();
    if (word.head < 0 || word.head > static_cast<int64_t>(words.size())) std::abort();
    last = word.onset;
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  for (const char separator : {'\t', ','}) {
    for (const auto untimed : {Untimed::error, Untimed::drop, Untimed::interpolate}) {
      StoryOptions options;
      options.untimed = untimed;
      fuzz::only_errors([&] { check(parse_word_table(fuzz::text_of(data, size), separator, "fuzz", options)); });
    }
  }
  return 0;
}
