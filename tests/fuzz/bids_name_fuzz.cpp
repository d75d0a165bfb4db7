// Any text as the name of a file in BIDS: none, or entities that make the same name again.
#include "brain/bids_name.h"

#include "only_errors.h"

using namespace arcuate;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto name = parse_bids_name(fuzz::text_of(data, size));
  if (!name) return 0;
  const auto entities = name->without({});
  const auto again = parse_bids_name(entities + (entities.empty() ? "" : "_") + name->suffix + name->extension);
  if (!again || again->entities != name->entities || again->suffix != name->suffix ||
      again->extension != name->extension)
    std::abort();
  return 0;
}
