// Surfaces of a folder for the targets of a dataset, whatever its layout.
#pragma once
#include <filesystem>

#include "brain/dataset.h"

namespace arcuate {

/// Takes the surfaces of `folder` (find_cortex).
///
/// Targets that are vertices: their regions become those of the surfaces, unless they have names already. Where a
/// hemisphere's targets are all its vertices, the surfaces have as many or are those of a finer average
/// (brain/nested_mesh.h).
///
/// Targets that are voxels: the surfaces lie in the space of the grid's affine (a T1w volume and its own surfaces in
/// the scanner's space, or a volume in MNI space and fsaverage); hemisphere and region are those of the nearest vertex
/// within `options.region_distance`.
///
/// Errors: usage, where targets are neither; input, for surfaces that do not fit.
void place_on_surfaces(const std::filesystem::path& folder, const DatasetOptions& options, Dataset& dataset);

/// Errors: input, unless so many vertices of a hemisphere can be those on which the dataset's targets lie: as many
/// where the targets are whole hemispheres (or a finer average of FreeSurfer), else no fewer.
void check_vertices_of(const Dataset& dataset, Hemisphere hemisphere, int64_t stored, const std::string& source);

}  // namespace arcuate
