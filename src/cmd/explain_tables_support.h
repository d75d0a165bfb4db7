// What `explain` says: the regression tables as text, as files, as a figure and as a page.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "analysis/explain.h"
#include "io/json.h"

namespace arcuate {

/// What the words of the tables need besides the results.
struct ExplainStory {
  std::string response{};
  std::string groups{};  ///< Column, or "".
  CellTable cells{};
  std::vector<std::string> predictors{};
  ExplainOptions options{};
};

/// One block a cell, for people.
std::string regression_text(const ExplainStory& story, const std::vector<CellResult>& results);

/// Writes regression.tsv, cells.tsv (each with a .json that says what its columns mean), explain.svg, explain.tsv,
/// report.html and manifest.json. regression.tsv is written last.
void write_explain(const std::filesystem::path& folder, const ExplainStory& story,
                   const std::vector<CellResult>& results, const Json& manifest);

}  // namespace arcuate
