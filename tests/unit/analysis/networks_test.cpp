#include "analysis/networks.h"

#include <algorithm>

#include "network_world.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::largest_difference;
using arcuate::test::message_of;
using arcuate::test::unit;

namespace {

// Independent autoregressive series, one a column.
at::Tensor drifting(int64_t rows, int64_t columns, double keep, uint64_t seed) {
  auto x = random_normals(rows, columns, seed);
  for (int64_t t = 1; t < rows; ++t) x[t] = keep * x[t - 1] + std::sqrt(1 - keep * keep) * x[t];
  return x;
}

// Neurons in groups: each follows one of `atoms` time courses and, less, a few others; network f is a block of vertices
// that follows the time course of atom f; half of the vertices belong to no network.
struct PlantedNetworks {
  at::Tensor atoms{};
  NetworkProblem problem{};
};
PlantedNetworks plant(int64_t atoms, int64_t neurons, int64_t networks) {
  constexpr int64_t rows = 300, block = 20;
  PlantedNetworks planted{.atoms = unit(drifting(rows, atoms, 0.5, 1))};
  const auto own = at::arange(neurons, at::kLong).remainder(atoms);
  const auto few = random_normals(atoms, neurons, 4) * (random_normals(atoms, neurons, 5) > 1.6449);
  planted.problem.neurons =
      unit(planted.atoms.index_select(1, own) + planted.atoms.mm(few) / 2 + 0.03 * random_normals(rows, neurons, 2));
  for (int64_t n = 0; n < neurons; ++n) planted.problem.layer_of.push_back(n % atoms % 4 + 1);
  auto signals = at::zeros({rows, 2 * networks * block}, at::kDouble);
  planted.problem.networks = at::zeros({networks, 2 * networks * block}, at::kDouble);
  for (int64_t f = 0; f < networks; ++f) {
    signals.slice(1, f * block, (f + 1) * block).copy_(planted.atoms.slice(1, f, f + 1).expand({-1, block}));
    planted.problem.networks[f].slice(0, f * block, (f + 1) * block).fill_(1);
  }
  planted.problem.responses = {unit(signals + 0.06 * drifting(rows, 2 * networks * block, 0.5, 3))};
  planted.problem.runs = {{0, rows}};
  return planted;
}

}  // namespace

TEST(Networks, planted_atoms_and_networks_are_found) {
  const auto planted = plant(64, 2048, 10);
  const auto found =
      functional_networks(planted.problem, {.dictionary = {.epochs = 5}, .chance = {.surrogates = 99}}, {.threads = 2});
  const auto r = planted.atoms.t().mm(found.dictionary.atoms / found.dictionary.atoms.norm(2, 0, true)).abs();
  const auto recovered = (r.amax(1) > 0.9).sum().item<int64_t>();
  RecordProperty("recovered", std::to_string(recovered));
  EXPECT_GE(recovered, 55);
  int64_t networks = 0;
  for (int64_t f = 0; f < 10; ++f) {
    const auto atom = found.matches.iou.select(1, f).argmax().item<int64_t>();
    // The matching atom is the planted one, and its neurons are those that follow it.
    if (r[f].argmax().item<int64_t>() != atom || r[f][atom].item<double>() < 0.9) continue;
    ++networks;
    EXPECT_TRUE(found.matches.matched[atom][f].item<bool>()) << f;
    EXPECT_GT(found.matches.iou[atom][f].item<double>(), 0.7) << f;
    EXPECT_LE(found.chance.q[f].item<double>(), 0.05) << f;
    const auto& group = found.groups[static_cast<size_t>(atom)];
    EXPECT_GE(std::count_if(group.begin(), group.end(), [&](int64_t n) { return n % 64 == f; }), 20) << f;
  }
  EXPECT_GE(networks, 9);
}

TEST(Networks, every_option_changes_the_result) {
  const auto problem = plant(8, 160, 3).problem;
  const NetworkOptions usual{.dictionary = {.atoms = 8, .epochs = 2}, .chance = {.surrogates = 19}};
  const auto base = functional_networks(problem, usual, {});
  const auto changed = [&](auto change) {
    auto options = usual;
    change(options);
    return functional_networks(problem, options, {});
  };
  EXPECT_FALSE(at::equal(changed([](auto& o) { o.dictionary.seed = 1; }).maps, base.maps));
  EXPECT_NE(changed([](auto& o) { o.grouping = Grouping::any; }).groups, base.groups);
  EXPECT_FALSE(at::equal(changed([](auto& o) { o.maps.method = MapMethod::ridge; }).maps, base.maps));
  EXPECT_FALSE(at::equal(changed([](auto& o) { o.extent.threshold = 0.99; }).extents, base.extents));
  EXPECT_FALSE(at::equal(changed([](auto& o) { o.match_iou = 1; }).matches.matched, base.matches.matched));
  EXPECT_FALSE(at::equal(changed([](auto& o) { o.chance.seed = 1; }).chance.best_null, base.chance.best_null));
  const auto untested = changed([](auto& o) { o.chance.surrogates = 0; });
  EXPECT_TRUE(at::isnan(untested.chance.p).all().item<bool>());
  EXPECT_TRUE(at::isnan(untested.chance.pair_p).all().item<bool>());
}

TEST(Networks, p_counts_the_surrogates_whose_best_map_is_as_good) {
  const auto problem = plant(8, 160, 3).problem;
  const auto found =
      functional_networks(problem, {.dictionary = {.atoms = 8, .epochs = 1}, .chance = {.surrogates = 19}}, {});
  for (int64_t atom = 0; atom < 8; ++atom)
    for (int64_t f = 0; f < 3; ++f) {
      const auto as_good = (found.chance.best_null.select(1, f) >= found.matches.iou[atom][f]).sum().item<double>();
      EXPECT_DOUBLE_EQ(found.chance.pair_p[atom][f].item<double>(), (as_good + 1) / 20);
    }
  EXPECT_TRUE(at::equal(found.chance.p, found.chance.pair_p.amin(0)));
}

TEST(Networks, maps_of_several_subjects_are_averaged) {
  auto problem = plant(8, 160, 3).problem;
  problem.responses.push_back(unit(problem.responses[0].whole() + 0.05 * random_normals(300, 120, 9)));
  const NetworkOptions options{.dictionary = {.atoms = 8, .epochs = 1}, .chance = {.surrogates = 0}};
  const auto both = functional_networks(problem, options, {});
  auto first = problem, second = problem;
  first.responses.resize(1);
  second.responses = {problem.responses[1]};
  const auto mean = (functional_networks(first, options, {}).maps + functional_networks(second, options, {}).maps) / 2;
  EXPECT_LT(largest_difference(both.maps, mean), 1e-14);
}

TEST(Networks, give_the_same_bytes_for_any_number_of_threads) {
  const auto problem = plant(8, 600, 3).problem;
  const NetworkOptions options{.dictionary = {.atoms = 8, .batch = 300, .epochs = 1}, .chance = {.surrogates = 9}};
  const auto one = functional_networks(problem, options, {.threads = 1}),
             three = functional_networks(problem, options, {.threads = 3});
  EXPECT_TRUE(at::equal(one.dictionary.atoms, three.dictionary.atoms));
  EXPECT_TRUE(at::equal(one.maps, three.maps));
  EXPECT_TRUE(at::equal(one.chance.best_null, three.chance.best_null));
}

TEST(Networks, all_that_does_not_fit_is_told_at_once) {
  auto problem = plant(8, 160, 3).problem;
  problem.layer_of.pop_back();
  problem.networks[1].zero_();
  problem.responses.push_back(random_normals(299, 120, 1));
  const auto error = message_of([&] { functional_networks(problem, {}, {}); });
  EXPECT_TRUE(contains(error, {"3 problems", "160 neurons have 159 layers",
                               "responses are 299 x 120: 300 x 120 expected", "network 2 has no vertex"}));
  problem = plant(8, 32, 3).problem;
  EXPECT_TRUE(contains(message_of([&] { functional_networks(problem, {}, {}); }), {"64 atoms", "32 signals"}));
}

// Atoms and recordings that have nothing in common but their autocorrelation. With 39 surrogates p <= 0.05 means that
// at most one of them is as good, whose chance is exactly 2/40 if atoms and surrogates are alike.
TEST(SlowNetworks, recordings_that_know_nothing_of_the_model_match_no_more_often_than_said) {
  constexpr int64_t worlds = 300, networks = 4, vertices = 60;
  int64_t small_p = 0, worlds_with_a_match = 0;
  for (uint64_t world = 0; world < worlds; ++world) {
    const auto atoms = unit(drifting(120, 8, 0.6, 10 * world + 1));
    const MapMaking making{.responses = {unit(drifting(120, vertices, 0.6, 10 * world + 2))}};
    const auto templates = (random_normals(networks, vertices, 10 * world + 3) > 0.7).to(at::kDouble);
    const auto matches = match_networks(map_extent(mean_map(atoms, making, {}), {}), templates, 0.2);
    const std::vector<RowRange> runs{{0, 120}};
    const auto chance =
        match_chance(atoms, runs, making, templates, matches.iou, {.surrogates = 39, .seed = world}, {.threads = 2});
    small_p += (chance.p <= 0.05).sum().item<int64_t>();
    worlds_with_a_match += (chance.q <= 0.05).any().item<bool>() ? 1 : 0;
  }
  RecordProperty("small_p", std::to_string(small_p));
  RecordProperty("worlds_with_a_match", std::to_string(worlds_with_a_match));
  // 99 % upper ends of Binomial(1200, 0.05) and Binomial(300, 0.05).
  EXPECT_LE(small_p, 78);
  EXPECT_LE(worlds_with_a_match, 24);
  EXPECT_GE(small_p, 30);
}

// The same with atoms that are learnt: units of a model that knows nothing of the recordings.
TEST(SlowNetworks, learnt_atoms_of_an_unrelated_model_match_no_more_often_than_said) {
  constexpr int64_t worlds = 120, networks = 3, vertices = 40, neurons = 60;
  int64_t small_p = 0, worlds_with_a_match = 0;
  for (uint64_t world = 0; world < worlds; ++world) {
    const auto courses = drifting(120, 6, 0.6, 10 * world + 1);
    const auto loads = random_normals(6, neurons, 10 * world + 2);
    auto templates = at::zeros({networks, vertices}, at::kDouble);
    for (int64_t f = 0; f < networks; ++f) templates[f].slice(0, 10 * f, 10 * f + 10).fill_(1);
    // Vertices of a network share a course of their own, as in a brain that follows something else.
    const auto own = drifting(120, networks, 0.6, 10 * world + 3).mm(templates);
    const NetworkProblem problem{.neurons = unit(courses.mm(loads) + drifting(120, neurons, 0.6, 10 * world + 4)),
                                 .responses = {unit(own + drifting(120, vertices, 0.6, 10 * world + 5))},
                                 .networks = templates,
                                 .runs = {{0, 120}}};
    const auto found = functional_networks(
        problem, {.dictionary = {.atoms = 8, .epochs = 2, .seed = world}, .chance = {.surrogates = 99, .seed = world}},
        {.threads = 2});
    small_p += (found.chance.p <= 0.05).sum().item<int64_t>();
    worlds_with_a_match += (found.chance.q <= 0.05).any().item<bool>() ? 1 : 0;
  }
  RecordProperty("small_p", std::to_string(small_p));
  RecordProperty("worlds_with_a_match", std::to_string(worlds_with_a_match));
  // 99 % intervals of Binomial(360, 0.05), and the upper end of Binomial(120, 0.05).
  EXPECT_LE(small_p, 29);
  EXPECT_GE(small_p, 8);
  EXPECT_LE(worlds_with_a_match, 13);
}
