// Leaving out targets of a dataset that was read.
#pragma once
#include <cstdint>
#include <vector>

namespace arcuate {

struct Dataset;

/// Of the dataset's targets those at these places are left (ascending), in all that it holds of targets; recordings
/// that are not kept lose the other columns when they are read.
void keep_targets(Dataset& dataset, const std::vector<int64_t>& kept);

}  // namespace arcuate
