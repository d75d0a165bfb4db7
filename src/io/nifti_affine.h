// Within the io layer only: the three ways in which NIfTI places a grid in space. Equations: nifti1.h, "3D IMAGE
// (VOLUME) ORIENTATION AND LOCATION IN SPACE", methods 1 to 3.
#pragma once
#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <span>

namespace arcuate {

struct Qform {
  std::array<double, 3> quaternion{};   ///< b, c, d
  std::array<double, 3> offset{};       ///< of voxel (0, 0, 0)
  std::array<double, 3> size{1, 1, 1};  ///< of a voxel
  double handedness = 1;                ///< -1: z is turned round
};

/// 4 x 4 float64.
at::Tensor affine_of_qform(const Qform& qform);
/// The nearest one: shears are left out.
Qform qform_of_affine(const at::Tensor& affine);
/// The grid's middle at 0, x to the left: what nibabel takes for files that say no more.
at::Tensor affine_of_sizes(const std::array<double, 3>& size, std::span<const int64_t> shape);
/// Whether the affine is finite and no axis of the grid vanishes or lies in the plane of the others.
bool is_invertible(const at::Tensor& affine);

}  // namespace arcuate
