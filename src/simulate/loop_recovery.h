// Planted loops against found ones: whether the recordings whose states were made to go in a circle have one dominant
// bar of dimension 1, and others have none.
#pragma once
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "io/json.h"

namespace arcuate {

struct RecoveredLoop {
  std::string region{}, hemisphere{};
  bool planted = false;
  double longest = 0, ratio = 0;  ///< Longest bar of dimension 1, and how many times the second it is.
};

/// From the table of barcodes that the analysis "shape" of a study writes, for the mean subject; none where there is no
/// such table. `planted`: regions with a loop. Errors: input, for a table that lacks columns.
std::vector<RecoveredLoop> recover_loops(const std::filesystem::path& barcodes, const std::set<std::string>& planted);

/// Smallest ratio where a loop was planted, largest where none was; "" without loops.
std::string loop_text(const std::vector<RecoveredLoop>& loops);

Json loop_json(const std::vector<RecoveredLoop>& loops);

}  // namespace arcuate
