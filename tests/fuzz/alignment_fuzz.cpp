// Any bytes as what each aligner writes, with every way to settle missing times: an Error, or words in order.
#include "input/gentle.h"
#include "input/montreal.h"
#include "input/whisperx.h"
#include "only_errors.h"
#include "word_order.h"

using namespace arcuate;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bytes = fuzz::text_of(data, size);
  SortedJson json;
  const bool is_json = fuzz::only_errors([&] { json = parse_sorted_json(bytes, "fuzz"); });
  for (const auto untimed : {Untimed::error, Untimed::drop, Untimed::interpolate}) {
    StoryOptions options;
    options.untimed = untimed;
    if (is_json) {
      fuzz::only_errors([&] { fuzz::check_words(parse_gentle_json(json, "fuzz", options)); });
      fuzz::only_errors([&] { fuzz::check_words(parse_montreal_json(json, "fuzz", options)); });
      fuzz::only_errors([&] { fuzz::check_words(parse_whisperx(json, "fuzz", options)); });
      continue;
    }
    fuzz::only_errors([&] { fuzz::check_words(parse_gentle_csv(bytes, "fuzz", options)); });
    if (is_montreal_csv(bytes))
      fuzz::only_errors([&] { fuzz::check_words(parse_montreal_csv(bytes, "fuzz", options)); });
  }
  return 0;
}
