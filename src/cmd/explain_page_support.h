// The figure and the page of `explain`, and the numbers as they are told to people.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "cmd/explain_tables_support.h"

namespace arcuate {

/// Four significant digits, whole numbers where those are not enough; "n/a" for NaN.
std::string brief(double value);
/// Predictors in the regression of the cell.
int64_t retained_count(const CellResult& cell);
/// The largest Cook's distance; NaN when no row has one.
double at_largest_cook(const CellResult& cell);

/// Writes report.html, and its figure as explain.svg and explain.tsv.
void write_explain_page(const std::filesystem::path& folder, const ExplainStory& story,
                        const std::vector<CellResult>& results);

}  // namespace arcuate
