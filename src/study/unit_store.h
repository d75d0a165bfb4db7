// What is on disk of a unit: its output, and beside it a receipt (.json) with the output's bytes and SHA-256 and with
// what it depends on. The receipt is written last: without it an output counts for nothing.
#pragma once
#include <filesystem>
#include <functional>
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
/// Reports of the units at these places of the graph, in their order.
std::vector<UnitReport> inspect_all(const WorkGraph& graph, const std::vector<size_t>& places, int threads);

/// Makes the outputs and receipts of a unit, or of several of one group in one go. Each is there whole or not at all.
/// What an earlier process left of either goes. `check` comes between them: when it throws, the output counts for
/// nothing.
using CheckUnit = std::function<void(const Unit&)>;
void make_units(const std::vector<const Unit*>& units, const Compute& compute, const CheckUnit& check = {});

/// The key of what is on disk; "" without a receipt. The output is not looked at.
std::string stored_key(const Unit& unit);
/// Errors: usage, when that is not the unit's: another run with other settings worked in the same folder.
void check_stored_key(const Unit& unit);

/// Removes what processes that were killed were writing in the place of a file ("X.<pid>.tmp"). Nobody else may be
/// writing it.
void remove_parts(const std::filesystem::path& file);
/// The same of all files of a folder; not of those in its subfolders.
void remove_all_parts(const std::filesystem::path& folder);

}  // namespace arcuate
