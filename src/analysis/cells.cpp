#include "analysis/cells.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "core/text.h"

namespace arcuate {

CellTable group_cells(const std::vector<std::string>& columns, const std::vector<std::vector<std::string>>& labels,
                      int64_t rows) {
  CellTable table{.columns = columns};
  std::map<std::vector<std::string>, size_t> known;
  for (int64_t row = 0; row < rows; ++row) {
    std::vector<std::string> key;
    for (const auto& column : labels) key.push_back(column.at(static_cast<size_t>(row)));
    const auto [place, is_new] = known.emplace(key, table.cells.size());
    if (is_new) table.cells.push_back({.labels = key});
    table.cells[place->second].rows.push_back(row);
  }
  return table;
}

std::string cell_name(const CellTable& table, const Cell& cell) {
  std::vector<std::string> parts;
  for (size_t c = 0; c < table.columns.size(); ++c) parts.push_back(table.columns[c] + "=" + cell.labels[c]);
  return parts.empty() ? "all rows" : join(parts, ", ");
}

std::string cells_text(const CellTable& table) {
  if (table.columns.empty()) return "1 cell (all rows)";
  std::vector<std::string> parts;
  size_t combinations = 1;
  for (size_t c = 0; c < table.columns.size(); ++c) {
    std::set<std::string> levels;
    for (const auto& cell : table.cells) levels.insert(cell.labels[c]);
    combinations *= levels.size();
    parts.push_back(fmt::format("{} {}", levels.size(), table.columns[c]));
  }
  const size_t absent = combinations - table.cells.size();
  return fmt::format("{} cell{} ({}{})", table.cells.size(), table.cells.size() == 1 ? "" : "s", join(parts, " x "),
                     absent > 0 ? fmt::format("; {} combinations have no rows", absent) : "");
}

}  // namespace arcuate
