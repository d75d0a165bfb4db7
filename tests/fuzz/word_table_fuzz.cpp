// Any bytes as a word table, TSV and CSV, with every way to settle missing times: an Error, or words in order.
#include "input/word_table.h"

#include "only_errors.h"
#include "word_order.h"

using namespace arcuate;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  for (const char separator : {'\t', ','}) {
    for (const auto untimed : {Untimed::error, Untimed::drop, Untimed::interpolate}) {
      StoryOptions options;
      options.untimed = untimed;
      fuzz::only_errors(
          [&] { fuzz::check_words(parse_word_table(fuzz::text_of(data, size), separator, "fuzz", options)); });
    }
  }
  return 0;
}
