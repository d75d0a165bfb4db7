// Meshes: areas, normals, neighbours and distances of an octahedron, and what is said of bad ones.
#include "brain/mesh.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

#include "core/tensor.h"
#include "support.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::message_of;

namespace {

at::Tensor floats(std::vector<float> values) { return at::tensor(values).view({-1, 3}); }
at::Tensor ints(std::vector<int> values) { return at::tensor(values, at::kInt).view({-1, 3}); }

// Corners 2 mm from the centre: right, left, front, back, top, bottom.
Mesh octahedron() {
  return {floats({2, 0, 0, -2, 0, 0, 0, 2, 0, 0, -2, 0, 0, 0, 2, 0, 0, -2}),
          ints({0, 2, 4, 2, 1, 4, 1, 3, 4, 3, 0, 4, 2, 0, 5, 1, 2, 5, 3, 1, 5, 0, 3, 5})};
}

}  // namespace

TEST(Mesh, vertices_share_the_area_of_their_triangles) {
  const double triangle = std::sqrt(3.0) / 4 * 8;  // edges of sqrt(8) mm
  const auto areas = to_vector(vertex_areas(octahedron()));
  ASSERT_EQ(areas.size(), 6u);
  for (const double area : areas) EXPECT_NEAR(area, 4 * triangle / 3, 1e-12);
}

TEST(Mesh, normals_point_outward_with_length_1) {
  const auto mesh = octahedron();
  EXPECT_TRUE(at::allclose(vertex_normals(mesh), mesh.points.to(at::kDouble) / 2));
  const auto outward = triangle_normals(mesh)[0];
  EXPECT_TRUE(at::allclose(outward, at::full({3}, 4.0, at::kDouble)));
}

TEST(Mesh, a_vertex_without_triangles_has_no_area_normal_or_neighbour) {
  auto mesh = octahedron();
  mesh.points = at::cat({mesh.points, floats({9, 9, 9})});
  EXPECT_EQ(vertex_areas(mesh)[6].item<double>(), 0);
  EXPECT_EQ(vertex_normals(mesh)[6].abs().sum().item<double>(), 0);
  EXPECT_TRUE(neighbours(mesh).of(6).empty());
  EXPECT_EQ(distances_along_edges(mesh, std::vector<int64_t>{0})[6].item<double>(),
            std::numeric_limits<double>::infinity());
}

TEST(Mesh, neighbours_are_all_but_the_opposite_corner) {
  const auto graph = neighbours(octahedron());
  const auto of_first = graph.of(0);
  EXPECT_EQ(std::vector<int32_t>(of_first.begin(), of_first.end()), (std::vector<int32_t>{2, 3, 4, 5}));
  EXPECT_EQ(graph.vertices.size(), 24u);
}

TEST(Mesh, distances_are_those_of_the_shortest_path_from_the_nearest_seed) {
  const double edge = std::sqrt(8.0);
  const auto from_one = to_vector(distances_along_edges(octahedron(), std::vector<int64_t>{0}));
  EXPECT_EQ(from_one[0], 0);
  EXPECT_NEAR(from_one[1], 2 * edge, 1e-6);
  for (const size_t v : {2u, 3u, 4u, 5u}) EXPECT_NEAR(from_one[v], edge, 1e-6);
  const auto from_two = to_vector(distances_along_edges(octahedron(), std::vector<int64_t>{0, 1}));
  EXPECT_EQ(from_two[1], 0);
  EXPECT_TRUE(contains(message_of([] { distances_along_edges(octahedron(), std::vector<int64_t>{6}); }),
                       {"seed 6", "6 vertices"}));
}

TEST(Mesh, all_problems_are_told_at_once) {
  auto mesh = octahedron();
  check_mesh(mesh, "the mesh");
  mesh.points[3][1] = std::numeric_limits<float>::quiet_NaN();
  mesh.triangles[2][0] = 6;
  mesh.triangles[5][1] = -1;
  mesh.triangles[7][0] = 5;
  EXPECT_TRUE(contains(message_of([&] { check_mesh(mesh, "'a.surf.gii'"); }),
                       {"'a.surf.gii'", "1 points are not finite, the first is vertex 3",
                        "2 triangles name vertices that do not exist (there are 6), the first is triangle 2: 6 3 4",
                        "1 triangles name a vertex twice, the first is triangle 7"}));
}

TEST(Mesh, other_shapes_and_types_are_refused) {
  const Mesh mesh{octahedron().points.slice(1, 0, 2), octahedron().triangles.to(at::kLong)};
  EXPECT_TRUE(contains(message_of([&] { check_mesh(mesh, "it"); }), {"points must be", "6 x 2", "triangles must be"}));
  EXPECT_TRUE(contains(message_of([] { check_mesh({}, "it"); }), {"points", "triangles", "found nothing"}));
}
