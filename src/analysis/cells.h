// Cells of a table: the rows that share their values in some columns, each analysed on its own.
// Any columns make cells. Common designs of 36: 18 regions x 2 hemispheres (roi, hemisphere), 6 regions x 2 hemispheres
// x 3 conditions (roi, hemisphere, condition), 6 regions x 6 conditions (roi, condition); Li 2024 (arXiv 2405.06725)
// has 36 regressions by region and hemisphere.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace arcuate {

struct Cell {
  std::vector<std::string> labels{};  ///< One a column of the cell table.
  std::vector<int64_t> rows{};        ///< Ascending.
};

struct CellTable {
  std::vector<std::string> columns{};
  std::vector<Cell> cells{};  ///< In the order in which they first appear.
};

/// labels[c][row]: the value of column c. Without columns all `rows` rows are one cell.
CellTable group_cells(const std::vector<std::string>& columns, const std::vector<std::vector<std::string>>& labels,
                      int64_t rows);

/// "roi=LIFG, hemisphere=left", or "all rows".
std::string cell_name(const CellTable& table, const Cell& cell);

/// "36 cells (18 roi x 2 hemisphere)"; says how many combinations are absent.
std::string cells_text(const CellTable& table);

}  // namespace arcuate
