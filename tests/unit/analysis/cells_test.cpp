#include "analysis/cells.h"

#include "support.h"

using namespace arcuate;

TEST(Cells, are_the_rows_that_share_their_labels) {
  const auto table = group_cells({"roi", "side"}, {{"A", "B", "A", "A"}, {"left", "left", "right", "left"}}, 4);
  ASSERT_EQ(table.cells.size(), 3u);
  EXPECT_EQ(table.cells[0].rows, (std::vector<int64_t>{0, 3}));
  EXPECT_EQ(table.cells[1].labels, (std::vector<std::string>{"B", "left"}));
  EXPECT_EQ(cell_name(table, table.cells[2]), "roi=A, side=right");
  EXPECT_EQ(cells_text(table), "3 cells (2 roi x 2 side; 1 combinations have no rows)");
}

TEST(Cells, without_columns_are_all_rows) {
  const auto table = group_cells({}, {}, 3);
  ASSERT_EQ(table.cells.size(), 1u);
  EXPECT_EQ(table.cells[0].rows, (std::vector<int64_t>{0, 1, 2}));
  EXPECT_EQ(cell_name(table, table.cells[0]), "all rows");
  EXPECT_EQ(cells_text(table), "1 cell (all rows)");
}

TEST(Cells, of_the_usual_designs_are_36) {
  for (const std::vector<size_t>& sizes : {std::vector<size_t>{18, 2}, {6, 2, 3}, {6, 6}}) {
    std::vector<std::vector<std::string>> labels(sizes.size());
    std::vector<std::string> columns;
    for (size_t c = 0; c < sizes.size(); ++c) columns.push_back("c" + std::to_string(c));
    for (size_t row = 0; row < 72; ++row) {
      size_t rest = row % 36;
      for (size_t c = 0; c < sizes.size(); rest /= sizes[c], ++c) labels[c].push_back(std::to_string(rest % sizes[c]));
    }
    const auto table = group_cells(columns, labels, 72);
    EXPECT_EQ(table.cells.size(), 36u);
    for (const auto& cell : table.cells) EXPECT_EQ(cell.rows.size(), 2u);
  }
}
