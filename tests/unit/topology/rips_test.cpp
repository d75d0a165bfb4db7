// Vietoris-Rips barcodes against Ripser, against a plain reduction of the boundary matrix, and against theorems.
#include "topology/rips.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/files.h"
#include "topology/diagram_distance.h"
#include "topology/distance_text.h"
#include "unit/topology/barcodes.h"
#include "unit/topology/plain_homology.h"

using namespace arcuate;
using namespace arcuate::test;

static LowerDistances read_lower(const fs::path& path) { return parse_lower_distances(read_file(path), path.string()); }

static std::vector<Diagram> expected_barcode(const fs::path& path) {
  std::vector<Diagram> diagrams;
  for (auto& diagram : parse_diagrams(read_file(path), path.string())) diagrams.push_back(sorted(diagram.bars));
  return diagrams;
}

TEST(Rips, agrees_with_ripser_for_every_modulus_and_threshold) {
  for (const auto& c : reference("rips.json")) {
    LowerDistances distances{.values = c["distances"].get<std::vector<float>>()};
    while (distances.points * (distances.points - 1) / 2 < static_cast<int64_t>(distances.values.size()))
      ++distances.points;
    RipsOptions options{.dimension = static_cast<int>(c["diagrams"].size()) - 1, .modulus = c["modulus"].get<int>()};
    if (!c["threshold"].is_null()) options.threshold = c["threshold"].get<float>();
    std::vector<Diagram> expected;
    for (const auto& bars : c["diagrams"]) expected.push_back(sorted(bars_of(bars)));
    EXPECT_EQ(printed(rips_barcode(distances, options)), expected)
        << c["name"] << " modulo " << c["modulus"] << ", threshold " << c["threshold"];
  }
}

TEST(Rips, agrees_with_a_plain_reduction_of_the_boundary_matrix) {
  constexpr float none = std::numeric_limits<float>::infinity();
  for (uint64_t seed = 0; seed < 60; ++seed) {
    const auto distances = tied_distances(static_cast<int64_t>(2 + seed % 6), 3 + seed % 9, seed);
    const int prime = std::vector{2, 3, 5}[seed % 3];
    EXPECT_EQ(sorted(rips_barcode(distances, {.dimension = 4, .modulus = prime})),
              sorted(plain_barcode(distances, 4, prime, none)))
        << "seed " << seed;
    EXPECT_EQ(sorted(rips_barcode(distances, {.dimension = 3, .threshold = 3.0f, .modulus = prime})),
              sorted(plain_barcode(distances, 3, prime, 3)))
        << "seed " << seed << ", threshold 3";
  }
}

TEST(Rips, knows_that_the_projective_plane_has_torsion) {
  ARCUATE_DATA_OR_SKIP(folder, "homology");
  const auto distances = read_lower(folder / "projective_plane.lower_distance_matrix");
  EXPECT_EQ(printed(rips_barcode(distances, {.dimension = 2})),
            expected_barcode(folder / "expected/projective_plane_z2.txt"));
  EXPECT_EQ(printed(rips_barcode(distances, {.dimension = 2, .modulus = 3})),
            expected_barcode(folder / "expected/projective_plane_z3.txt"));
}

// The stored barcode is of the triangle read as a full matrix: each row without its last number, so one point less.
TEST(Rips, agrees_with_ripser_on_a_random_matrix) {
  ARCUATE_DATA_OR_SKIP(folder, "homology");
  const auto distances = read_lower(folder / "random16.lower_distance_matrix");
  ASSERT_EQ(distances.points, 16);
  LowerDistances misread{.points = 15};
  for (int64_t i = 1; i < 15; ++i)
    for (int64_t j = 0; j < i; ++j) misread.values.push_back(distances(i + 1, j));
  EXPECT_EQ(printed(rips_barcode(misread, {.dimension = 3})), expected_barcode(folder / "expected/random16_dim3.txt"));
  const auto whole = sorted(rips_barcode(distances, {.dimension = 7}));
  ASSERT_EQ(whole[1].size(), 14u);
  EXPECT_EQ(whole[1].front(), (Bar{14, 57}));
  EXPECT_EQ(whole[1].back(), (Bar{49, 52}));
  EXPECT_EQ(whole[2], (Diagram{{56, 61}, {57, 78}, {57, 79}, {58, 75}, {69, 84}, {71, 76}}));
  EXPECT_EQ(whole[3], (Diagram{{79, 81}, {86, 93}, {89, 94}}));
  for (size_t k = 4; k < 8; ++k) EXPECT_TRUE(whole[k].empty());
}

TEST(Rips, agrees_with_ripser_on_points_of_a_sphere) {
  ARCUATE_DATA_OR_SKIP(folder, "homology");
  const auto distances = read_lower(folder / "sphere_3_192.lower_distance_matrix");
  EXPECT_EQ(printed(rips_barcode(distances, {.dimension = 2})),
            expected_barcode(folder / "expected/sphere_3_192_dim2.txt"));
}

TEST(SlowRips, agrees_with_ripser_on_600_points_of_a_projective_plane) {
  ARCUATE_DATA_OR_SKIP(folder, "homology");
  const auto distances = read_lower(folder / "rp2_600.lower_distance_matrix.csv");
  EXPECT_EQ(printed(rips_barcode(distances, {.dimension = 2, .threshold = 1.0f})),
            expected_barcode(folder / "expected/rp2_600_z2.txt"));
  const auto longest = [&](int prime) {
    const auto bars = printed(rips_barcode(distances, {.dimension = 1, .modulus = prime}))[1];
    return *std::max_element(bars.begin(), bars.end(),
                             [](const Bar& a, const Bar& b) { return a.lifetime() < b.lifetime(); });
  };
  EXPECT_EQ(longest(2), (Bar{0.124453, 1.04823}));
  EXPECT_EQ(longest(3), (Bar{0.124453, 0.373518}));
}

TEST(SlowRips, agrees_with_ripser_on_1024_rotations_up_to_dimension_3) {
  ARCUATE_DATA_OR_SKIP(folder, "homology");
  const auto cloud = parse_points(read_file(folder / "o3_1024.txt"), "o3_1024.txt");
  const auto distances = distances_of_points(cloud.coordinates, cloud.points, {.like_ripser = true});
  EXPECT_EQ(printed(rips_barcode(distances, {.dimension = 3, .threshold = 1.8f})),
            expected_barcode(folder / "expected/o3_1024_t1.8_dim3.txt"));
}

// Values of giotto-ph's tests.
TEST(Rips, finds_the_loop_of_five_points) {
  const std::vector<double> points{2,          2.47942554, 2.47942554, 2.84147098, 2.98935825,
                                   2.79848711, 2.79848711, 2.41211849, 2.41211849, 1.92484888};
  const auto distances = distances_of_points(points, 5, {});
  EXPECT_NEAR(enclosing_radius(distances), .801319, 1e-6);
  const auto barcode = rips_barcode(distances, {});
  ASSERT_EQ(barcode[0].size(), 5u);
  const std::vector<double> deaths{.43094373, .5117411, .60077095, .62186205};
  for (size_t i = 0; i < 4; ++i) EXPECT_NEAR(barcode[0][i].death, deaths[i], 1e-7);
  EXPECT_TRUE(std::isinf(barcode[0][4].death));
  ASSERT_EQ(barcode[1].size(), 1u);
  EXPECT_NEAR(barcode[1][0].birth, .69093919, 1e-7);
  EXPECT_NEAR(barcode[1][0].death, .80131882, 1e-7);
}

// The test of ripser.py with a matrix of coordinates.
TEST(Rips, reads_sparse_distances) {
  const std::string text = "0 4 6\n0 1 8\n0 3 2\n0 2 4\n1 4 5\n1 3 9\n1 2 10\n2 3 3\n2 4 1\n3 4 1\n";
  const auto barcode = rips_barcode(parse_sparse_distances(text, "ten edges"), {});
  EXPECT_EQ(sorted(barcode[0]), (Diagram{{0, 1}, {0, 1}, {0, 2}, {0, 5}, {0, INFINITY}}));
  EXPECT_TRUE(barcode[1].empty());
  const auto cut = rips_barcode(parse_sparse_distances(text, "ten edges"), {.threshold = 4.0f});
  EXPECT_EQ(sorted(cut[0]), (Diagram{{0, 1}, {0, 1}, {0, 2}, {0, INFINITY}, {0, INFINITY}}));
}

// A square: its loop never dies where the diagonals are unknown, infinite, or beyond the threshold.
TEST(Rips, leaves_open_what_nothing_fills) {
  const auto sparse = parse_sparse_distances("0 1 1\n1 2 1\n2 3 1\n0 3 1\n", "square");
  EXPECT_EQ(rips_barcode(sparse, {})[1], (Diagram{{1, INFINITY}}));
  const auto infinite = parse_lower_distances("1 inf 1 1 inf 1", "square");
  EXPECT_EQ(rips_barcode(infinite, {})[1], (Diagram{{1, INFINITY}}));
  const auto finite = parse_lower_distances("1 2 1 1 2 1", "square");
  EXPECT_EQ(rips_barcode(finite, {})[1], (Diagram{{1, 2}}));
  EXPECT_EQ(rips_barcode(finite, {.threshold = 1.5f})[1], (Diagram{{1, INFINITY}}));
  EXPECT_EQ(rips_barcode(finite, {.threshold = 9.0f})[1], (Diagram{{1, 2}}));
}

TEST(Rips, gives_the_same_for_all_distances_and_for_those_within_a_threshold) {
  for (const int prime : {2, 7}) {
    auto distances = tied_distances(14, 20, 5);
    const RipsOptions cut{.dimension = 3, .threshold = 11.0f, .modulus = prime};
    const auto expected = sorted(rips_barcode(distances, cut));
    EXPECT_EQ(sorted(rips_barcode(sparse_distances(distances, 15), cut)), expected);
    for (float& d : distances.values)
      if (d > 11) d = INFINITY;  // So that all distances are there and the enumerator of dense ones runs.
    EXPECT_EQ(sorted(rips_barcode(distances, {.dimension = 3, .modulus = prime})), expected);
    EXPECT_NE(expected, sorted(rips_barcode(tied_distances(14, 20, 5), {.dimension = 3, .modulus = prime})));
  }
}

TEST(Rips, does_not_depend_on_the_order_of_the_points) {
  const auto distances = tied_distances(15, 9, 3);
  const auto order = Random(4).permutation(15);
  LowerDistances shuffled{.points = 15};
  for (size_t i = 0; i < 15; ++i)
    for (size_t j = 0; j < i; ++j) shuffled.values.push_back(distances(order[i], order[j]));
  EXPECT_EQ(sorted(rips_barcode(shuffled, {.dimension = 3})), sorted(rips_barcode(distances, {.dimension = 3})));
}

// Prim's minimum spanning tree, whose weights are the deaths of dimension 0.
TEST(Rips, has_the_edges_of_a_spanning_tree_in_dimension_0) {
  const auto distances = tied_distances(40, 1000, 8);
  std::vector<float> nearest(40, INFINITY), weights;
  std::vector<bool> inside(40, false);
  for (size_t v = 0, step = 0; step < 40; ++step) {
    inside[v] = true;
    size_t next = v;
    for (size_t w = 0; w < 40; ++w) {
      if (inside[w]) continue;
      nearest[w] = std::min(nearest[w], distances(static_cast<int64_t>(v), static_cast<int64_t>(w)));
      if (inside[next] || nearest[w] < nearest[next]) next = w;
    }
    if (next != v) weights.push_back(nearest[next]);
    v = next;
  }
  std::sort(weights.begin(), weights.end());
  const auto bars = rips_barcode(distances, {.dimension = 0})[0];
  ASSERT_EQ(bars.size(), 40u);
  for (size_t i = 0; i < 39; ++i) EXPECT_EQ(bars[i].death, weights[i]);
}

// Cohen-Steiner, Edelsbrunner & Harer: moving every point by at most e changes diameters, and so bars, by at most 2 e.
TEST(Rips, changes_little_when_points_move_a_little) {
  Random random(9);
  std::vector<double> points(80), moved(80);
  constexpr double step = 0.02;
  for (size_t i = 0; i < 40; ++i) {
    const double angle = 6.283 * random.uniform(), turn = 6.283 * random.uniform();
    points[2 * i] = std::cos(angle);
    points[2 * i + 1] = std::sin(angle);
    moved[2 * i] = points[2 * i] + step * std::cos(turn);
    moved[2 * i + 1] = points[2 * i + 1] + step * std::sin(turn);
  }
  const auto a = rips_barcode(distances_of_points(points, 40, {}), {.dimension = 1});
  const auto b = rips_barcode(distances_of_points(moved, 40, {}), {.dimension = 1});
  for (size_t k = 0; k < 2; ++k) {
    EXPECT_LE(bottleneck_distance(a[k], b[k]), 2 * step + 1e-6);
    EXPECT_GT(bottleneck_distance(a[k], b[k]), 0);
  }
}

TEST(Rips, takes_one_point_and_dimensions_without_simplices) {
  const LowerDistances one{.points = 1};
  EXPECT_EQ(rips_barcode(one, {.dimension = 3}), (std::vector<Diagram>{{{0, INFINITY}}, {}, {}, {}}));
  const auto two = parse_lower_distances("3", "two points");
  EXPECT_EQ(rips_barcode(two, {.dimension = 2}), (std::vector<Diagram>{{{0, 3}, {0, INFINITY}}, {}, {}}));
}

TEST(Rips, refuses_what_it_cannot_compute) {
  const auto distances = tied_distances(300, 1000, 1);
  EXPECT_TRUE(contains(message_of([&] { rips_barcode(distances, {.dimension = 31}); }), {"is 0 to 30, found 31"}));
  EXPECT_TRUE(contains(message_of([&] { rips_barcode(distances, {.modulus = 4}); }), {"prime up to 46337, found 4"}));
  EXPECT_TRUE(contains(message_of([&] { rips_barcode(distances, {.dimension = 12}); }),
                       {"simplices of 14 vertices among 300 points have indices beyond 63 bits", "up to dimension 8",
                        "in dimension 12 with up to 143 points"}));
  EXPECT_TRUE(contains(message_of([&] { rips_barcode(distances, {.dimension = 2, .memory_limit = 200'000}); }),
                       {"dimension 1 needs more than the 0.0002 GB", "lower the threshold"}));
}
