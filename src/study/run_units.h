// Makes the units of a graph that are not finished, one at a time (each is parallel inside). Processes that work in the
// same folder share the units by themselves: a unit that another one is making is left to it.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/run.h"
#include "core/file_lock.h"
#include "study/run_log.h"
#include "study/unit_store.h"
#include "study/work_graph.h"

namespace arcuate {

struct UnitRun {
  std::filesystem::path output{};                            ///< Folder of the study: locks and times go to its logs/.
  std::vector<size_t> places{};                              ///< Of the graph's units, with all that they need.
  std::vector<UnitReport> reports{};                         ///< Of these places; empty: all are made anew.
  std::function<void()> check_inputs{};                      ///< Throws when an input file is not what it was.
  std::function<std::string(const Unit&)> repeat_command{};  ///< That makes one unit alone.
};

struct UnitCounts {
  int64_t made = 0, reused = 0;  ///< reused: found finished, or made by another process meanwhile.
};

/// A unit that fails does not stop those that do not need it. Errors: after all others were made, the failed ones with
/// their messages and the command that repeats them, with their common fault; interrupted, with every finished output
/// whole.
UnitCounts run_units(const WorkGraph& graph, const UnitRun& work, RunLog& log, cli::Run& run);

/// The lock of a unit's output; nothing while another process holds it.
std::optional<FileLock> lock_unit(const std::filesystem::path& output, const std::string& id);

/// Held by one process at a time while it writes what follows from all units. Waits; stops when interrupted.
void with_folder_lock(const std::filesystem::path& output, cli::Run& run, const std::function<void()>& write);

}  // namespace arcuate
