// What is on disk of a unit: its output, and beside it a receipt (.json) with the output's bytes and SHA-256 and with
// what it depends on. The receipt is written last: without it an output counts for nothing.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "study/work_graph.h"

namespace arcuate {

enum class UnitState { finished, absent, incomplete, damaged, outdated };

struct UnitReport {
  UnitState state = UnitState::absent;
  std::vector<std::string> reasons{};  ///< Why it would run, in words; none when it is finished.
};

std::filesystem::path receipt_file(const std::filesystem::path& output);

/// Reads the whole output: a byte that changed is noticed.
UnitReport inspect(const Unit& unit);
bool is_finished(const Unit& unit);
/// Reports of all units, in their order.
std::vector<UnitReport> inspect_all(const WorkGraph& graph, int threads);

/// Makes the unit's output and receipt. Each is there whole or not at all. What an earlier process left of either goes.
void make_unit(const Unit& unit, const Compute& compute);

/// Removes the files that processes which were killed were writing under `folder`, except in `skipped`. Nobody else may
/// be writing there.
void remove_leftovers(const std::filesystem::path& folder, const std::filesystem::path& skipped);

}  // namespace arcuate
