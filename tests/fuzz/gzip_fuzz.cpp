// Any bytes as gzip: an Error, or no more than the most that was allowed.
#include "io/gzip.h"

#include "only_errors.h"

using namespace arcuate;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr uint64_t most = 1 << 20;
  fuzz::only_errors([&] {
    if (gunzip(fuzz::text_of(data, size), "fuzz", most).size() > most) std::abort();
  });
  return 0;
}
