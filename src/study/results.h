// What follows from a study's finished units: tables, maps, manifest and page.
#pragma once
#include <filesystem>

#include "cli/console.h"
#include "cli/provenance.h"
#include "report/page.h"
#include "study/prepared_study.h"

namespace arcuate {

struct StudyOutputs {
  std::filesystem::path folder{}, report{}, figures{}, group_table{};
  Page page{};                   ///< As written to `report`: a caller may add sections and write it again.
  int64_t made = 0, reused = 0;  ///< Units of work.
};

/// The command that repeats a run, without its --output: where the output went and how many threads there were changes
/// nothing.
std::string command_of(const cli::Record& record);

/// Errors: usage, when the folder holds the results of a study of another name and `force` is not given.
void check_overwrite(const std::filesystem::path& output, const Study& study, bool force);

/// All units are finished. `record` goes into the manifest. Errors: input, when an input changed since it was read.
StudyOutputs write_results(const PreparedStudy& prepared, const cli::Record& record, cli::Console& console);

}  // namespace arcuate
