#include "analysis/network_metrics.h"

#include "analysis/map_similarity.h"
#include "analysis/network_match.h"
#include "analysis/neuron_groups.h"
#include "io/json.h"
#include "network_world.h"

using namespace arcuate;
using arcuate::test::NetworkWorld;

namespace {

OrganisationParts parts_of(const NetworkWorld& world) {
  const MapMaking making{.responses = {world.subjects.begin(), world.subjects.end()}, .maps = {.penalty = 0.05}};
  std::vector<at::Tensor> maps;
  const auto mean = mean_map(world.atoms, making, {}, [&](const at::Tensor& map) { maps.push_back(map); });
  OrganisationParts parts{.atoms = world.atoms,
                          .correlations = atom_correlations(world.atoms, world.signals),
                          .groups = group_neurons(world.codes, Grouping::strongest),
                          .extents = map_extent(mean, {})};
  for (int64_t n = 0; n < 40; ++n) parts.layer_of.push_back(n % 5 + 1);
  for (const auto& map : maps) parts.subject_extents.push_back(map_extent(map, {}));
  parts.matched = intersection_over_union(parts.extents, world.networks) > 0.2;
  return parts;
}

double value_of(const std::vector<OrganisationMetric>& metrics, const std::string& name) {
  for (const auto& metric : metrics)
    if (metric.name == name) return metric.value;
  ADD_FAILURE() << name;
  return 0;
}

}  // namespace

TEST(NetworkMetrics, agree_with_their_definitions_written_out) {
  const auto expected = read_json(test::source_path("reference/networks/networks.json"))["metrics"];
  const auto metrics = organisation_metrics(parts_of({}));
  EXPECT_EQ(metrics.size(), expected.size());
  for (const auto& metric : metrics)
    EXPECT_NEAR(metric.value, expected[metric.name].get<double>(), 1e-9) << metric.name;
}

TEST(NetworkMetrics, what_is_not_defined_is_not_a_number) {
  auto parts = parts_of({});
  parts.layer_of.clear();
  parts.subject_extents.resize(1);
  parts.matched = at::zeros_like(parts.matched);
  const auto metrics = organisation_metrics(parts);
  for (const char* name : {"layer_spread", "agreement_between_subjects", "agreement_within_networks"})
    EXPECT_TRUE(std::isnan(value_of(metrics, name))) << name;
  EXPECT_EQ(value_of(metrics, "matched_maps"), 0);
  EXPECT_EQ(value_of(metrics, "pattern_entropy"), 0);
  EXPECT_EQ(value_of(metrics, "covered_neurons"), 0);
}

TEST(NetworkMetrics, known_values_of_their_parts) {
  EXPECT_NEAR(effective_rank(at::eye(7, at::kDouble)), 7, 1e-12);
  EXPECT_NEAR(effective_rank(at::ones({5, 3}, at::kDouble)), 1, 1e-12);
  EXPECT_DOUBLE_EQ(gini({3, 3, 3}), 0);
  EXPECT_DOUBLE_EQ(gini({0, 0, 0, 8}), 0.75);
  EXPECT_TRUE(std::isnan(gini({0, 0})));
  const auto patterns = row_patterns(at::tensor({1, 0, 1, 0, 0, 1, 0, 0}, at::kLong).view({4, 2}) > 0);
  EXPECT_EQ(patterns.distinct, 3);
  EXPECT_DOUBLE_EQ(patterns.entropy, 1.5);
}
