// Smoothing in space, among the targets of a dataset only: what lies outside of the mask, is constant or is not finite
// takes no part and stays as it is. Shapes: T volumes, V targets.
#pragma once
#include <ATen/core/Tensor.h>

#include <vector>

#include "brain/mesh.h"
#include "brain/voxel_grid.h"

namespace arcuate {

/// Gaussian of so many mm full width at half maximum, along each axis by the size of its voxels, cut at 4 standard
/// deviations; a voxel's weights are divided by the sum of those within the mask. series: T x V of the grid's voxels;
/// returns float64.
at::Tensor smoothed_in_volume(const at::Tensor& series, const VoxelGrid& grid, double fwhm);

/// Diffusion along a surface by averages over neighbours, after Hagler, Saygin & Sereno 2006 (NeuroImage 33:1093). Each
/// of n steps replaces x by (1 - w) x + w (mean of its neighbours), with w = 2 s^2 / (n m): m is the mean squared
/// length of its edges, so that every step adds s^2 / n to the variance along each direction of the surface and all of
/// them come to s = fwhm / sqrt(8 ln 2). n is the smallest number with w <= 1/2 at the median m; w is at most 1.
/// series: T x V, of these vertices of the mesh, each named once; returns float64.
at::Tensor smoothed_on_surface(const at::Tensor& series, const Mesh& mesh, const std::vector<int64_t>& vertices,
                               double fwhm);

}  // namespace arcuate
