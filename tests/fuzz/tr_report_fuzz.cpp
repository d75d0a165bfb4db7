// Any bytes as a report of a scan: an Error, or volumes whose times rise.
#include "input/tr_report.h"

#include <cmath>

#include "only_errors.h"

using namespace arcuate;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::only_errors([&] {
    const auto report = parse_tr_report(fuzz::text_of(data, size), "fuzz");
    if (report.volumes.size() < 2 || !(report.tr > 0)) std::abort();
    for (size_t i = 1; i < report.volumes.size(); ++i)
      if (!(report.volumes[i] > report.volumes[i - 1]) || !std::isfinite(report.volumes[i])) std::abort();
    if (volume_centres(report).size() != report.volumes.size()) std::abort();
  });
  return 0;
}
