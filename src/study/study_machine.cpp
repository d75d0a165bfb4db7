#include "study/study_machine.h"

#include "cli/machine.h"
#include "core/memory.h"

namespace arcuate {

MemoryLimit memory_limit(int64_t asked_for) {
  if (asked_for > 0) return {.bytes = asked_for, .given = true};
  return {.bytes = resident_bytes() + cli::available_memory().count};
}

bool is_streamed(double weights, c10::ScalarType type, const MemoryLimit& limit) {
  const double bytes = weights * static_cast<double>(c10::elementSize(type));
  return limit.given || bytes >= static_cast<double>(limit.bytes - resident_bytes());
}

}  // namespace arcuate
