// Where the surfaces of a subject or of an average lie as files, by the names that each program gives them, and what
// maps and the names of places need of them.
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <vector>

#include "brain/surface.h"

namespace arcuate {

/// Files of one hemisphere; empty: there is none.
struct HemisphereFiles {
  std::filesystem::path white{}, pial{};  ///< Inner and outer border of the cortex.
  std::filesystem::path middle{};         ///< Halfway between them; where empty, made from both.
  std::filesystem::path inflated{};
  std::filesystem::path sulcal_depth{};
  std::filesystem::path regions{};  ///< Labels or an annotation.
};

/// The cortex on which the targets of a dataset lie, or in whose volume.
struct Cortex {
  HemisphereFiles left{}, right{};
  int64_t vertices = 0;         ///< Of a hemisphere: an average of more is cut down (brain/nested_mesh.h); 0: all.
  at::Tensor voxel_of_point{};  ///< 4 x 4 float64: from points of the surfaces to voxels of the dataset's grid;
                                ///< undefined: none.
  std::string transform{};      ///< pycortex's name of it.

  const HemisphereFiles& of(Hemisphere hemisphere) const { return hemisphere == Hemisphere::left ? left : right; }
  bool empty() const { return left.inflated.empty() && right.inflated.empty(); }
  std::vector<std::filesystem::path> files() const;  ///< All that are named.
};

/// A folder of surfaces: of this program (`hemi-L_inflated.surf.gii`, brain/surface.h), of fMRIPrep
/// (`anat/sub-01_hemi-L_inflated.surf.gii`), or a subject of FreeSurfer (`surf/lh.inflated`, …,
/// `label/lh.PARCELLATION.annot`). parcellation: empty stands for "aparc", if it is there.
/// Errors: input, for a folder that is neither; usage, for a parcellation that is asked for and is not there.
Cortex find_cortex(const std::filesystem::path& folder, const std::string& parcellation);

/// The surfaces of a subject in the database of pycortex (`surfaces/wm_lh.gii`, `pia_lh.gii`, `fiducial_lh.gii`,
/// `inflated_lh.gii`), whose vertices are FreeSurfer's but whose points lie in the space of its transforms; the folder
/// of the subject of FreeSurfer, which may be absent, adds sulcal depth and regions. Empty where there are no surfaces.
Cortex pycortex_cortex(const std::filesystem::path& subject, const std::filesystem::path& freesurfer,
                       const std::string& parcellation);

/// One hemisphere. V vertices, the same everywhere.
struct CortexSide {
  Mesh white{}, pial{};  ///< Without points where there is no file, as all that follows.
  Mesh middle{};         ///< Halfway between white and pial.
  Mesh inflated{};
  at::Tensor sulcal_depth{};  ///< V; positive in sulci.
  Regions regions{};

  int64_t vertices() const { return inflated.points.size(0); }
};
/// Errors: input; all missing files at once, and all whose number of vertices differs.
CortexSide read_cortex(const Cortex& cortex, Hemisphere hemisphere);

/// Vertices of a hemisphere, as its inflated surface has them, before any is cut away.
int64_t stored_vertices(const Cortex& cortex, Hemisphere hemisphere);

/// Names of regions by vertex; empty: none. All empty where the cortex has no regions.
std::vector<std::string> region_names(const CortexSide& side);

}  // namespace arcuate
