// Vertices in voxels and voxels near vertices: by hand where a few are known, and against every pair of them.
#include "brain/voxel_sampling.h"

#include <ATen/ATen.h>

#include <map>

#include "brain/nearest_points.h"
#include "brain/place_targets.h"
#include "core/error.h"
#include "core/files.h"
#include "core/tensor.h"
#include "io/nifti.h"
#include "support.h"

namespace arcuate {
namespace {

using test::contains;
using test::message_of;
using test::TemporaryFolder;

using Whole = std::vector<int64_t>;
Whole whole(const at::Tensor& values) {
  const auto flat = values.to(at::kLong).contiguous();
  return {flat.data_ptr<int64_t>(), flat.data_ptr<int64_t>() + flat.numel()};
}
at::Tensor points(const std::vector<double>& values) { return to_tensor(values).view({-1, 3}); }
at::Tensor affine(double scale, double x, double y, double z) {
  return to_tensor(std::vector<double>{scale, 0, 0, x, 0, scale, 0, y, 0, 0, scale, z, 0, 0, 0, 1}).view({4, 4});
}

// 4 x 3 x 2; voxel 0 is (1, 0, 0), voxel 1 is (3, 2, 1).
VoxelGrid two_voxels() {
  return {
      .shape = {4, 3, 2}, .affine = affine(2, 0, 0, 0), .voxels = index_tensor(Whole{1, 0, 0, 3, 2, 1}).view({2, 3})};
}

TEST(NearestPoints, are_those_of_all_pairs) {
  const auto all = random_normals(300, 3, 1) * 10, asked = random_normals(200, 3, 2) * 12;
  const auto distances = at::cdist(asked, all, 2, 2);  // not by products, which lose digits
  const auto [distance, index] = distances.min(1);
  for (const double within : {1.0, 3.0, 40.0}) {
    const auto found = nearest_points(all, asked, within);
    const auto near = distance <= within;
    EXPECT_TRUE(at::equal(found.index, at::where(near, index, at::full_like(index, -1)))) << within;
    EXPECT_TRUE(at::allclose(found.distance.masked_select(near), distance.masked_select(near)));
    EXPECT_TRUE(found.distance.masked_select(near.logical_not()).isinf().all().item<bool>());
  }
}

TEST(NearestPoints, of_several_as_near_the_first_counts_and_the_border_is_near) {
  const auto all = points({1, 0, 0, -1, 0, 0, 0, 1, 0});
  EXPECT_EQ(whole(nearest_points(all, points({0, 0, 0, 0, 2, 0, 0, -3, 0}), 1).index), (Whole{0, 2, -1}));
  EXPECT_EQ(whole(nearest_points(all.flip(0), points({0, 0, 0}), 1).index), (Whole{0}));
  for (const double bad : {0.0, -1.0, std::nan(""), HUGE_VAL})
    EXPECT_TRUE(contains(message_of([&] { nearest_points(all, all, bad); }), {"above 0 mm"}));
}

TEST(VoxelSampling, a_point_has_the_voxel_whose_centre_is_nearest) {
  const auto grid = two_voxels();
  const auto identity = affine(1, 0, 0, 0);
  EXPECT_EQ(whole(voxels_at(points({1,   0, 0, 0.5, 0.49, -0.5, 1.49, 0, 0, 1.5,          0, 0, 3.4, 1.5, 1,
                                    3.5, 2, 1, 0,   0,    0,    -9,   0, 0, std::nan(""), 0, 0}),
                            identity, grid)),
            (Whole{0, 0, 0, -1, 1, -1, -1, -1, -1}));
  // The transform leads from mm to voxels.
  EXPECT_EQ(whole(voxels_at(points({12, 20, 30, 16, 24, 32}), affine(0.5, -5, -10, -15), grid)), (Whole{0, 1}));
}

TEST(VoxelSampling, depths_lie_between_white_and_pial) {
  const auto grid = two_voxels();
  const Mesh white{.points = points({-1, 0, 0}).to(at::kFloat)}, pial{.points = points({3, 0, 0}).to(at::kFloat)};
  const double depths[] = {0, 0.5, 1};
  EXPECT_EQ(whole(voxels_at_depths({.white = white, .pial = pial}, depths, affine(1, 0, 0, 0), grid)),
            (Whole{-1, 0, -1}));
  const double middle[] = {0.5}, outer[] = {1}, outside[] = {1.5};
  const CortexSide halfway{.middle = {.points = points({1, 0, 0}).to(at::kFloat)}};
  EXPECT_EQ(whole(voxels_at_depths(halfway, middle, affine(1, 0, 0, 0), grid)), (Whole{0}));
  const auto said = [&](const CortexSide& side, std::span<const double> where) {
    return message_of([&] { voxels_at_depths(side, where, affine(1, 0, 0, 0), grid); });
  };
  EXPECT_TRUE(contains(said(halfway, outer), {"depth of 1", "white and pial"}));
  EXPECT_TRUE(contains(said({.white = white, .pial = pial}, outside), {"0 (white) to 1 (pial), not 1.5"}));
  EXPECT_TRUE(contains(said(halfway, {}), {"at least one depth"}));
}

// A tetrahedron a hemisphere as a folder of FreeSurfer would have it, 20 mm apart.
class VoxelPlaces : public testing::Test {
 protected:
  VoxelPlaces() {
    for (const auto hemisphere : {Hemisphere::left, Hemisphere::right}) {
      const float x = hemisphere == Hemisphere::left ? -10 : 10;
      const Mesh mesh{at::tensor({x, 0.f, 0.f, x + 4, 0.f, 0.f, x, 4.f, 0.f, x, 0.f, 4.f}).view({4, 3}),
                      at::tensor({0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3}, at::kInt).view({4, 3})};
      const auto file = [&](const char* kind) {
        return folder_ / (std::string("hemi-") + letter(hemisphere) + "_" + kind + ".gii");
      };
      write_mesh(file("midthickness.surf"), mesh, hemisphere, "Anatomical");
      write_mesh(file("inflated.surf"), mesh, hemisphere, "Inflated");
      write_vertex_values(file("sulc.shape"), at::zeros({4}), {"depth"}, hemisphere, "NIFTI_INTENT_SHAPE");
      write_regions(file("desc-patches_dseg.label"),
                    {at::tensor({1, 1, 2, 0}, at::kInt), {{1, "front", {1, 0, 0, 1}}, {2, "back", {0, 0, 1, 1}}}},
                    hemisphere);
    }
  }
  TemporaryFolder folder_;
};

TEST_F(VoxelPlaces, are_those_of_the_nearest_vertex_within_a_distance) {
  auto cortex = find_cortex(folder_.path(), "");
  cortex.voxel_of_point = affine(0.5, 10, 10, 10);  // voxel 10 is 0 mm, a voxel is 2 mm wide
  const VoxelGrid grid{
      .shape = {20, 20, 20},
      .affine = affine(1, 0, 0, 0),
      .voxels = index_tensor(Whole{5, 10, 10, 15, 12, 10, 15, 13, 10, 10, 10, 10, 5, 10, 12}).view({5, 3})};
  const auto near = places_of_voxels(grid, cortex, 1);
  ASSERT_EQ(near.size(), 5U);
  EXPECT_EQ(near[0].hemisphere, "L");
  EXPECT_EQ(near[0].vertex, 0);
  EXPECT_EQ(near[0].region, "front");
  EXPECT_EQ(near[1].hemisphere, "R");
  EXPECT_EQ(near[1].region, "back");
  EXPECT_EQ(near[2].hemisphere, "");  // 2 mm away
  EXPECT_EQ(near[2].vertex, -1);
  EXPECT_EQ(near[4].hemisphere, "L");  // a vertex in no region
  EXPECT_EQ(near[4].region, "");
  const auto far = places_of_voxels(grid, cortex, 2);
  EXPECT_EQ(far[2].region, "back");
  EXPECT_EQ(far[3].hemisphere, "");
  EXPECT_EQ(places_of_voxels(grid, cortex, 6)[3].hemisphere, "L");
}

TEST_F(VoxelPlaces, surfaces_of_a_folder_run_through_a_volume_in_their_space) {
  Dataset dataset{.targets = {"a", "b", "c"},
                  .grid = {.shape = {20, 20, 20},
                           .affine = affine(2, -20, -20, -20),
                           .voxels = index_tensor(Whole{5, 10, 10, 15, 12, 10, 10, 10, 10}).view({3, 3})}};
  DatasetOptions options;
  options.region_distance = 1;
  place_on_surfaces(folder_.path(), options, dataset);
  ASSERT_EQ(dataset.places.size(), 3U);
  EXPECT_EQ(dataset.places[0].hemisphere + dataset.places[0].region, "Lfront");
  EXPECT_EQ(dataset.places[1].hemisphere + dataset.places[1].region, "Rback");
  EXPECT_EQ(dataset.places[2].vertex, -1);
  const auto side = read_cortex(dataset.surfaces, Hemisphere::left);
  EXPECT_EQ(whole(voxels_at(side.middle.points, dataset.surfaces.voxel_of_point, dataset.grid)),
            (Whole{0, -1, -1, -1}));
  Dataset regions{.targets = {"a"}};
  EXPECT_TRUE(contains(message_of([&] { place_on_surfaces(folder_.path(), options, regions); }),
                       {"dataset.surfaces", "neither vertices nor voxels"}));
}

TEST_F(VoxelPlaces, vertices_keep_the_names_that_they_have) {
  Dataset dataset{.targets = {"a", "b", "c"}, .places = {{"L", 1, ""}, {"R", 2, "mine"}, {"R", 3, ""}}};
  place_on_surfaces(folder_.path(), {}, dataset);
  EXPECT_EQ(dataset.places[0].region, "front");
  EXPECT_EQ(dataset.places[1].region, "mine");
  EXPECT_EQ(dataset.places[2].region, "");
  EXPECT_EQ(dataset.surfaces.vertices, 0);
  dataset.places[0].vertex = 4;
  EXPECT_TRUE(contains(message_of([&] { place_on_surfaces(folder_.path(), {}, dataset); }),
                       {"has 4 vertices in hemisphere L, the targets 5"}));
}

TEST_F(VoxelPlaces, points_of_freesurfer_are_moved_to_the_scanner_s_space) {
  const TemporaryFolder subject;
  ensure_writable_folder(subject / "surf");
  fs::copy(folder_ / "hemi-L_inflated.surf.gii", subject / "surf/lh.inflated");
  for (const char* name : {"lh.white", "lh.pial"})
    fs::copy(test::source_path("reference/freesurfer/lh.tagged"), subject / "surf" / name);
  const auto side = read_cortex(find_cortex(subject.path(), ""), Hemisphere::left);
  const auto stored = read_mesh(subject / "surf/lh.white").points;
  EXPECT_TRUE(at::allclose(side.white.points - stored, at::tensor({5.4f, 18.f, -2.25f}).expand({4, 3})));
  EXPECT_TRUE(at::equal(side.middle.points, side.white.points));
}

TEST_F(VoxelPlaces, surfaces_of_fmriprep_are_known_by_their_names) {
  const TemporaryFolder anat;
  for (const char* file : {"hemi-L_inflated.surf.gii", "hemi-R_inflated.surf.gii", "hemi-L_midthickness.surf.gii"})
    fs::copy(folder_ / file, anat / (std::string("sub-7_") + file));
  const auto cortex = find_cortex(anat.path(), "");
  EXPECT_EQ(cortex.left.middle, anat / "sub-7_hemi-L_midthickness.surf.gii");
  EXPECT_TRUE(cortex.right.middle.empty());
  EXPECT_EQ(read_cortex(cortex, Hemisphere::right).vertices(), 4);
  fs::copy(folder_ / "hemi-L_inflated.surf.gii", anat / "sub-8_hemi-L_inflated.surf.gii");
  EXPECT_TRUE(contains(message_of([&] { find_cortex(anat.path(), ""); }), {"of 2 subjects"}));
}

// Real files, as a folder of FreeSurfer: Desikan's regions of fsaverage5 name the vertices of fsaverage4.
TEST(Cortex, regions_of_an_average_serve_its_coarser_forms) {
  ARCUATE_DATA_OR_SKIP(annotation, "geometry/fsa5_lh_aparc.annot");
  ARCUATE_DATA_OR_SKIP(inflated, "geometry/fsaverage5_infl_left.gii.gz");
  ARCUATE_DATA_OR_SKIP(sulc, "geometry/fsaverage5_sulc_left.gii.gz");
  const TemporaryFolder average;
  ensure_writable_folder(average / "surf");
  ensure_writable_folder(average / "label");
  for (const char* side : {"lh", "rh"}) {
    write_mesh(average / "surf" / (std::string(side) + ".inflated"), read_mesh(inflated), Hemisphere::left, "Inflated");
    fs::copy(annotation, average / "label" / (std::string(side) + ".aparc.annot"));
  }
  write_vertex_values(average / "surf/lh.sulc", read_vertex_values(sulc), {"sulc"}, Hemisphere::left,
                      "NIFTI_INTENT_SHAPE");
  Dataset dataset;
  for (const char* side : {"L", "R"})
    for (int64_t vertex = 0; vertex < 2562; ++vertex) dataset.places.push_back({side, vertex, ""});
  dataset.targets.resize(dataset.places.size());
  place_on_surfaces(average.path(), {}, dataset);
  EXPECT_EQ(dataset.surfaces.vertices, 2562);
  const auto fine = region_names(read_cortex(find_cortex(average.path(), ""), Hemisphere::left));
  ASSERT_EQ(fine.size(), 10242U);
  std::map<std::string, int> counts, fine_counts;
  for (size_t v = 0; v < 2562; ++v) {
    EXPECT_EQ(dataset.places[v].region, fine[v]);
    ++counts[dataset.places[v].region];
  }
  for (const auto& name : fine) ++fine_counts[name];
  EXPECT_GT(counts["superiortemporal"], 50);
  EXPECT_EQ(counts.size(), fine_counts.size());
  // A quarter of the vertices, spread evenly: a quarter of each large region.
  for (const auto& [name, count] : fine_counts) {
    if (count <= 400) continue;
    EXPECT_NEAR(4.0 * counts[name] / count, 1, 0.12) << name;
  }
  const auto side = read_cortex(dataset.surfaces, Hemisphere::left);
  EXPECT_EQ(side.inflated.points.size(0), 2562);
  EXPECT_EQ(side.sulcal_depth.size(0), 2562);
}

TEST_F(VoxelPlaces, a_folder_without_surfaces_is_refused_and_what_is_missing_named) {
  const TemporaryFolder none;
  EXPECT_TRUE(contains(message_of([&] { find_cortex(none.path(), ""); }), {"holds no surfaces", "surf/lh.inflated"}));
  EXPECT_TRUE(contains(message_of([&] { find_cortex(folder_.path(), "aparc"); }), {"is no subject of FreeSurfer"}));
  fs::remove(folder_ / "hemi-R_sulc.shape.gii");
  fs::remove(folder_ / "hemi-R_midthickness.surf.gii");
  const auto cortex = find_cortex(folder_.path(), "");
  EXPECT_EQ(read_cortex(cortex, Hemisphere::left).vertices(), 4);
  EXPECT_TRUE(contains(message_of([&] { read_cortex(cortex, Hemisphere::right); }),
                       {"CortexRight are incomplete", "hemi-R_sulc.shape.gii' (shading of pictures)",
                        "hemi-R_midthickness.surf.gii' (surface halfway)"}));
  write_vertex_values(folder_ / "hemi-L_sulc.shape.gii", at::zeros({5}), {"depth"}, Hemisphere::left,
                      "NIFTI_INTENT_SHAPE");
  EXPECT_TRUE(contains(message_of([&] { read_cortex(cortex, Hemisphere::left); }),
                       {"hemi-L_inflated.surf.gii' has 4 vertices", "hemi-L_sulc.shape.gii' has 5"}));
}

TEST_F(VoxelPlaces, annotations_of_freesurfer_are_found_by_name) {
  const TemporaryFolder subject;
  ensure_writable_folder(subject / "surf");
  ensure_writable_folder(subject / "label");
  fs::copy(folder_ / "hemi-L_inflated.surf.gii", subject / "surf/lh.inflated");
  fs::copy(folder_ / "hemi-R_inflated.surf.gii", subject / "surf/rh.inflated");
  EXPECT_TRUE(find_cortex(subject.path(), "").left.regions.empty());
  for (const char* name : {"lh.aparc.annot", "rh.aparc.annot", "lh.aparc.a2009s.annot", "rh.aparc.a2009s.annot"})
    write_file(subject / "label" / name, "");
  EXPECT_EQ(find_cortex(subject.path(), "").left.regions, subject / "label/lh.aparc.annot");
  EXPECT_EQ(find_cortex(subject.path(), "aparc.a2009s").right.regions, subject / "label/rh.aparc.a2009s.annot");
  EXPECT_TRUE(contains(message_of([&] { find_cortex(subject.path(), "aparc.a2009"); }),
                       {"lh.aparc.a2009.annot", "dataset.parcellation", "did you mean 'aparc.a2009s'"}));
}

}  // namespace
}  // namespace arcuate
