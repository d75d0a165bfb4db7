// CIFTI-2 files of dense maps: .dscalar.nii, .dtseries.nii, .dlabel.nii. Values at vertices of surfaces and voxels of a
// grid side by side. Format: nitrc.org/projects/cifti, "The CIFTI File Format", version 2: NIfTI-2 with an XML
// extension.
#pragma once
#include <ATen/core/Tensor.h>

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "io/gifti.h"

namespace arcuate {

/// A part of the brain, and which of its places have values, in the order of the columns.
struct CiftiModel {
  std::string structure{};                       ///< "CORTEX_LEFT", "THALAMUS_RIGHT", …
  int64_t surface_vertices = 0;                  ///< of the whole surface; 0: these are voxels
  std::vector<int64_t> vertices{};               ///< from 0, below surface_vertices
  std::vector<std::array<int64_t, 3>> voxels{};  ///< i, j, k from 0, within the grid
  int64_t size() const { return std::ssize(vertices) + std::ssize(voxels); }
};

struct CiftiGrid {
  std::array<int64_t, 3> shape{};
  at::Tensor affine{};  ///< 4 x 4 float64: voxels to mm
};

/// What a row is, unless it is a moment of a series.
struct CiftiMap {
  std::string name{};
  std::map<std::string, std::string> metadata{};
  std::vector<GiftiLabel> labels{};  ///< in label files: what the values mean
};

struct CiftiSeries {
  double start = 0, step = 1;   ///< of the rows, in the unit
  std::string unit = "SECOND";  ///< SECOND, HERTZ, METER or RADIAN
};

enum class CiftiKind { scalars, series, labels };

struct CiftiHeader {
  CiftiKind kind = CiftiKind::scalars;
  int64_t rows = 0;                  ///< of the file, when it was read
  std::vector<CiftiModel> models{};  ///< their sizes add up to the brainordinates
  CiftiGrid grid{};                  ///< of the voxels; without them the affine is undefined
  std::vector<CiftiMap> maps{};      ///< one a row, for scalars and labels
  CiftiSeries series{};              ///< for series
  std::map<std::string, std::string> metadata{};
};

struct Cifti {
  CiftiHeader header{};
  at::Tensor values{};  ///< rows x brainordinates, float32, contiguous
};

/// Errors: input, as of read_cifti. The values are not read.
CiftiHeader read_cifti_header(const std::filesystem::path& path);

/// Integers and scaled numbers become float32. Peak memory is the result and a piece of the file.
/// Errors: input, all problems of the XML at once; files of parcels, of connectivity and of version 1 are refused by
/// name.
Cifti read_cifti(const std::filesystem::path& path);

/// float32, little-endian. Atomic, and the same bytes on every run. Errors: failed, for what the format cannot hold: no
/// models, sizes that do not add up, places outside of their surface or grid, maps that are not as many as the rows.
void write_cifti(const std::filesystem::path& path, const Cifti& cifti);

}  // namespace arcuate
