// Any bytes as a study file, whose comments "#set KEY=VALUE" are settings of the command line: an Error, or a study
// that is the same after it was written with every default filled in.
#include "study/study.h"

#include "only_errors.h"

using namespace arcuate;

static std::vector<std::string> settings_in(std::string_view text) {
  constexpr std::string_view mark = "#set ";
  std::vector<std::string> settings;
  for (const auto& line : split_fields(text, '\n'))
    if (line.starts_with(mark)) settings.push_back(line.substr(mark.size()));
  return settings;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto text = fuzz::text_of(data, size);
  Study study;
  if (!fuzz::only_errors([&] { study = parse_study(text, "fuzz", "/fuzz", settings_in(text)); })) return 0;
  const auto resolved = resolved_toml(study);  // outside: what was read must be writable and readable
  if (resolved_toml(parse_study(resolved, "again", "/fuzz", {})) != resolved) std::abort();
  return 0;
}
