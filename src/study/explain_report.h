// Regressions of scores on features as tables, a heat map and sections of a page: what the command `explain` and the
// analysis "shape" show.
#pragma once
#include <string>
#include <vector>

#include "analysis/explain.h"
#include "report/figures.h"
#include "report/heat_map.h"
#include "report/page.h"
#include "study/tables.h"

namespace arcuate {

/// What the words of the tables need besides the results.
struct ExplainStory {
  std::string response{};
  std::string groups{};  ///< What the groups are ("model"), or "".
  CellTable cells{};
  std::vector<std::string> predictors{};
  ExplainOptions options{};
  bool simulated = false;
};

/// Four significant digits, whole numbers where those are not enough; "n/a" for NaN.
std::string brief(double value);
/// Predictors in the regression of the cell.
int64_t retained_count(const CellResult& cell);

/// One row a cell and term.
TidyTable regression_table(const ExplainStory& story, const std::vector<CellResult>& results);
/// One row a cell.
TidyTable cell_table(const ExplainStory& story, const std::vector<CellResult>& results);

/// t of each predictor in each cell.
HeatMap explain_map(const ExplainStory& story, const std::vector<CellResult>& results);
/// What reliable and valid mean, and how they were computed.
std::vector<std::string> explain_definitions(const ExplainStory& story);
/// Results with the heat map, predictors, and how it was computed.
std::vector<PageSection> explain_sections(const ExplainStory& story, const std::vector<CellResult>& results,
                                          const AddFigure& add);

}  // namespace arcuate
