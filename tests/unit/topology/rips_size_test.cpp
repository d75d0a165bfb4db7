// The size of a computation before it runs.
#include "topology/rips_size.h"

#include <gtest/gtest.h>

#include "topology/distance_text.h"
#include "unit/topology/barcodes.h"

using namespace arcuate;
using namespace arcuate::test;

TEST(RipsSize, counts_edges_and_triangles) {
  const auto distances = tied_distances(90, 10, 6);
  for (const float threshold : {4.0f, 9.0f}) {
    int64_t edges = 0, triangles = 0;
    for (int64_t i = 0; i < 90; ++i)
      for (int64_t j = 0; j < i; ++j) {
        if (distances(i, j) > threshold) continue;
        ++edges;
        for (int64_t k = 0; k < j; ++k) triangles += distances(i, k) <= threshold && distances(j, k) <= threshold;
      }
    const auto size = rips_size(distances, {.dimension = 2, .threshold = threshold});
    EXPECT_EQ(size.edges, edges);
    EXPECT_EQ(size.simplices, static_cast<double>(triangles));
    const auto sparse = rips_size(sparse_distances(distances, threshold), {.dimension = 2});
    EXPECT_EQ(sparse.edges, edges);
    EXPECT_EQ(sparse.simplices, static_cast<double>(triangles));
  }
}

TEST(RipsSize, bounds_larger_simplices_by_those_of_a_clique) {
  const LowerDistances clique{.points = 20, .values = std::vector<float>(190, 1)};
  EXPECT_NEAR(rips_size(clique, {.dimension = 3}).simplices, 4845, 1e-6);
  EXPECT_NEAR(rips_size(clique, {.dimension = 5}).simplices, 38760, 1e-5);
}

TEST(RipsSize, has_the_memory_of_distances_and_of_simplices_that_are_kept) {
  const LowerDistances clique{.points = 20, .values = std::vector<float>(190, 1)};
  const size_t flat = rips_size(clique, {.dimension = 1}).least_bytes;
  EXPECT_GE(flat, 190 * (4 + 16));
  EXPECT_GE(rips_size(clique, {.dimension = 3}).least_bytes, flat + 1140 * 16);
  EXPECT_EQ(lower_distance_bytes(1000), 1'998'000u);
}

TEST(RipsSize, refuses_what_has_no_index) {
  EXPECT_TRUE(
      contains(message_of([] { rips_size(tied_distances(300, 9, 1), {.dimension = 12}); }), {"beyond 63 bits"}));
}
