// Cortical surfaces: meshes, regions and values a vertex, one hemisphere a file (GIfTI, or FreeSurfer's, which are only
// read). Shapes: V vertices, K maps.
#pragma once
#include <ATen/core/Tensor.h>

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "brain/mesh.h"

namespace arcuate {

enum class Hemisphere { left, right };
const char* letter(Hemisphere hemisphere);     ///< "L" or "R", as in file names.
const char* structure(Hemisphere hemisphere);  ///< "CortexLeft" or "CortexRight", as in GIfTI.

struct Region {
  int key = 0;
  std::string name{};
  std::array<float, 4> rgba{};  ///< 0 … 1.
};

struct Regions {
  at::Tensor keys{};           ///< V, int32; 0: none.
  std::vector<Region> list{};  ///< Without the key 0.
};

/// A `.surf.gii` file or a surface of FreeSurfer (`lh.pial`), by content; the mesh is checked. Errors: input.
Mesh read_mesh(const std::filesystem::path& path);
/// kind: "Anatomical", "Inflated", "Flat" or "Spherical" (the GIfTI metadata GeometricType). Errors: usage.
void write_mesh(const std::filesystem::path& path, const Mesh& mesh, Hemisphere hemisphere, const std::string& kind);

/// Errors: input, for a GIfTI file that says that it is of the other hemisphere (AnatomicalStructurePrimary).
void check_structure(const std::filesystem::path& path, Hemisphere hemisphere);

/// A `.label.gii` file, or an annotation of FreeSurfer (`.annot`). There keys are the indices of its table; its entry 0
/// is none if it is called unknown, ???, background or medial wall, else it has the key after the largest index.
/// Errors: input, for keys that have no name.
Regions read_regions(const std::filesystem::path& path);
void write_regions(const std::filesystem::path& path, const Regions& regions, Hemisphere hemisphere);

/// A `.shape.gii` or `.func.gii` file, or values of FreeSurfer (`lh.sulc`), by content: V numbers, or K x V of a file
/// with K > 1 maps; float32.
at::Tensor read_vertex_values(const std::filesystem::path& path);
/// values: V or K x V; names: one a map; intent: "NIFTI_INTENT_SHAPE", "NIFTI_INTENT_TIME_SERIES" or another of
/// GIfTI's.
void write_vertex_values(const std::filesystem::path& path, const at::Tensor& values,
                         const std::vector<std::string>& names, Hemisphere hemisphere, const std::string& intent);

/// All that is known of one hemisphere. The same vertex has the same number everywhere.
struct CorticalSurfaces {
  Mesh anatomical{};  ///< Halfway between white matter and pial surface.
  Mesh inflated{};
  Mesh flat{};                ///< z = 0; without the triangles of the medial wall.
  Mesh sphere{};              ///< Radius 100 mm about the origin.
  at::Tensor sulcal_depth{};  ///< V, float32, mm; positive in sulci, mean 0.
  Regions patches{};
};

/// The six files of a hemisphere in `folder`: hemi-L_midthickness.surf.gii, hemi-L_inflated.surf.gii,
/// hemi-L_flat.surf.gii, hemi-L_sphere.surf.gii, hemi-L_sulc.shape.gii, hemi-L_desc-patches_dseg.label.gii.
/// Errors: input; all missing files at once, and all whose number of vertices differs.
CorticalSurfaces read_cortical_surfaces(const std::filesystem::path& folder, Hemisphere hemisphere);
void write_cortical_surfaces(const std::filesystem::path& folder, const CorticalSurfaces& surfaces,
                             Hemisphere hemisphere);

}  // namespace arcuate
