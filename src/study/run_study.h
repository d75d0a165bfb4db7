// The whole path: dataset -> activations -> designs -> brain scores -> tables, manifest and page in one output folder.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "cli/run.h"
#include "study/results.h"
#include "study/study_plan.h"

namespace arcuate {

/// What part of a study's work is done; all of it and the results if nothing is set.
struct StudyPart {
  std::optional<Shard> shard{};  ///< The units of a shard alone; its record is left for merge_study().
  std::string unit{};            ///< This unit and what it needs alone.
};

/// Runs what is not finished yet and, unless only a part is asked for, writes the results. Warnings (penalties at the
/// edge of the grid, subjects left out) go to the console. With --dry-run, lists the units. Errors: usage and input
/// before anything is written where that can be known; those of units (run_units.h).
StudyOutputs run_study(const Study& study, const std::filesystem::path& output, cli::Run& run,
                       const StudyPart& part = {});

/// The machine as the command line describes it.
StudyMachine machine_of(const cli::Run& run);

/// What is there of the units at these places of the graph: every output is read once. Nothing counts with --force.
UnitReports inspect_units(const PreparedStudy& prepared, std::vector<size_t> places, const cli::Run& run);

/// Says on standard output why a unit would run, or that it would not.
void explain_unit(const Study& study, const std::filesystem::path& output, const std::string& unit, cli::Run& run);

}  // namespace arcuate
