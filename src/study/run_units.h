// Makes the units of a graph that are not finished, one at a time (each is parallel inside). Processes that work in the
// same folder share the units by themselves: a unit that another one is making is left to it.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "cli/run.h"
#include "study/work_graph.h"

namespace arcuate {

struct UnitRun {
  std::filesystem::path output{};                            ///< Folder of the study: locks and times go to its logs/.
  std::vector<size_t> places{};                              ///< Of the graph's units, with all that they need.
  std::function<std::string(const Unit&)> repeat_command{};  ///< That makes one unit alone.
};

struct UnitCounts {
  int64_t made = 0, reused = 0;  ///< reused: found finished, or made by another process meanwhile.
};

/// A unit that fails does not stop those that do not need it. Errors: after all others were made, the failed ones with
/// their messages and the command that repeats them, with their common fault; interrupted, with every finished output
/// whole. Run::common.force makes all anew.
UnitCounts run_units(const WorkGraph& graph, const UnitRun& work, cli::Run& run);

/// Held by one process at a time while it writes what follows from all units. Waits; stops when interrupted.
void with_folder_lock(const std::filesystem::path& output, cli::Run& run, const std::function<void()>& write);

}  // namespace arcuate
