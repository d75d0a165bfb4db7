// Any bytes as a TextGrid: an Error, or a tier whose intervals are in order and finite.
#include "input/textgrid.h"

#include <cmath>

#include "only_errors.h"

static void check(const arcuate::Tier& tier) {
  double last = -INFINITY;
  for (const auto& interval : tier.intervals) {
    if (!(interval.begin >= last) || !(interval.end >= interval.begin) || !std::isfinite(interval.end)) std::abort();
    if (interval.line < 1 || arcuate::invalid_utf8(interval.label)) std::abort();
    last = interval.begin;
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bytes = arcuate::fuzz::text_of(data, size);
  for (const char* choice : {"", "1", "words"})
    arcuate::fuzz::only_errors([&] { check(arcuate::parse_interval_tier(bytes, "fuzz", choice)); });
  return 0;
}
