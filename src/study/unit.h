// A study as a list of units of work: each has a content key, inputs, and one output file. Finished units are skipped.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "cli/console.h"
#include "core/compute.h"
#include "io/json.h"

namespace arcuate {

/// One piece of work. `key` is a hash of all that its result depends on (kind, options, inputs, format version); it is
/// stored in the output, so a unit whose output carries the same key need not run again.
struct Unit {
  std::string id{};  ///< "encode/tales-1m/layer-3": also the output's place under work/.
  std::string key{};
  std::filesystem::path output{};  ///< An HDF5 file with the attribute "key".
  std::function<void(const Unit&, const Compute&)> make{};
};

/// The key of a unit: SHA-256 over everything its result depends on.
std::string unit_key(const Json& depends_on);

/// True if the output is there, readable and carries the unit's key.
bool is_finished(const Unit& unit);

struct UnitCounts {
  int64_t made = 0, reused = 0;
};

/// Runs the units in order, one at a time (each is parallel inside). An interruption or error leaves every finished
/// output whole. `force` redoes all.
UnitCounts run_units(const std::vector<Unit>& units, const Compute& compute, cli::Console& console,
                     const std::string& label, bool force);

}  // namespace arcuate
