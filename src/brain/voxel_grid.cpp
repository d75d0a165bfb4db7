#include "brain/voxel_grid.h"

#include <ATen/ATen.h>

#include "core/error.h"
#include "core/tensor.h"
#include "io/nifti.h"

namespace arcuate {
namespace {

// V: places in the file, where x runs fastest.
at::Tensor places_in_file(const VoxelGrid& grid) {
  const auto axis = [&](int64_t k) { return grid.voxels.select(1, k); };
  return (axis(2) * grid.shape[1] + axis(1)) * grid.shape[0] + axis(0);
}

// Volumes of a file in memory from their flat places: [x, y, z, K] whose x runs fastest.
at::Tensor as_volumes(const at::Tensor& flat, const std::array<int64_t, 3>& shape) {
  return flat.view({flat.size(0), shape[2], shape[1], shape[0]}).permute({3, 2, 1, 0});
}

}  // namespace

VoxelGrid read_voxel_grid(const std::filesystem::path& mask, VoxelOrder order) {
  const auto file = read_nifti(mask);
  auto values = file.values;
  while (values.dim() > 3 && values.size(-1) == 1) values = values.squeeze(-1);
  if (values.dim() != 3) bad_input("'{}' is {}; a mask has three dimensions", mask.string(), shape_text(file.values));
  const auto inside = values.ne(0).logical_and(at::isfinite(values));
  const bool file_order = order == VoxelOrder::x_fastest;
  auto voxels = (file_order ? inside.permute({2, 1, 0}) : inside).contiguous().nonzero();
  if (voxels.size(0) == 0) bad_input("the mask '{}' has no voxel that is not 0", mask.string());
  if (file_order) voxels = voxels.flip(1);
  return {.shape = {values.size(0), values.size(1), values.size(2)},
          .affine = file.header.affine.to(at::kDouble).contiguous(),
          .space_code = file.header.space,
          .voxels = voxels.contiguous()};
}

at::Tensor mask_of(const VoxelGrid& grid) {
  auto flat = at::zeros({1, grid.shape[0] * grid.shape[1] * grid.shape[2]}, at::kBool);
  flat[0].index_fill_(0, places_in_file(grid), true);
  return as_volumes(flat, grid.shape).squeeze(3);
}

at::Tensor volumes_of(const VoxelGrid& grid, const at::Tensor& values, double outside) {
  if (values.dim() != 2 || values.size(1) != grid.count())
    fail(Fault::failed, "values are {}; K x {} expected, a number for each voxel", shape_text(values), grid.count());
  auto flat = at::full({values.size(0), grid.shape[0] * grid.shape[1] * grid.shape[2]}, outside, at::kFloat);
  flat.index_copy_(1, places_in_file(grid), values.to(at::kFloat));
  return as_volumes(flat, grid.shape);
}

at::Tensor centres_of(const VoxelGrid& grid) {
  const auto rotation = grid.affine.slice(0, 0, 3).slice(1, 0, 3), origin = grid.affine.slice(0, 0, 3).select(1, 3);
  return at::matmul(grid.voxels.to(at::kDouble), rotation.t()) + origin;
}

}  // namespace arcuate
