// What is done to the recordings of a dataset, whatever its layout, before anybody takes them.
#pragma once
#include "brain/dataset.h"

namespace arcuate {

/// By options.clean: drops the first volumes (the story's `lead` grows by them), smooths the others, reads confounds.
/// Then settles regions by options.atlas.
/// Recordings in memory change at once, the others when they are read. Errors: as of read_dataset.
void prepare(Dataset& dataset, const DatasetOptions& options);

}  // namespace arcuate
