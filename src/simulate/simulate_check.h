// Which simulations make sense: every contradiction between options is told at once, before any work.
#pragma once
#include <vector>

#include "model/spec.h"
#include "simulate/dataset.h"

namespace arcuate {

/// Everything but the drives that stories allow. Errors: usage.
void check_simulation(const SimulateOptions& options, const ModelSpec& spec);

/// All drives that stories with or without tags and sound allow.
std::vector<Drive> possible_drives(bool tagged, bool sound);
/// Errors: usage, for drives that need tags or sound that are not there.
void check_drives(const std::vector<Drive>& drives, bool tagged, bool sound);

}  // namespace arcuate
