// Regions of targets by parcellations of several kinds; restricting, splitting, averaging.
#include "brain/atlas.h"

#include "brain/dataset.h"
#include "brain/surface.h"
#include "core/error.h"
#include "core/files.h"
#include "core/tensor.h"
#include "fixture.h"
#include "io/cifti.h"
#include "io/nifti.h"
#include "unit/brain/same_surfaces.h"

namespace arcuate {
namespace {

using test::contains;
using test::largest_difference;
using test::message_of;
using test::write_same_surfaces;

constexpr int64_t volumes = 6;

std::vector<std::string> regions_of(const Dataset& dataset) {
  std::vector<std::string> names;
  for (const auto& place : dataset.places) names.push_back(place.region);
  return names;
}

// One recording of V targets.
Dataset dataset_of(int64_t targets) {
  Dataset dataset{.subjects = {"s"}, .stories = {{.name = "x", .tr = 2, .volumes = volumes}}};
  for (int64_t v = 0; v < targets; ++v) dataset.targets.push_back(fmt::format("t{}", v));
  const auto responses = random_normals(volumes, targets, 3);
  dataset.recordings.push_back({.responses = responses, .read = [responses] { return responses; }});
  return dataset;
}

class VoxelAtlas : public testing::Test {
 protected:
  VoxelAtlas() {
    dataset.grid = {.shape = {2, 4, 1}, .affine = affine(), .voxels = at::ones({2, 4, 1}, at::kBool).nonzero()};
    put(at::tensor({0, 1, 1, 1, 7, 7, 7, 7}, at::kInt));
    options.files = {folder_ / "atlas.nii.gz"};
  }
  static at::Tensor affine() { return at::diag(at::tensor({2.0, -3.0, 4.0, 1.0}, at::kDouble)); }
  void put(const at::Tensor& labels, std::vector<int64_t> shape = {2, 4, 1}, const at::Tensor& where = affine()) const {
    write_nifti(folder_ / "atlas.nii.gz",
                {.header = {.shape = shape, .affine = where, .space_unit = "mm"}, .values = labels.view(shape)});
  }
  void names(const std::string& text) {
    options.names = folder_ / "names.tsv";
    write_file(options.names, text);
  }
  std::string message() {
    return message_of([&] { settle_regions(dataset, options); });
  }

  test::TemporaryFolder folder_;
  Dataset dataset = dataset_of(8);
  AtlasOptions options{};
};

TEST_F(VoxelAtlas, numbers_are_regions_and_names_come_from_a_table) {
  settle_regions(dataset, options);
  EXPECT_EQ(regions_of(dataset), (std::vector<std::string>{"", "1", "1", "1", "7", "7", "7", "7"}));
  EXPECT_EQ(dataset.inputs, options.files);
  names("index\tname\tcolour\n7\tSTG\tred\n1\tIFG\tblue\n");
  settle_regions(dataset, options);
  EXPECT_EQ(regions_of(dataset), (std::vector<std::string>{"", "IFG", "IFG", "IFG", "STG", "STG", "STG", "STG"}));
}

TEST_F(VoxelAtlas, targets_in_other_regions_are_left_out) {
  options.regions = {"1"};
  const auto all = dataset.recordings[0].responses;
  settle_regions(dataset, options);
  EXPECT_EQ(dataset.targets, (std::vector<std::string>{"t1", "t2", "t3"}));
  EXPECT_EQ(dataset.grid.count(), 3);
  EXPECT_EQ(dataset.places.size(), 3U);
  EXPECT_TRUE(at::equal(dataset.recordings[0].responses, all.slice(1, 1, 4)));
  EXPECT_TRUE(at::equal(dataset.recordings[0].read(), all.slice(1, 1, 4)));
  EXPECT_TRUE(contains(dataset.notes[0], {"5 of 8 targets lie outside of dataset.regions"}));
}

TEST_F(VoxelAtlas, large_regions_become_slices_along_an_axis) {
  options.split = 2;
  settle_regions(dataset, options);  // 3 / 2 = 1 slice, 4 / 2 = 2; y falls from voxel to voxel
  EXPECT_EQ(regions_of(dataset), (std::vector<std::string>{"", "1", "1", "1", "7_2", "7_2", "7_1", "7_1"}));
  options.split = 1;
  options.axis = 0;
  options.files.clear();
  dataset.places[1].region = dataset.places[4].region = "both";
  for (const size_t v : {2, 3, 5, 6, 7}) dataset.places[v].region.clear();
  settle_regions(dataset, options);
  EXPECT_EQ(regions_of(dataset), (std::vector<std::string>{"", "both_1", "", "", "both_2", "", "", ""}));
}

TEST_F(VoxelAtlas, regions_may_be_targets_whose_constant_members_take_no_part) {
  options.average = TargetMean::region;
  auto& responses = dataset.recordings[0].responses;
  responses.select(1, 1).fill_(4);
  responses.select(1, 5).fill_(std::numeric_limits<double>::quiet_NaN());
  const auto expected = at::stack({responses.slice(1, 2, 4).mean(1),
                                   (responses.select(1, 4) + responses.select(1, 6) + responses.select(1, 7)) / 3},
                                  1);
  settle_regions(dataset, options);
  EXPECT_EQ(dataset.targets, (std::vector<std::string>{"1", "7"}));
  EXPECT_LT(largest_difference(dataset.recordings[0].responses, expected), 1e-14);
  EXPECT_TRUE(dataset.grid.empty());
  EXPECT_TRUE(dataset.places.empty());
  EXPECT_TRUE(contains(dataset.notes[0], {"1 of 8 targets lie in no region"}));
}

TEST_F(VoxelAtlas, what_does_not_fit_is_refused) {
  options.regions = {"2", "77"};
  EXPECT_TRUE(contains(message(), {"dataset.regions", "'2'", "'77'"}));
  options.regions.clear();
  names("index\tname\n1\tIFG\n");
  EXPECT_TRUE(contains(message(), {"names.tsv' has no names for numbers of", "7"}));
  names("index\tname\n1\tIFG\n1\tSTG\n");
  EXPECT_TRUE(contains(message(), {"a second name for 1"}));
  names("index\tname\none\tIFG\n");
  EXPECT_TRUE(contains(message(), {"names.tsv:2: index needs a whole number, found 'one'"}));
  options.names.clear();
  put(at::ones({8}, at::kInt), {4, 2, 1});
  EXPECT_TRUE(contains(message(), {"atlas.nii.gz' is 4 x 2 x 1; the targets are voxels of 2 x 4 x 1"}));
  put(at::ones({8}, at::kInt), {2, 4, 1}, at::eye(4, at::kDouble));
  EXPECT_TRUE(contains(message(), {"lie elsewhere (affine)"}));
  put(at::full({8}, 0.5, at::kFloat));
  EXPECT_TRUE(contains(message(), {"holds 0.5, whole numbers expected"}));
  for (const float value : {INFINITY, NAN, 1e30F}) {
    put(at::full({8}, value, at::kFloat));
    EXPECT_TRUE(contains(message(), {"whole numbers expected"})) << value;
  }
  dataset.grid = {};
  dataset.places.clear();
  EXPECT_TRUE(contains(message(), {"it is not known where these lie"}));
  options = {.average = TargetMean::region};
  dataset.places.clear();
  EXPECT_TRUE(contains(message(), {"no target lies in a region; dataset.atlas names them"}));
}

// Two vertices of each hemisphere, in another order than the files'.
class VertexAtlas : public testing::Test {
 protected:
  VertexAtlas() {
    dataset.places = {{.hemisphere = "R", .vertex = 2},
                      {.hemisphere = "R", .vertex = 0},
                      {.hemisphere = "L", .vertex = 1},
                      {.hemisphere = "L", .vertex = 2}};
    const std::vector<Region> list{{.key = 3, .name = "STG"}, {.key = 5, .name = "IFG"}};
    write_regions(folder_ / "lh.label.gii", {at::tensor({0, 3, 5}, at::kInt), list}, Hemisphere::left);
    write_regions(folder_ / "rh.label.gii", {at::tensor({5, 5, 3}, at::kInt), list}, Hemisphere::right);
    options.files = {folder_ / "lh.label.gii", folder_ / "rh.label.gii"};
  }
  std::string message() {
    return message_of([&] { settle_regions(dataset, options); });
  }

  test::TemporaryFolder folder_;
  Dataset dataset = dataset_of(4);
  AtlasOptions options{};
};

TEST_F(VertexAtlas, a_file_a_hemisphere_names_vertices) {
  settle_regions(dataset, options);
  EXPECT_EQ(regions_of(dataset), (std::vector<std::string>{"STG", "IFG", "STG", "IFG"}));
  options.regions = {"L:STG", "IFG"};
  settle_regions(dataset, options);
  EXPECT_EQ(dataset.targets, (std::vector<std::string>{"t1", "t2", "t3"}));
}

TEST_F(VertexAtlas, means_have_the_hemisphere_in_their_names) {
  options.average = TargetMean::region;
  settle_regions(dataset, options);
  EXPECT_EQ(dataset.targets, (std::vector<std::string>{"L_IFG", "L_STG", "R_IFG", "R_STG"}));
}

TEST_F(VertexAtlas, dense_labels_name_vertices_too) {
  Cifti file;
  file.header.kind = CiftiKind::labels;
  file.header.models = {{.structure = "CORTEX_LEFT", .surface_vertices = 3, .vertices = {1, 2}},
                        {.structure = "CORTEX_RIGHT", .surface_vertices = 3, .vertices = {0, 2}}};
  file.header.maps = {{.name = "parcels", .labels = {{0, "???", {}}, {3, "STG", {}}, {5, "IFG", {}}}}};
  file.values = at::tensor({3.F, 0.F, 5.F, 3.F}).view({1, 4});
  options.files = {folder_ / "parcels.dlabel.nii"};
  write_cifti(options.files[0], file);
  settle_regions(dataset, options);
  EXPECT_EQ(regions_of(dataset), (std::vector<std::string>{"STG", "IFG", "STG", ""}));
  const auto with = [&](float key) {
    file.values[0][2] = key;
    write_cifti(options.files[0], file);
    return message();
  };
  EXPECT_TRUE(contains(with(0.5F), {"parcels.dlabel.nii' holds 0.5, whole numbers expected"}));
  EXPECT_TRUE(contains(with(NAN), {"holds nan, whole numbers expected"}));
  EXPECT_TRUE(contains(with(1e30F), {"whole numbers expected"}));
  EXPECT_TRUE(contains(with(4), {"has places whose key 4 has no name in its label table"}));
}

TEST_F(VertexAtlas, an_atlas_of_another_surface_is_refused) {
  dataset.places[3].vertex = 3;
  EXPECT_TRUE(contains(message(), {"'dataset.atlas' has 3 vertices in hemisphere L, the targets 4"}));
  options.files.pop_back();
  EXPECT_TRUE(contains(message(), {"a file for each hemisphere, the left one first"}));
  options = {.split = 1};
  EXPECT_TRUE(contains(message(), {"dataset.split needs to know where targets lie"}));
}

TEST_F(VertexAtlas, files_of_the_other_hemisphere_are_refused) {
  std::swap(options.files[0], options.files[1]);
  EXPECT_TRUE(contains(message(), {"rh.label.gii' is of CortexRight by its metadata, CortexLeft expected"}));
}

TEST_F(VertexAtlas, whole_hemispheres_need_an_atlas_of_as_many_vertices) {
  dataset.places = {{.hemisphere = "L", .vertex = 0}, {.hemisphere = "L", .vertex = 1}};
  dataset.targets.resize(2);
  EXPECT_TRUE(contains(message(), {"'dataset.atlas' has 3 vertices in hemisphere L, the targets 2"}));
}

TEST(DenseSplit, voxels_lie_where_their_volume_has_them) {
  auto dataset = dataset_of(5);
  dataset.dense.models = {{.structure = "CEREBELLUM", .surface_vertices = 9, .vertices = {8}},
                          {.structure = "THALAMUS_LEFT", .voxels = {{0, 0, 0}, {0, 3, 0}, {0, 1, 0}, {0, 2, 0}}}};
  dataset.dense.grid = {.shape = {1, 4, 1}, .affine = at::diag(at::tensor({2.0, -3.0, 4.0, 1.0}, at::kDouble))};
  dataset.places.resize(5, {.vertex = -1, .region = "THALAMUS_LEFT"});
  dataset.places[0] = {.vertex = 8};
  settle_regions(dataset, {.split = 2});  // y falls from voxel to voxel
  EXPECT_EQ(regions_of(dataset),
            (std::vector<std::string>{"", "THALAMUS_LEFT_2", "THALAMUS_LEFT_1", "THALAMUS_LEFT_2", "THALAMUS_LEFT_1"}));
}

TEST_F(VertexAtlas, vertices_lie_where_their_surface_has_them) {
  const auto points = at::tensor({0.F, 0.F, 0.F, 1.F, 5.F, 0.F, 0.F, 9.F, 1.F}).view({3, 3});
  const Mesh mesh{.points = points, .triangles = at::tensor({0, 1, 2}, at::kInt).view({1, 3})};
  write_same_surfaces(folder_.path(), mesh);
  dataset.surfaces = find_cortex(folder_.path(), "");
  for (auto& place : dataset.places) place.region = "all";
  options = {.split = 1};
  settle_regions(dataset, options);
  EXPECT_EQ(regions_of(dataset), (std::vector<std::string>{"all_2", "all_1", "all_1", "all_2"}));
}

}  // namespace
}  // namespace arcuate
