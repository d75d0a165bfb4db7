// Parcellations: which region each target of a dataset lies in, by files of several kinds.
#pragma once
#include "brain/atlas.h"

namespace arcuate {

/// Fills the regions of the dataset's places; a target in none has "". Voxels of CIFTI data keep the name of their
/// structure. Errors: input, for files of another grid or other surfaces than the targets', with both told; for numbers
/// that the table of names lacks.
void label_targets(Dataset& dataset, const AtlasOptions& options);

}  // namespace arcuate
