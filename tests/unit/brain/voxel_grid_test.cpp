#include "brain/voxel_grid.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "io/nifti.h"
#include "support.h"

namespace arcuate {
namespace {

using test::contains;
using test::message_of;
using test::TemporaryFolder;

at::Tensor affine() {
  return at::tensor({-2.0, 0.0, 0.0, 10.0, 0.0, 3.0, 0.0, -20.0, 0.0, 0.0, 4.0, 30.0, 0.0, 0.0, 0.0, 1.0}, at::kDouble)
      .view({4, 4});
}

// 3 x 2 x 2 with the voxels (0, 0, 0), (2, 0, 0), (1, 1, 0) and (0, 0, 1).
std::filesystem::path small_mask(const TemporaryFolder& folder, std::vector<int64_t> shape = {3, 2, 2}) {
  auto mask = at::zeros({3, 2, 2}, at::kByte);
  for (const auto& [x, y, z] : {std::array{0, 0, 0}, {2, 0, 0}, {1, 1, 0}, {0, 0, 1}}) mask[x][y][z] = 1;
  const auto path = folder / "mask.nii.gz";
  write_nifti(path, {{.affine = affine(), .space = 1, .space_unit = "mm"}, mask.reshape(shape)});
  return path;
}

std::vector<double> numbers(const at::Tensor& values) {
  const auto flat = values.to(at::kDouble).contiguous();
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

using Numbers = std::vector<double>;

TEST(VoxelGrid, counts_as_pycortex_does_where_x_runs_fastest) {
  const TemporaryFolder folder;
  const auto grid = read_voxel_grid(small_mask(folder), VoxelOrder::x_fastest);
  EXPECT_EQ(grid.shape, (std::array<int64_t, 3>{3, 2, 2}));
  EXPECT_EQ(grid.space_code, 1);
  EXPECT_TRUE(at::equal(grid.affine, affine()));
  EXPECT_EQ(numbers(grid.voxels), (Numbers{0, 0, 0, 2, 0, 0, 1, 1, 0, 0, 0, 1}));
}

TEST(VoxelGrid, counts_as_numpy_does_where_z_runs_fastest) {
  const TemporaryFolder folder;
  const auto grid = read_voxel_grid(small_mask(folder, {3, 2, 2, 1}), VoxelOrder::z_fastest);
  EXPECT_EQ(numbers(grid.voxels), (Numbers{0, 0, 0, 0, 0, 1, 1, 1, 0, 2, 0, 0}));
}

TEST(VoxelGrid, puts_values_where_their_voxels_are) {
  const TemporaryFolder folder;
  for (const auto order : {VoxelOrder::x_fastest, VoxelOrder::z_fastest}) {
    const auto grid = read_voxel_grid(small_mask(folder), order);
    const auto values = at::arange(1, 9, at::kDouble).view({2, 4});
    const auto volumes = volumes_of(grid, values, -1);
    ASSERT_EQ(volumes.sizes(), at::IntArrayRef({3, 2, 2, 2}));
    EXPECT_TRUE(volumes.permute({3, 2, 1, 0}).is_contiguous());
    for (int64_t v = 0; v < 4; ++v) {
      const auto own = numbers(grid.voxels[v]);
      const auto at_voxel =
          volumes[static_cast<int64_t>(own[0])][static_cast<int64_t>(own[1])][static_cast<int64_t>(own[2])];
      EXPECT_EQ(numbers(at_voxel), numbers(values.select(1, v)));
    }
    EXPECT_EQ(volumes.eq(-1).sum().item<int64_t>(), 2 * 8);
    EXPECT_TRUE(at::equal(mask_of(grid), volumes.select(3, 0).ne(-1)));
  }
  const auto grid = read_voxel_grid(small_mask(folder), VoxelOrder::x_fastest);
  EXPECT_TRUE(contains(message_of([&] { volumes_of(grid, at::ones({2, 3}), 0); }), {"2 x 3", "K x 4"}));
}

TEST(VoxelGrid, knows_where_voxels_lie) {
  const TemporaryFolder folder;
  const auto grid = read_voxel_grid(small_mask(folder), VoxelOrder::x_fastest);
  EXPECT_EQ(numbers(centres_of(grid)), (Numbers{10, -20, 30, 6, -20, 30, 8, -17, 30, 10, -20, 34}));
}

TEST(VoxelGrid, refuses_masks_without_voxels_and_series) {
  const TemporaryFolder folder;
  const auto path = folder / "no.nii";
  write_nifti(path, {{.affine = affine()}, at::zeros({3, 2, 2}, at::kByte)});
  EXPECT_TRUE(contains(message_of([&] { read_voxel_grid(path, VoxelOrder::x_fastest); }), {"no.nii", "no voxel"}));
  write_nifti(path, {{.affine = affine()}, at::ones({3, 2, 2, 2}, at::kByte)});
  EXPECT_TRUE(contains(message_of([&] { read_voxel_grid(path, VoxelOrder::x_fastest); }), {"3 x 2 x 2 x 2", "three"}));
  EXPECT_TRUE(VoxelGrid{}.empty());
  EXPECT_EQ(VoxelGrid{}.count(), 0);
}

}  // namespace
}  // namespace arcuate
