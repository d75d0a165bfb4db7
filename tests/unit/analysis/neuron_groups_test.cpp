#include "analysis/neuron_groups.h"

#include "io/json.h"
#include "network_world.h"

using namespace arcuate;
using arcuate::test::largest_difference;
using Groups = std::vector<std::vector<int64_t>>;

TEST(NeuronGroups, agree_with_a_loop_over_neurons) {
  const auto expected = read_json(test::source_path("reference/networks/networks.json"))["groups"].get<Groups>();
  EXPECT_EQ(group_neurons(test::NetworkWorld().codes, Grouping::strongest), expected);
}

TEST(NeuronGroups, neurons_belong_to_the_strongest_or_to_any_atom_and_to_none_without_a_coefficient) {
  const auto codes = at::tensor({0.5, -0.7, 0.0, 1.0, 0.5, 0.2, 0.0, 0.0}, at::kDouble).view({2, 4});
  EXPECT_EQ(group_neurons(codes, Grouping::strongest), (Groups{{0, 1, 3}, {}}));
  EXPECT_EQ(group_neurons(codes, Grouping::any), (Groups{{0, 1, 3}, {0, 1}}));
}

TEST(NeuronGroups, layers_are_counted_within_groups) {
  const std::vector<int64_t> layer_of{1, 1, 2, 7}, layers{1, 2, 7};
  const auto counts = layer_histogram({{0, 1, 3}, {2}, {}}, layer_of, layers);
  EXPECT_TRUE(at::equal(counts, at::tensor({2, 0, 1, 0, 1, 0, 0, 0, 0}, at::kLong).view({3, 3})));
}

TEST(NeuronGroups, correlations_are_those_of_pearson) {
  const test::NetworkWorld world;
  const auto direct = test::unit(world.atoms).t().mm(world.signals);
  EXPECT_LT(largest_difference(atom_correlations(world.atoms, world.signals), direct), 1e-13);
  EXPECT_EQ(atom_correlations(at::ones({80, 1}), world.signals).abs().max().item<double>(), 0);
}
