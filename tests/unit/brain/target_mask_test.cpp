// Masks of targets: voxels, vertices, places of CIFTI; what does not fit.
#include "brain/target_mask.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

#include "brain/dataset.h"
#include "brain/surface.h"
#include "core/tensor.h"
#include "io/cifti.h"
#include "io/nifti.h"
#include "malformed.h"

namespace arcuate {
namespace {

using test::contains;
using test::message_of;

using Names = std::vector<std::string>;
const float nan = std::numeric_limits<float>::quiet_NaN();

Dataset dataset_of(int64_t targets) {
  Dataset dataset{.subjects = {"s"}, .stories = {{.name = "x", .tr = 2, .volumes = 6}}};
  for (int64_t v = 0; v < targets; ++v) dataset.targets.push_back(fmt::format("t{}", v));
  const auto responses = random_normals(6, targets, 3);
  dataset.recordings.push_back({.responses = responses, .read = [responses] { return responses; }});
  return dataset;
}

class TargetMask : public testing::Test {
 protected:
  explicit TargetMask(int64_t targets = 4) : dataset(dataset_of(targets)) {}
  // Masks the dataset; its responses must be those of the targets that are left.
  void expect_left(const Names& expected) {
    const auto before = dataset.targets;
    const auto responses = dataset.recordings[0].responses;
    mask_targets(dataset, files);
    EXPECT_EQ(dataset.targets, expected);
    for (size_t i = 0; i < expected.size(); ++i) {
      const auto column = std::find(before.begin(), before.end(), expected[i]) - before.begin();
      EXPECT_TRUE(
          at::equal(dataset.recordings[0].responses.select(1, static_cast<int64_t>(i)), responses.select(1, column)));
    }
    EXPECT_TRUE(at::equal(dataset.recordings[0].read(), dataset.recordings[0].responses));
    EXPECT_TRUE(contains(dataset.notes.at(0), {"targets lie outside of dataset.mask"}));
  }
  std::string message() {
    return message_of([&] { mask_targets(dataset, files); });
  }

  test::TemporaryFolder folder_;
  Dataset dataset;
  std::vector<std::filesystem::path> files{};
};

class VoxelMask : public TargetMask {
 protected:
  VoxelMask() {
    dataset.grid = {.shape = {2, 2, 1}, .affine = affine(0), .voxels = at::ones({2, 2, 1}, at::kBool).nonzero()};
    files = {folder_ / "mask.nii"};
  }
  static at::Tensor affine(double x) {
    auto matrix = at::diag(at::tensor({2.0, 3.0, 4.0, 1.0}, at::kDouble));
    matrix[0][3] = x;
    return matrix;
  }
  void put(const at::Tensor& values, std::vector<int64_t> shape = {2, 2, 1}, double x = 0) const {
    write_nifti(files[0],
                {.header = {.shape = shape, .affine = affine(x), .space_unit = "mm"}, .values = values.view(shape)});
  }
};

TEST_F(VoxelMask, voxels_other_than_0_are_left) {
  put(at::tensor({0, 1, 7, 0}, at::kInt));
  expect_left({"t1", "t2"});
  EXPECT_EQ(dataset.grid.count(), 2);
  EXPECT_EQ(dataset.inputs, files);
}

TEST_F(VoxelMask, masks_that_do_not_fit_are_refused) {
  put(at::ones({4}, at::kInt), {4, 1, 1});
  EXPECT_TRUE(contains(message(), {"mask.nii' has 4 x 1 x 1 voxels, the targets lie on a grid of 2 x 2 x 1"}));
  put(at::ones({4}, at::kInt), {2, 2, 1}, 1);
  EXPECT_TRUE(contains(message(), {"that lie elsewhere (affine)"}));
  files.push_back(files[0]);
  EXPECT_TRUE(contains(message(), {"one file expected, found 2"}));
  dataset.grid = {};
  EXPECT_TRUE(contains(message(), {"it is not known where these lie"}));
}

class VertexMask : public TargetMask {
 protected:
  VertexMask() {
    dataset.places = {{.hemisphere = "L", .vertex = 0},
                      {.hemisphere = "L", .vertex = 2},
                      {.hemisphere = "R", .vertex = 0},
                      {.hemisphere = "R", .vertex = 2}};
    files = {folder_ / "lh.shape.gii", folder_ / "rh.shape.gii"};
    put(0, {1, 1, 0}, Hemisphere::left);
    put(1, {nan, 2, 1}, Hemisphere::right);
  }
  void put(size_t file, const std::vector<float>& values, Hemisphere hemisphere) const {
    write_vertex_values(files[file], at::tensor(values), {"mask"}, hemisphere, "NIFTI_INTENT_SHAPE");
  }
};

TEST_F(VertexMask, vertices_other_than_0_and_nan_are_left) {
  expect_left({"t0", "t3"});
  EXPECT_EQ(dataset.places[1].vertex, 2);
}

TEST_F(VertexMask, vertices_of_any_region_are_left) {
  files[1] = folder_ / "rh.label.gii";
  write_regions(files[1], {at::tensor({5, 5, 0}, at::kInt), {{.key = 5, .name = "STG"}}}, Hemisphere::right);
  expect_left({"t0", "t2"});
}

TEST_F(VertexMask, masks_that_do_not_fit_are_refused) {
  std::swap(files[0], files[1]);
  EXPECT_TRUE(contains(message(), {"rh.shape.gii' is of CortexRight", "CortexLeft expected", "the left one first"}));
  std::swap(files[0], files[1]);
  put(0, {1, 1}, Hemisphere::left);
  EXPECT_TRUE(contains(message(), {"lh.shape.gii' has 2 vertices in hemisphere L, the targets 3"}));
  write_vertex_values(files[0], at::ones({2, 3}), {"a", "b"}, Hemisphere::left, "NIFTI_INTENT_SHAPE");
  EXPECT_TRUE(contains(message(), {"lh.shape.gii' has 2 maps; a mask is one"}));
  put(0, {0, 0, 0}, Hemisphere::left);
  put(1, {0, 0, 0}, Hemisphere::right);
  EXPECT_TRUE(contains(message(), {"dataset.mask leaves no target"}));
  files.pop_back();
  EXPECT_TRUE(contains(message(), {"a file for each hemisphere, the left one first"}));
}

class DenseMask : public TargetMask {
 protected:
  DenseMask() : TargetMask(5) {
    dataset.dense.models = {{.structure = "CORTEX_LEFT", .surface_vertices = 4, .vertices = {0, 3}},
                            {.structure = "THALAMUS_LEFT", .voxels = {{0, 0, 0}, {1, 1, 0}}},
                            {.structure = "THALAMUS_RIGHT", .voxels = {{1, 0, 0}}}};
    dataset.dense.grid = grid();
    dataset.places.resize(5);
    files = {folder_ / "mask.dscalar.nii"};
    mask.header = {.models = {{.structure = "THALAMUS_LEFT", .voxels = {{1, 1, 0}, {0, 0, 0}}},
                              {.structure = "CORTEX_LEFT", .surface_vertices = 4, .vertices = {1, 3}}},
                   .grid = grid(),
                   .maps = {{.name = "mask"}}};
    mask.values = at::tensor({1.F, 0.F, 1.F, 2.F}).view({1, 4});
  }
  static CiftiGrid grid() { return {.shape = {2, 2, 1}, .affine = at::eye(4, at::kDouble)}; }
  void put() const { write_cifti(files[0], mask); }

  Cifti mask{};
};

TEST_F(DenseMask, places_are_known_by_structure_and_number) {
  put();
  expect_left({"t1", "t3"});
  ASSERT_EQ(dataset.dense.models.size(), 2U);
  EXPECT_EQ(dataset.dense.models[0].vertices, std::vector<int64_t>{3});
  EXPECT_EQ(dataset.dense.models[1].voxels, (std::vector<std::array<int64_t, 3>>{{1, 1, 0}}));
  EXPECT_TRUE(dataset.dense.grid.affine.defined());
}

TEST_F(DenseMask, labels_other_than_key_0_are_left_and_the_grid_goes_with_its_voxels) {
  mask.header.kind = CiftiKind::labels;
  mask.header.maps[0].labels = {{0, "???", {}}, {1, "a", {}}, {2, "b", {}}};
  mask.values = at::tensor({0.F, 0.F, 1.F, 2.F}).view({1, 4});
  put();
  expect_left({"t1"});
  EXPECT_FALSE(dataset.dense.grid.affine.defined());
}

TEST_F(DenseMask, masks_of_another_space_are_refused) {
  mask.header.models[1].surface_vertices = 5;
  mask.header.grid.affine[0][3] = 1;
  put();
  EXPECT_TRUE(contains(message(), {"mask.dscalar.nii' is of another space than the recordings: 2 problems",
                                   "CORTEX_LEFT has 5 vertices, theirs 4", "its voxels are of another grid"}));
  files.push_back(files[0]);
  EXPECT_TRUE(contains(message(), {"one file expected, found 2"}));
}

}  // namespace
}  // namespace arcuate
