// The regression tables of `explain` as text for a terminal.
#pragma once
#include <string>
#include <vector>

#include "study/explain_report.h"

namespace arcuate {

/// One block a cell.
std::string regression_text(const ExplainStory& story, const std::vector<CellResult>& results);

}  // namespace arcuate
