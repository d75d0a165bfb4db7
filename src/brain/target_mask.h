// Masks: which targets take part, by files of the study.
#pragma once
#include <filesystem>
#include <vector>

namespace arcuate {

struct Dataset;

/// Leaves out the targets that the mask holds as 0, NaN or key 0, or does not hold, with a note.
/// - voxels of a grid: one NIfTI volume on that grid;
/// - vertices: a file a hemisphere, the left one first: .label.gii or .annot (any region), .shape.gii or .func.gii of
/// one
///   map, or values of FreeSurfer; of the same surface or a finer average of FreeSurfer;
/// - places of CIFTI: one .dscalar.nii or .dlabel.nii (its first map), on the same surfaces and grid.
/// Errors: input, for files of other places and for masks that leave nothing; usage, for another number of files, and
/// for targets of which it is not known where they lie.
void mask_targets(Dataset& dataset, const std::vector<std::filesystem::path>& files);

}  // namespace arcuate
