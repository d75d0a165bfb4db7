// Targets that are voxels of a volume: which ones, and where the volume lies in space. Every layout whose targets are
// voxels fills the same structure.
#pragma once
#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>

namespace arcuate {

/// V voxels of a grid, in the order of a dataset's targets.
struct VoxelGrid {
  std::array<int64_t, 3> shape{};  ///< Voxels along x, y and z, as NIfTI counts them.
  at::Tensor affine{};             ///< 4 x 4 float64: from voxels (counted from 0, centres) to mm.
  int space_code = 0;   ///< NIfTI's of that space: 0 unknown, 1 scanner, 2 aligned, 3 Talairach, 4 MNI, 5 other.
  std::string space{};  ///< BIDS label of it, as in `space-MNI152NLin2009cAsym`; empty: the scan's own.
  at::Tensor voxels{};  ///< V x 3 int64: x, y and z of each target. Undefined: targets are not voxels.

  bool empty() const { return !voxels.defined() || voxels.size(0) == 0; }
  int64_t count() const { return empty() ? 0 : voxels.size(0); }
};

/// In which order the voxels of a mask are counted.
enum class VoxelOrder {
  x_fastest,  ///< As in the file, and as pycortex does: C order over (z, y, x).
  z_fastest,  ///< numpy's data[mask] of a volume as nibabel has it: C order over (x, y, z); as read_nifti_series.
};

/// The voxels of a NIfTI mask that are not 0, with its shape and affine. Errors: input, for a file of other than three
/// dimensions (sizes of 1 behind them are passed over) or without any voxel.
VoxelGrid read_voxel_grid(const std::filesystem::path& mask, VoxelOrder order);

/// x, y, z bool: true where a voxel is a target.
at::Tensor mask_of(const VoxelGrid& grid);

/// K x V numbers -> K volumes as [x, y, z, K] float32, in the order of a NIfTI file in memory; `outside` elsewhere.
/// Errors: failed, for other than V numbers.
at::Tensor volumes_of(const VoxelGrid& grid, const at::Tensor& values, double outside);

/// V x 3 float64: centres of the voxels, in mm.
at::Tensor centres_of(const VoxelGrid& grid);

}  // namespace arcuate
