// Between a grid of voxels and the surfaces that run through it: which voxel a vertex takes its value from, and which
// vertex names the place of a voxel. `voxel_of_point` (4 x 4) leads from points of the surfaces to voxels: "coord" of
// pycortex, or the inverse of a volume's affine where both are in the same space. Shapes: V vertices, N voxels.
#pragma once
#include <ATen/core/Tensor.h>

#include <span>
#include <vector>

#include "brain/cortex.h"
#include "brain/dataset.h"
#include "brain/voxel_grid.h"

namespace arcuate {

/// V, int64: the voxel of the grid (its number, from 0) in which each point lies, so whose centre is nearest along x, y
/// and z; halfway the higher one. -1 where it is none of the grid's. (pycortex's mapper "nearest".)
at::Tensor voxels_at(const at::Tensor& points, const at::Tensor& voxel_of_point, const VoxelGrid& grid);

/// D x V, int64: the same at D depths of the cortex, 0 at the white surface, 1 at the pial, 0.5 halfway. Errors: input,
/// where the surfaces that a depth needs are not known; usage, for depths outside 0 to 1 or none.
at::Tensor voxels_at_depths(const CortexSide& side, std::span<const double> depths, const at::Tensor& voxel_of_point,
                            const VoxelGrid& grid);

/// Where each voxel lies: hemisphere and region of the nearest vertex of the surfaces halfway through the cortex, if
/// that is `within` mm or nearer (of the space of the surfaces); else nowhere (vertex -1).
std::vector<TargetPlace> places_of_voxels(const VoxelGrid& grid, const Cortex& cortex, double within);

}  // namespace arcuate
