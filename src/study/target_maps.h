// Maps of targets as files for other programs: GIfTI of both hemispheres where surfaces are known, NIfTI where targets
// are voxels, CIFTI where they are its places, and, if asked for, HDF5 for pycortex.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "brain/dataset.h"
#include "io/json.h"
#include "study/surface_maps.h"

namespace arcuate {

/// Where the targets of a dataset lie.
struct MapPlaces {
  const Dataset* dataset = nullptr;
  const SurfaceMaps* surfaces = nullptr;  ///< Null: no surfaces.
  bool pycortex = false;                  ///< Write files for it too.

  bool any() const {
    return surfaces != nullptr || (dataset != nullptr && !dataset->grid.empty()) ||
           (dataset != nullptr && !dataset->dense.models.empty());
  }
};

/// Named maps of one subject that belong in one file: one value a target each.
struct TargetMaps {
  std::vector<std::string> names{};
  std::vector<at::Tensor> values{};
  std::string intent{};  ///< What the numbers of every map are ("r"); empty: they are of different kinds.
  void add(const std::string& name, const at::Tensor& of_targets);
};

/// "{place}" in the stem stands for "_hemi-L", "_hemi-R", and for nothing (or "_space-…") in the name of a volume.
/// STEM.func.gii a hemisphere; STEM.dscalar.nii of places of CIFTI; STEM.nii.gz with a volume a map, NaN outside the
/// voxels, the maps' names in a comment of its header; each with a sidecar, in which "Maps" are the names; STEM.hdf.
void write_target_maps(const MapPlaces& places, const TargetMaps& own, const std::filesystem::path& stem,
                       const Json& sidecar);

/// Errors: usage, if files for pycortex are asked for and the dataset has no transform of it.
void check_pycortex(const Dataset& dataset, bool pycortex);

}  // namespace arcuate
