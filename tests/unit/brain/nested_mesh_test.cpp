// Coarser averages out of finer ones: an icosahedron out of its own cut, and FreeSurfer's fsaverage4 out of fsaverage5.
#include "brain/nested_mesh.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "brain/surface.h"
#include "support.h"

namespace arcuate {
namespace {

using test::contains;
using test::message_of;

using Corners = std::array<int32_t, 3>;

// Each triangle from its smallest corner on, so that only what is turned over differs.
std::set<Corners> triangles_of(const Mesh& mesh) {
  std::set<Corners> all;
  const auto corner = mesh.triangles.contiguous();
  for (int64_t t = 0; t < corner.size(0); ++t) {
    const auto* at = corner.data_ptr<int32_t>() + 3 * t;
    Corners own{at[0], at[1], at[2]};
    std::rotate(own.begin(), std::min_element(own.begin(), own.end()), own.end());
    all.insert(own);
  }
  return all;
}

Mesh icosahedron() {
  const auto points = at::tensor({0.f,  0.f,  9.f,  8.f,  0.f,  4.f,  2.f, 8.f,  4.f,  -7.f, 5.f, 4.f,
                                  -7.f, -5.f, 4.f,  2.f,  -8.f, 4.f,  7.f, 5.f,  -4.f, -2.f, 8.f, -4.f,
                                  -8.f, 0.f,  -4.f, -2.f, -8.f, -4.f, 7.f, -5.f, -4.f, 0.f,  0.f, -9.f});
  const auto triangles =
      at::tensor({0, 1, 2, 0, 2, 3, 0, 3, 4, 0, 4,  5, 0,  5, 1, 1,  6, 2, 2,  7, 3, 3,  8, 4, 4,  9,  5, 5,  10, 1,
                  6, 7, 2, 7, 8, 3, 8, 9, 4, 9, 10, 5, 10, 6, 1, 11, 7, 6, 11, 8, 7, 11, 9, 8, 11, 10, 9, 11, 6,  10},
                 at::kInt);
  return {points.view({-1, 3}), triangles.view({-1, 3})};
}

// Every triangle in four, the new vertices numbered as their edges come.
Mesh cut_in_four(const Mesh& mesh) {
  std::map<std::pair<int32_t, int32_t>, int32_t> middles;
  auto next = static_cast<int32_t>(mesh.points.size(0));
  std::vector<at::Tensor> points{mesh.points};
  const auto middle = [&](int32_t a, int32_t b) {
    const auto [found, fresh] = middles.try_emplace(std::minmax(a, b), next);
    if (fresh) {
      points.push_back(((mesh.points[a] + mesh.points[b]) / 2).unsqueeze(0));
      ++next;
    }
    return found->second;
  };
  std::vector<int32_t> finer;
  for (const auto& [a, b, c] : triangles_of(mesh)) {
    const int32_t ab = middle(a, b), bc = middle(b, c), ca = middle(c, a);
    finer.insert(finer.end(), {ab, bc, ca, a, ab, ca, b, bc, ab, c, ca, bc});
  }
  return {at::cat(points), at::tensor(finer, at::kInt).view({-1, 3})};
}

TEST(NestedMesh, knows_the_sizes_of_averages) {
  EXPECT_EQ(coarser_vertices(163842), 40962);
  EXPECT_EQ(coarser_vertices(42), 12);
  for (const int64_t none : {12, 4, 1000, 40961, 0, -2}) EXPECT_EQ(coarser_vertices(none), 0) << none;
  EXPECT_TRUE(is_nested(40962, 163842));
  EXPECT_TRUE(is_nested(10242, 163842));
  EXPECT_TRUE(is_nested(7, 7));
  EXPECT_FALSE(is_nested(163842, 40962));
  EXPECT_FALSE(is_nested(10241, 163842));
}

TEST(NestedMesh, what_was_cut_in_four_is_put_together_again) {
  const auto coarse = icosahedron(), finer = cut_in_four(coarse), finest = cut_in_four(finer);
  ASSERT_EQ(finest.points.size(0), 162);
  for (const auto& mesh : {coarser_mesh(finer), coarsened(finest, 12)}) {
    EXPECT_TRUE(at::equal(mesh.points, coarse.points));
    EXPECT_EQ(triangles_of(mesh), triangles_of(coarse));
  }
  EXPECT_EQ(triangles_of(coarser_mesh(finest)), triangles_of(finer));
}

TEST(NestedMesh, other_meshes_are_refused) {
  auto mesh = cut_in_four(icosahedron());
  EXPECT_TRUE(contains(message_of([&] { coarsened(mesh, 13); }), {"42 vertices cannot be cut down to 13"}));
  EXPECT_TRUE(contains(message_of([] { coarser_mesh(icosahedron()); }), {"vertices of the coarser one first"}));
  // The same shape with its vertices in another order.
  mesh.triangles = 41 - mesh.triangles;
  EXPECT_TRUE(contains(message_of([&] { coarser_mesh(mesh); }), {"as those of fsaverage are; this mesh was not"}));
  mesh.triangles = (41 - mesh.triangles).slice(0, 0, 79);
  EXPECT_TRUE(contains(message_of([&] { coarser_mesh(mesh); }), {"this mesh was not"}));
}

TEST(NestedMesh, fsaverage4_is_in_fsaverage5) {
  for (const char* side : {"left", "right"}) {
    ARCUATE_DATA_OR_SKIP(path, std::string("geometry/fsaverage5_sphere_") + side + ".gii.gz");
    const auto fine = read_mesh(path), coarse = coarser_mesh(fine);
    check_mesh(coarse, side);
    ASSERT_EQ(coarse.points.size(0), 2562);
    EXPECT_EQ(coarse.triangles.size(0), 2 * 2562 - 4);  // a closed surface without a hole
    // Outward still: the volume that the triangles enclose is that of the sphere, but for its facets.
    const auto volume = [](const Mesh& mesh) {
      const auto corner = [&](int64_t k) {
        return mesh.points.to(at::kDouble).index_select(0, mesh.triangles.select(1, k).to(at::kLong));
      };
      return (at::cross(corner(0), corner(1), 1) * corner(2)).sum().item<double>() / 6;
    };
    EXPECT_NEAR(volume(coarse) / volume(fine), 1, 0.01);
  }
}

}  // namespace
}  // namespace arcuate
