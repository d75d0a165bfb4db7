// Any bytes as a TextGrid: an Error, or a tier whose intervals are in order and finite.
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "core/error.h"
#include "core/text.h"
#include "input/textgrid.h"

static void check(const arcuate::Tier& tier) {
  double last = -INFINITY;
  for (const auto& interval : tier.intervals) {
    if (!(interval.begin >= last) || !(interval.end >= interval.begin) || !std::isfinite(interval.end)) std::abort();
    if (interval.line < 1 || arcuate::invalid_utf8(interval.label)) std::abort();
    last = interval.begin;
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const char* choice : {"", "1", "words"}) {
    try {
      check(arcuate::parse_interval_tier(bytes, "fuzz", choice));
    } catch (const arcuate::Error& error) {
      // A message must be text that a terminal can show.
      if (arcuate::invalid_utf8(error.what())) std::abort();
    }
  }
  return 0;
}
