#include "analysis/map_similarity.h"

#include "network_world.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::Fixture;
using arcuate::test::largest_difference;
using arcuate::test::message_of;
using arcuate::test::NetworkWorld;

TEST(MapSimilarity, agrees_with_loops_over_vertices) {
  const NetworkWorld world;
  const Fixture expected("networks/networks.safetensors");
  const auto maps = expected["extent.usual"];
  EXPECT_LT(largest_difference(intersection_over_union(maps, world.networks), expected["iou"]), 1e-14);
  EXPECT_LT(largest_difference(covered_share(maps, world.networks), expected["covered"]), 1e-14);
  EXPECT_LT(largest_difference(spatial_correlation(maps, world.networks), expected["correlation"]), 1e-12);
  EXPECT_LT(largest_difference(intersection_over_union(expected["extent.weighted"], world.networks),
                               expected["iou.weighted"]),
            1e-12);
}

TEST(MapSimilarity, empty_maps_share_nothing) {
  const auto map = at::tensor({1.0, 1.0, 0.0, 0.0}, at::kDouble).unsqueeze(0);
  const auto other = at::tensor({0.0, 1.0, 1.0, 1.0}, at::kDouble).unsqueeze(0), none = at::zeros_like(map);
  EXPECT_DOUBLE_EQ(intersection_over_union(map, other).item<double>(), 0.25);
  EXPECT_DOUBLE_EQ(intersection_over_union(map, map).item<double>(), 1);
  EXPECT_DOUBLE_EQ(covered_share(map, other).item<double>(), 1.0 / 3);
  EXPECT_EQ(intersection_over_union(none, none).item<double>(), 0);
  EXPECT_EQ(intersection_over_union(none, map).item<double>(), 0);
  EXPECT_EQ(covered_share(map, none).item<double>(), 0);
  EXPECT_TRUE(std::isnan(spatial_correlation(map, none).item<double>()));
  EXPECT_TRUE(std::isnan(spatial_correlation(map, none + 0.1).item<double>()));
}

TEST(MapSimilarity, maps_of_other_vertices_are_refused) {
  EXPECT_TRUE(contains(message_of([] { intersection_over_union(at::zeros({2, 4}), at::zeros({3, 5})); }),
                       {"same vertices", "2 x 4 and 3 x 5"}));
}
