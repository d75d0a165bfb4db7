// What the columns of scans of BIDS are: voxels of a common mask, vertices, or both (CIFTI).
#pragma once
#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

#include "brain/bids_scans.h"

namespace arcuate {

/// The responses of a scan: volumes x targets, as stored.
using BidsReader = std::function<at::Tensor(const BidsScan&)>;

/// Fills targets, places and grid of the dataset. Voxels are those in the brain masks of all scans, or of options.mask;
/// every scan and mask must have the same shape and affine. Errors: input, naming all files that differ; usage, for a
/// mask where targets are no voxels.
BidsReader settle_bids_targets(const std::vector<BidsScan>& scans, const DatasetOptions& options, Dataset& dataset);

}  // namespace arcuate
