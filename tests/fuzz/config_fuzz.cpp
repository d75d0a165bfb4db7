// Any bytes as a configuration file of a command with options of every kind: an Error, or options that are the same
// after they were written as a configuration file.
#include "cli/config.h"

#include "../unit/cli/fixture.h"
#include "cli/resolve.h"
#include "one_file.h"
#include "only_errors.h"

using namespace arcuate;
using namespace arcuate::cli::test;

static std::string resolved(std::string_view bytes) {
  Described target;
  resolve_into(target, {"--config", fuzz::file_of(bytes)});
  return write_config("everything", target.description);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Alone first: resolving takes long, and most inputs are no TOML.
  const auto readable = [&] {
    cli::read_config(fuzz::file_of(fuzz::text_of(data, size)), "everything", command_names);
  };
  if (!fuzz::only_errors(readable)) return 0;
  std::string written;
  if (!fuzz::only_errors([&] { written = resolved(fuzz::text_of(data, size)); })) return 0;
  if (resolved(written) != written) std::abort();  // outside: what was written must be readable
  return 0;
}
