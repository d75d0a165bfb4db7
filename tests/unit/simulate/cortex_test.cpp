// The made cortex: closed and mirrored surfaces, a flat map without overturned triangles, connected patches, a
// gradient.
#include "simulate/cortex.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <set>

#include "core/tensor.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;

namespace {

constexpr int64_t sizes[] = {162, 642, 2562, 10242};

CorticalSurfaces cortex(int64_t vertices, uint64_t seed = 0, Hemisphere hemisphere = Hemisphere::left) {
  return make_cortex({.vertices = vertices, .seed = seed}, hemisphere);
}

// How many triangles have each edge from its first to its second corner.
std::map<std::pair<int, int>, int> directed_edges(const Mesh& mesh) {
  std::map<std::pair<int, int>, int> edges;
  const auto corners = mesh.triangles.accessor<int, 2>();
  for (int64_t t = 0; t < corners.size(0); ++t)
    for (int k = 0; k < 3; ++k) ++edges[{corners[t][k], corners[t][(k + 1) % 3]}];
  return edges;
}

// Positive if the triangles of a closed surface face outward (divergence theorem).
double volume(const Mesh& mesh) {
  const auto first = mesh.points.to(at::kDouble).index_select(0, mesh.triangles.select(1, 0).to(at::kLong));
  return (first * triangle_normals(mesh)).sum().item<double>() / 6;
}

double total_area(const Mesh& mesh) { return vertex_areas(mesh).sum().item<double>(); }

double extent(const Mesh& mesh, int64_t axis) {
  const auto along = mesh.points.select(1, axis);
  return (along.max() - along.min()).item<double>();
}

at::Tensor mirrored(const at::Tensor& points) { return points * at::tensor({-1.f, 1.f, 1.f}); }

// Vertices of the region that can be reached from its first vertex without leaving it.
size_t reached_within(const Neighbours& graph, const std::set<int64_t>& region) {
  std::set<int64_t> reached{*region.begin()};
  std::vector<int64_t> front(reached.begin(), reached.end());
  while (!front.empty()) {
    const auto vertex = front.back();
    front.pop_back();
    for (const int64_t next : graph.of(vertex))
      if (region.count(next) != 0 && reached.insert(next).second) front.push_back(next);
  }
  return reached.size();
}

std::set<int64_t> vertices_where(const at::Tensor& mask) {
  const auto found = mask.nonzero().squeeze(1).contiguous();
  return {found.data_ptr<int64_t>(), found.data_ptr<int64_t>() + found.size(0)};
}

}  // namespace

TEST(Cortex, is_closed_every_edge_lies_between_two_triangles) {
  for (const auto vertices : sizes) {
    const auto mesh = cortex(vertices).anatomical;
    const auto edges = directed_edges(mesh);
    for (const auto& [edge, count] : edges) {
      ASSERT_EQ(count, 1);
      ASSERT_EQ(edges.count({edge.second, edge.first}), 1u);
    }
    EXPECT_EQ(mesh.points.size(0), vertices);
    EXPECT_EQ(vertices - static_cast<int64_t>(edges.size()) / 2 + mesh.triangles.size(0), 2);  // Euler
  }
}

TEST(Cortex, normals_point_outward_in_both_hemispheres) {
  for (const auto hemisphere : {Hemisphere::left, Hemisphere::right}) {
    const auto surfaces = cortex(2562, 0, hemisphere);
    check_mesh(surfaces.anatomical, "anatomical");
    EXPECT_GT(volume(surfaces.anatomical), 3e5);  // mm^3; a hemisphere of a human brain: about 5e5
    EXPECT_GT(volume(surfaces.inflated), volume(surfaces.anatomical));
    const auto outward = (vertex_normals(surfaces.sphere) * surfaces.sphere.points).sum(1);
    EXPECT_GT(outward.min().item<double>(), 99);
  }
}

TEST(Cortex, folds_do_not_turn_over) {
  for (const uint64_t seed : {0, 1, 2}) {
    const auto folded = cortex(10242, seed).anatomical;
    const auto flat_ground = make_cortex({.fold_depth = 0}, Hemisphere::left).inflated;
    const auto cosine = (triangle_normals(folded) * triangle_normals(flat_ground)).sum(1);
    EXPECT_GT((cosine > 0).to(at::kDouble).mean().item<double>(), 0.999);
  }
}

TEST(Cortex, hemispheres_are_mirror_images_vertex_for_vertex) {
  const auto left = cortex(642), right = cortex(642, 0, Hemisphere::right);
  EXPECT_TRUE(at::equal(right.anatomical.points, mirrored(left.anatomical.points)));
  EXPECT_TRUE(at::equal(right.flat.points, mirrored(left.flat.points)));
  EXPECT_TRUE(at::equal(right.sulcal_depth, left.sulcal_depth));
  EXPECT_TRUE(at::equal(right.patches.keys, left.patches.keys));
  EXPECT_LT(left.anatomical.points.select(1, 0).max().item<double>(), 0);
  EXPECT_LT(left.inflated.points.select(1, 0).max().item<double>(), 0);
}

TEST(Cortex, has_the_size_of_a_human_hemisphere) {
  const auto surfaces = cortex(10242);
  EXPECT_NEAR(extent(surfaces.anatomical, 0), 70, 5);
  EXPECT_NEAR(extent(surfaces.anatomical, 1), 170, 5);
  EXPECT_NEAR(extent(surfaces.anatomical, 2), 117, 5);
  EXPECT_NEAR(total_area(surfaces.inflated), total_area(surfaces.anatomical), 1);
  EXPECT_NEAR(total_area(surfaces.sphere), 4 * std::numbers::pi * 1e4, 200);
  EXPECT_GT(total_area(surfaces.anatomical), 45000);
}

TEST(Cortex, the_flat_map_faces_one_way_and_leaves_the_medial_wall_out) {
  for (const auto vertices : sizes)
    for (const auto hemisphere : {Hemisphere::left, Hemisphere::right}) {
      const auto surfaces = cortex(vertices, 0, hemisphere);
      check_mesh(surfaces.flat, "flat");
      EXPECT_GT(triangle_normals(surfaces.flat).select(1, 2).min().item<double>(), 0) << vertices;
      const auto corners = surfaces.flat.triangles.reshape({-1}).to(at::kLong);
      const auto keys = surfaces.patches.keys.index_select(0, corners);
      EXPECT_FALSE((keys == cortex_patch("medial_wall").region.key).any().item<bool>());
      EXPECT_EQ(surfaces.flat.points.select(1, 2).abs().max().item<float>(), 0);
      EXPECT_NEAR(total_area(surfaces.flat), total_area({surfaces.anatomical.points, surfaces.flat.triangles}), 1);
    }
}

TEST(Cortex, the_flat_map_keeps_areas_within_a_factor_of_three_nearly_everywhere) {
  const auto surfaces = cortex(10242);
  const auto there = triangle_normals({surfaces.anatomical.points, surfaces.flat.triangles}).norm(2, 1);
  const auto ratio = triangle_normals(surfaces.flat).norm(2, 1) / there;
  EXPECT_GT(at::logical_and(ratio > 1.0 / 3, ratio < 3).to(at::kDouble).mean().item<double>(), 0.97);
}

TEST(Cortex, sulcal_depth_is_the_way_inward_in_millimetres) {
  const auto folded = cortex(10242), bare = make_cortex({.fold_depth = 0}, Hemisphere::left);
  EXPECT_LT(volume(folded.anatomical), 0.97 * volume(bare.anatomical));
  EXPECT_NEAR(folded.sulcal_depth.mean().item<double>(), 0, 1e-4);
  const auto way = (folded.anatomical.points - bare.anatomical.points).norm(2, 1);
  auto deeper = folded.sulcal_depth - bare.sulcal_depth;
  deeper = deeper - deeper.min();  // both have mean 0; nothing moves in the medial wall
  EXPECT_LT((way - deeper).abs().max().item<double>(), 1e-3);
  EXPECT_GT(way.max().item<double>(), 4);
}

TEST(Cortex, patches_are_connected_and_take_about_half_of_it) {
  for (const auto vertices : sizes) {
    const auto surfaces = cortex(vertices);
    const auto around = neighbours(surfaces.anatomical);
    for (const auto& region : surfaces.patches.list) {
      const auto inside = vertices_where(surfaces.patches.keys == region.key);
      ASSERT_FALSE(inside.empty()) << region.name;
      EXPECT_EQ(reached_within(around, inside), inside.size()) << region.name << " of " << vertices;
    }
    const auto share = (surfaces.patches.keys != 0).to(at::kDouble).mean().item<double>();
    EXPECT_GT(share, 0.45);
    EXPECT_LT(share, 0.6);
  }
}

TEST(Cortex, the_gradient_rises_from_vertex_to_vertex_away_from_the_sensory_patch) {
  for (const int64_t vertices : {642, 10242}) {
    const auto surfaces = cortex(vertices);
    const auto gradient = to_vector(patch_gradient(surfaces));
    const auto keys = surfaces.patches.keys;
    const auto inside = vertices_where(at::logical_or(keys == 1, keys == 2));
    const auto graph = neighbours(surfaces.anatomical);
    double highest = 0;
    size_t starts = 0;
    for (size_t v = 0; v < gradient.size(); ++v) {
      ASSERT_EQ(std::isnan(gradient[v]), inside.count(static_cast<int64_t>(v)) == 0);
      if (std::isnan(gradient[v])) continue;
      highest = std::max(highest, gradient[v]);
      const auto around = graph.of(static_cast<int64_t>(v));
      const bool lower_one = std::any_of(around.begin(), around.end(),
                                         [&](int32_t n) { return gradient[static_cast<size_t>(n)] < gradient[v]; });
      if (!lower_one) ++starts;
      if (gradient[v] == 0) {
        EXPECT_EQ(keys[static_cast<int64_t>(v)].item<int>(), 1);
      }
    }
    EXPECT_EQ(starts, 1u);  // no valley but the beginning
    EXPECT_EQ(highest, 1);
  }
}

TEST(Cortex, the_gradient_needs_its_patches) {
  auto surfaces = cortex(162);
  surfaces.patches.keys.masked_fill_(surfaces.patches.keys == 2, 0);
  EXPECT_TRUE(contains(message_of([&] { patch_gradient(surfaces); }), {"no patch 'association'"}));
}

TEST(Cortex, the_seed_decides_the_folds_and_nothing_else) {
  const auto first = cortex(2562), again = cortex(2562), other = cortex(2562, 1);
  EXPECT_TRUE(at::equal(first.anatomical.points, again.anatomical.points));
  EXPECT_TRUE(at::equal(first.inflated.points, again.inflated.points));
  EXPECT_TRUE(at::equal(first.patches.keys, other.patches.keys));
  const auto change = (first.anatomical.points - other.anatomical.points).norm(2, 1);
  EXPECT_GT(change.max().item<double>(), 2);
  const auto a = first.sulcal_depth - first.sulcal_depth.mean(), b = other.sulcal_depth - other.sulcal_depth.mean();
  EXPECT_LT(((a * b).sum() / (a.norm() * b.norm())).item<double>(), 0.8);
}

TEST(Cortex, every_option_changes_the_surfaces) {
  const auto usual = cortex(642);
  const auto differs = [&](const CortexOptions& options) {
    const auto made = make_cortex(options, Hemisphere::left);
    return !at::equal(made.anatomical.points, usual.anatomical.points);
  };
  EXPECT_TRUE(differs({.vertices = 642, .fold_spacing = 30}));
  EXPECT_TRUE(differs({.vertices = 642, .fold_depth = 3}));
  EXPECT_TRUE(differs({.vertices = 642, .fold_width = 12}));
  const auto rounder = make_cortex({.vertices = 642, .inflation = 20}, Hemisphere::left);
  EXPECT_FALSE(at::equal(rounder.inflated.points, usual.inflated.points));
}

TEST(Cortex, options_out_of_range_are_told_at_once) {
  EXPECT_TRUE(contains(message_of([] {
                         make_cortex({.vertices = 1000, .fold_spacing = 2, .fold_depth = std::nan("")},
                                     Hemisphere::left);
                       }),
                       {"vertices is 1000", "10242", "fold_spacing is 2", "fold_depth is nan"}));
}

TEST(Cortex, is_read_back_from_its_files) {
  const test::TemporaryFolder folder;
  const auto made = cortex(642, 3, Hemisphere::right);
  write_cortical_surfaces(folder.path(), made, Hemisphere::right);
  const auto read = read_cortical_surfaces(folder.path(), Hemisphere::right);
  EXPECT_TRUE(at::equal(read.flat.triangles, made.flat.triangles));
  EXPECT_TRUE(at::equal(read.anatomical.points, made.anatomical.points));
  EXPECT_EQ(read.patches.list.size(), made.patches.list.size());
  EXPECT_TRUE(at::equal(patch_gradient(read).nan_to_num(-1), patch_gradient(made).nan_to_num(-1)));
}

TEST(Sphere, coarse_vertices_are_the_first_of_finer_ones) {
  const auto coarse = icosphere(162), fine = icosphere(642);
  EXPECT_TRUE(at::equal(coarse.points, fine.points.slice(0, 0, 162)));
  EXPECT_TRUE(at::allclose(fine.points.norm(2, 1), at::ones({642}, at::kDouble)));
  EXPECT_TRUE(contains(message_of([] { icosphere(1000); }), {"1000 vertices", "642"}));
}

TEST(Sphere, degrees_to_an_arc_are_those_to_its_nearest_point) {
  // The outer side's middle, the front, the top, the medial side's middle.
  const auto places =
      at::tensor({-1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0}, at::kDouble).view({4, 3});
  const auto to_point = degrees_to(places, {{0, 0}, {0, 0}});
  EXPECT_TRUE(at::allclose(to_point, at::tensor({0.0, 90.0, 90.0, 180.0}, at::kDouble)));
  const auto to_arc = degrees_to(places, {{0, 10}, {0, 70}});
  EXPECT_TRUE(at::allclose(to_arc, at::tensor({10.0, 90.0, 20.0, 110.0}, at::kDouble)));
  const auto across = degrees_to(places, {{-40, 0}, {40, 0}});
  EXPECT_TRUE(at::allclose(across, at::tensor({0.0, 50.0, 90.0, 140.0}, at::kDouble), 1e-5, 1e-5));
}
