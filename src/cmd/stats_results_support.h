// Results of `stats` as tables and as text.
#pragma once
#include <string>
#include <vector>

#include "cmd/stats_options_support.h"
#include "stats/group_test.h"
#include "stats/paired_blocks.h"
#include "study/tables.h"

namespace arcuate {

/// A row a cell, region or target: `labels` (one list a row, under `columns`), then the numbers of the test. Columns
/// that were not asked for are left out.
TidyTable group_result_table(const std::vector<TableColumn>& columns,
                             const std::vector<std::vector<std::string>>& labels, const GroupTestResult& result,
                             const StatsTest& test);

/// r of both models, their difference, p and what corrects it. `sizes`: targets of each row; empty: no such column.
TidyTable paired_result_table(const std::vector<TableColumn>& columns,
                              const std::vector<std::vector<std::string>>& labels, const PairedScores& scores,
                              const std::vector<int64_t>& sizes, const StatsTest& test);

/// The maps of a test, named as the columns of its table.
struct ResultColumn {
  TableColumn about{};
  at::Tensor values{};
};
std::vector<ResultColumn> result_columns(const GroupTestResult& result, const StatsTest& test);

/// Columns of equal width with rounded numbers; rows after the first `most` are only counted.
std::string readable_table(const TidyTable& table, size_t most);

/// "12 of 40 regions with q < 0.05; smallest p 0.0012; 2 without a test"
std::string summary_text(const at::Tensor& p, const at::Tensor& corrected, const StatsTest& test,
                         const std::string& what);

}  // namespace arcuate
