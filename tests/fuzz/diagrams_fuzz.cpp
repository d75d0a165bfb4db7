// Any bytes as persistence diagrams: an Error, or bars that are born before they die.
#include "only_errors.h"
#include "topology/diagram_text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  arcuate::fuzz::only_errors([&] {
    for (const auto& diagram : arcuate::parse_diagrams(arcuate::fuzz::text_of(data, size), "fuzz"))
      for (const auto& bar : diagram.bars)
        if (!(bar.birth <= bar.death)) std::abort();
  });
  return 0;
}
