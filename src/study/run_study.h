// The whole path: dataset -> activations -> designs -> brain scores -> tables, manifest and page in one output folder.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "cli/run.h"
#include "report/page.h"
#include "study/study.h"

namespace arcuate {

struct StudyOutputs {
  std::filesystem::path folder{}, report{}, figures{}, group_table{};
  Page page{};                   ///< As written to `report`: a caller may add sections and write it again.
  int64_t made = 0, reused = 0;  ///< Units of work.
};

/// Runs what is not finished yet and writes the tables. Warnings (penalties at the edge of the grid, subjects left out)
/// go to the console. Errors: usage and input before anything is written where that can be known.
StudyOutputs run_study(const Study& study, const std::filesystem::path& output, cli::Run& run);

}  // namespace arcuate
