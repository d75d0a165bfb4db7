#include "analysis/atom_maps.h"

#include "network_world.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::Fixture;
using arcuate::test::largest_difference;
using arcuate::test::message_of;
using arcuate::test::NetworkWorld;

TEST(AtomMaps, agree_with_independent_lasso_ridge_and_ols) {
  const NetworkWorld world;
  const Fixture expected("networks/networks.safetensors");
  const auto maps = [&](MapMethod method, double penalty) {
    return atom_maps(world.atoms, world.subjects[0], {.method = method, .penalty = penalty}, {});
  };
  EXPECT_LT(largest_difference(maps(MapMethod::lasso, 0.05), expected["lasso"]), 1e-6);
  EXPECT_LT(largest_difference(maps(MapMethod::ridge, 20), expected["ridge"]), 1e-12);
  EXPECT_LT(largest_difference(maps(MapMethod::ols, 0), expected["ols"]), 1e-12);
}

TEST(AtomMaps, what_has_no_answer_is_refused) {
  const NetworkWorld world;
  const auto error = [&](const at::Tensor& atoms, const MapOptions& options) {
    return message_of([&] { atom_maps(atoms, world.subjects[0], options, {}); });
  };
  const auto twice = at::cat({world.atoms, world.atoms.slice(1, 0, 1)}, 1);
  EXPECT_TRUE(contains(error(twice, {.method = MapMethod::ols}), {"7 atoms are linear combinations", "use ridge"}));
  EXPECT_EQ(error(twice, {.method = MapMethod::ridge}), "");
  EXPECT_TRUE(contains(error(world.atoms, {.method = MapMethod::ridge, .penalty = 0}), {"penalty above 0, found 0"}));
  EXPECT_TRUE(contains(error(world.atoms.slice(0, 1), {}), {"same rows", "79 x 6 and 80 x 50"}));
}

TEST(MapExtent, every_step_agrees_with_a_loop_over_vertices) {
  const NetworkWorld world;
  const Fixture expected("networks/networks.safetensors");
  const auto maps = (atom_maps(world.atoms, world.subjects[0], {.penalty = 0.05}, {}) +
                     atom_maps(world.atoms, world.subjects[1], {.penalty = 0.05}, {})) /
                    2;
  const auto differs = [&](const char* name, const ExtentOptions& options) {
    return largest_difference(map_extent(maps, options), expected[std::string("extent.") + name]);
  };
  EXPECT_EQ(differs("usual", {}), 0);
  EXPECT_EQ(differs("unflipped", {.flip = false}), 0);
  EXPECT_EQ(differs("signed", {.drop_negatives = false}), 0);
  EXPECT_EQ(differs("threshold", {.threshold = 0.6}), 0);
  EXPECT_LT(differs("weighted", {.binary = false}), 1e-5);
  EXPECT_LT(differs("unscaled", {.scale = false, .binary = false}), 1e-6);
}

TEST(MapExtent, an_empty_map_stays_empty) {
  EXPECT_TRUE(at::equal(map_extent(at::zeros({2, 5}, at::kDouble), {}), at::zeros({2, 5}, at::kDouble)));
}
