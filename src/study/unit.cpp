#include "study/unit.h"

#include "core/error.h"
#include "core/hash.h"
#include "core/interrupt.h"
#include "core/version.h"
#include "io/hdf5.h"

namespace arcuate {

// Raise it when the arithmetic or the layout of a unit's output changes.
constexpr int unit_format = 1;

std::string unit_key(const Json& depends_on) {
  return sha256(Json{{"format", unit_format}, {"program", version}, {"depends_on", depends_on}}.dump());
}

bool is_finished(const Unit& unit) {
  if (!std::filesystem::exists(unit.output)) return false;
  try {
    return Hdf5Reader(unit.output).text_attribute("key") == unit.key;
  } catch (const Error&) {
    return false;  // damaged: do it again
  }
}

UnitCounts run_units(const std::vector<Unit>& units, const Compute& compute, cli::Console& console,
                     const std::string& label, bool force) {
  UnitCounts counts;
  cli::Progress bar(console, label);
  for (const auto& unit : units) {
    stop_if_interrupted();
    if (!force && is_finished(unit)) {
      ++counts.reused;
    } else {
      console.verbose("{}", unit.id);
      std::filesystem::create_directories(unit.output.parent_path());
      within(fmt::format("in the unit {}", unit.id), [&] { unit.make(unit, compute); });
      ++counts.made;
    }
    bar.update(counts.made + counts.reused, static_cast<int64_t>(units.size()));
  }
  return counts;
}

}  // namespace arcuate
