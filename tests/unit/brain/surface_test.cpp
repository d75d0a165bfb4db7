// Surface files: round trips, foreign files (fsaverage5), and what is said when files are missing or do not fit.
#include "brain/surface.h"

#include <ATen/ATen.h>

#include "core/files.h"
#include "io/gifti.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;
using arcuate::test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

const Mesh tetrahedron{at::tensor({0.f, 0.f, 0.f, 1.f, 0.f, 0.f, 0.f, 1.f, 0.f, 0.f, 0.f, 1.f}).view({4, 3}),
                       at::tensor({0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3}, at::kInt).view({4, 3})};

Regions two_regions() {
  return {at::tensor({0, 7, 7, 2}, at::kInt), {{2, "front", {1, 0, 0, 1}}, {7, "back & side", {0, 0.5f, 1, 1}}}};
}

CorticalSurfaces small_surfaces() {
  return {.anatomical = tetrahedron,
          .inflated = tetrahedron,
          .flat = {tetrahedron.points, tetrahedron.triangles.slice(0, 0, 2)},
          .sphere = tetrahedron,
          .sulcal_depth = at::tensor({0.5f, -1.f, 0.25f, 3.f}),
          .patches = two_regions()};
}

void expect_same(const Mesh& a, const Mesh& b) {
  EXPECT_TRUE(at::equal(a.points, b.points));
  EXPECT_TRUE(at::equal(a.triangles, b.triangles));
}

}  // namespace

TEST(Surface, a_mesh_is_read_back_with_its_structure_and_kind) {
  const TemporaryFolder folder;
  write_mesh(folder / "a.surf.gii", tetrahedron, Hemisphere::right, "Spherical");
  expect_same(read_mesh(folder / "a.surf.gii"), tetrahedron);
  const auto about = read_gifti(folder / "a.surf.gii").arrays.at(0).metadata;
  EXPECT_EQ(about.at("AnatomicalStructurePrimary"), "CortexRight");
  EXPECT_EQ(about.at("GeometricType"), "Spherical");
  EXPECT_TRUE(
      contains(message_of([&] { write_mesh(folder / "b.surf.gii", tetrahedron, Hemisphere::left, "Spherica"); }),
               {"unknown kind of surface 'Spherica'", "Spherical"}));
}

TEST(Surface, regions_keep_keys_names_and_colours) {
  const TemporaryFolder folder;
  const auto regions = two_regions();
  write_regions(folder / "a.label.gii", regions, Hemisphere::left);
  const auto read = read_regions(folder / "a.label.gii");
  EXPECT_TRUE(at::equal(read.keys, regions.keys));
  ASSERT_EQ(read.list.size(), 2u);
  EXPECT_EQ(read.list[1].key, 7);
  EXPECT_EQ(read.list[1].name, "back & side");
  EXPECT_EQ(read.list[1].rgba, regions.list[1].rgba);
}

TEST(Surface, surfaces_and_values_of_freesurfer_are_known_by_their_content) {
  const auto folder = test::source_path("reference/freesurfer");
  const auto mesh = read_mesh(folder / "lh.tagged");
  EXPECT_EQ(mesh.points[2][1].item<float>(), 20.25f);
  EXPECT_EQ(mesh.triangles[3][2].item<int>(), 3);
  EXPECT_EQ(read_vertex_values(folder / "lh.thickness")[1].item<float>(), -1.25f);
  EXPECT_TRUE(contains(message_of([&] { read_mesh(folder / "lh.thickness"); }), {"lh.thickness' is not a GIfTI file"}));
}

TEST(Surface, annotations_of_freesurfer_are_regions) {
  const auto regions = read_regions(test::source_path("reference/freesurfer/lh.four.annot"));
  EXPECT_TRUE(at::equal(regions.keys, at::tensor({1, 1, 0, 3, 2, 0, 3}, at::kInt)));
  ASSERT_EQ(regions.list.size(), 3u);
  EXPECT_EQ(regions.list[0].key, 1);
  EXPECT_EQ(regions.list[0].name, "G_temporal superior");
  EXPECT_EQ(regions.list[1].rgba, (std::array<float, 4>{1, 0, 1 / 255.f, 1}));
}

// Key 0 stands for none, so a region that has the index 0 must get another.
TEST(Surface, the_first_region_of_an_annotation_is_not_lost) {
  const TemporaryFolder folder;
  auto bytes = read_file(test::source_path("reference/freesurfer/lh.four.annot"));
  bytes.replace(bytes.find("unknown"), 7, "V1_____");
  test::write_text(folder / "lh.v.annot", bytes);
  const auto regions = read_regions(folder / "lh.v.annot");
  EXPECT_TRUE(at::equal(regions.keys, at::tensor({1, 1, 4, 3, 2, 0, 3}, at::kInt)));
  ASSERT_EQ(regions.list.size(), 4u);
  EXPECT_EQ(regions.list[0].key, 4);
  EXPECT_EQ(regions.list[0].name, "V1_____");
}

TEST(Surface, a_key_without_a_name_is_refused) {
  const TemporaryFolder folder;
  auto regions = two_regions();
  regions.keys[0] = 5;
  EXPECT_TRUE(contains(message_of([&] { write_regions(folder / "a.label.gii", regions, Hemisphere::left); }),
                       {"no name", "key 5"}));
  EXPECT_FALSE(fs::exists(folder / "a.label.gii"));
}

TEST(Surface, one_map_is_a_row_and_several_are_a_matrix) {
  const TemporaryFolder folder;
  const auto one = at::tensor({0.5f, -1.f, 2.f}), two = at::stack({one, one * 3});
  write_vertex_values(folder / "a.shape.gii", one, {"depth"}, Hemisphere::left, "NIFTI_INTENT_SHAPE");
  write_vertex_values(folder / "b.func.gii", two, {"r", "p"}, Hemisphere::left, "NIFTI_INTENT_NONE");
  EXPECT_TRUE(at::equal(read_vertex_values(folder / "a.shape.gii"), one));
  EXPECT_TRUE(at::equal(read_vertex_values(folder / "b.func.gii"), two));
  EXPECT_EQ(read_gifti(folder / "b.func.gii").arrays.at(1).metadata.at("Name"), "p");
  EXPECT_TRUE(contains(message_of([&] {
                         write_vertex_values(folder / "c.func.gii", two, {"r"}, Hemisphere::left, "NIFTI_INTENT_NONE");
                       }),
                       {"2 x 3", "1 names"}));
}

TEST(Surface, a_file_of_another_kind_is_told_apart) {
  const TemporaryFolder folder;
  write_mesh(folder / "a.gii", tetrahedron, Hemisphere::left, "Anatomical");
  write_vertex_values(folder / "b.gii", at::ones({4}), {"ones"}, Hemisphere::left, "NIFTI_INTENT_SHAPE");
  EXPECT_TRUE(contains(message_of([&] { read_vertex_values(folder / "a.gii"); }), {"a.gii", "is a surface"}));
  EXPECT_TRUE(contains(message_of([&] { read_mesh(folder / "b.gii"); }), {"b.gii", "NIFTI_INTENT_POINTSET"}));
  EXPECT_TRUE(contains(message_of([&] { read_regions(folder / "b.gii"); }), {"b.gii", "NIFTI_INTENT_LABEL"}));
}

TEST(Surface, a_hemisphere_is_read_back_whole) {
  const TemporaryFolder folder;
  const auto surfaces = small_surfaces();
  write_cortical_surfaces(folder / "anat", surfaces, Hemisphere::right);
  EXPECT_TRUE(fs::exists(folder / "anat/hemi-R_desc-patches_dseg.label.gii"));
  const auto read = read_cortical_surfaces(folder / "anat", Hemisphere::right);
  expect_same(read.anatomical, surfaces.anatomical);
  expect_same(read.inflated, surfaces.inflated);
  expect_same(read.flat, surfaces.flat);
  expect_same(read.sphere, surfaces.sphere);
  EXPECT_TRUE(at::equal(read.sulcal_depth, surfaces.sulcal_depth));
  EXPECT_TRUE(at::equal(read.patches.keys, surfaces.patches.keys));
}

TEST(Surface, all_missing_files_are_named_at_once) {
  const TemporaryFolder folder;
  write_cortical_surfaces(folder.path(), small_surfaces(), Hemisphere::left);
  fs::remove(folder / "hemi-L_sphere.surf.gii");
  fs::remove(folder / "hemi-L_sulc.shape.gii");
  const auto message = message_of([&] { read_cortical_surfaces(folder.path(), Hemisphere::left); });
  EXPECT_TRUE(contains(message, {"CortexLeft", "incomplete", "hemi-L_sphere.surf.gii", "a surface without a sphere",
                                 "hemi-L_sulc.shape.gii"}));
  EXPECT_EQ(message.find("midthickness"), std::string::npos);
}

TEST(Surface, files_of_different_size_do_not_belong_together) {
  const TemporaryFolder folder;
  auto surfaces = small_surfaces();
  surfaces.sulcal_depth = at::ones({5});
  EXPECT_TRUE(contains(message_of([&] { write_cortical_surfaces(folder.path(), surfaces, Hemisphere::left); }),
                       {"do not belong together", "4 vertices", "'sulc.shape.gii' has 5"}));
}

TEST(Surface, fsaverage5_is_a_closed_surface_whose_folds_are_deep) {
  ARCUATE_DATA_OR_SKIP(white_path, "geometry/fsaverage5_white_left.gii.gz");
  ARCUATE_DATA_OR_SKIP(sulc_path, "geometry/fsaverage5_sulc_left.gii.gz");
  const TemporaryFolder folder;
  const auto white = read_mesh(white_path);
  ASSERT_EQ(white.points.size(0), 10242);
  EXPECT_EQ(white.triangles.size(0), 20480);
  EXPECT_EQ(neighbours(white).vertices.size(), 61440u);
  EXPECT_LT(white.points.select(1, 0).mean().item<double>(), -20);
  const auto area = vertex_areas(white).sum().item<double>();
  EXPECT_GT(area, 50000);
  EXPECT_LT(area, 100000);
  const auto sulc = read_vertex_values(sulc_path);
  ASSERT_EQ(sulc.size(0), 10242);
  EXPECT_GT(sulc.max().item<double>(), 0.5);
  EXPECT_LT(sulc.min().item<double>(), -0.5);
}
