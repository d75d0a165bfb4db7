// Paired block permutation within one subject: which of two predictions of the same responses is better, by voxel, by
// region and in families of voxels; and how often it says so in worlds without a difference.
#include "stats/paired_blocks.h"

#include "stats/swap.h"
#include "unit/stats/group_reference.h"

using namespace arcuate;
using namespace arcuate::test;

namespace {

constexpr int64_t rows = 420;
const std::vector<int64_t> stories{200, 220};
constexpr double level = 0.05;

at::Tensor correlation(const at::Tensor& x, const at::Tensor& y) {
  const auto p = x - x.mean(0), q = y - y.mean(0);
  return (p * q).sum(0) / (p.norm(2, 0) * q.norm(2, 0));
}

// Two predictions that share most of what they say, and are equally good; with an `edge` a is the better one. Columns
// are independent voxels unless they share noise.
struct Worlds {
  at::Tensor y, a, b;
  Worlds(int64_t voxels, uint64_t seed, double edge = 0, double shared_noise = 0, double phi = 0.7) {
    const auto draw = [&](double smooth, uint64_t part) {
      return autoregressive(rows, voxels, smooth, 8 * seed + part);
    };
    const auto common = draw(phi, 0), own_a = draw(phi, 1), own_b = draw(phi, 2);
    a = common + 0.6 * own_a;
    b = common + 0.6 * own_b;
    y = 0.4 * common + (0.2 + edge) * own_a + 0.2 * own_b + std::sqrt(1 - shared_noise) * draw(0.5, 3);
    y += std::sqrt(shared_noise) * autoregressive(rows, 1, 0.5, 8 * seed + 4);
  }

  PairedBlockResult tested(const PairedBlockOptions& options, const std::vector<int64_t>& region_of = {},
                           const Compute& compute = {}) const {
    const auto source = [&](int64_t begin, int64_t end) {
      return PairedColumns{y.slice(1, begin, end), a.slice(1, begin, end), b.slice(1, begin, end)};
    };
    return paired_block_test(source, y.size(1), stories, region_of, options, compute);
  }
};

int64_t significant(const at::Tensor& p) { return (p <= level + 1e-12).sum().item<int64_t>(); }

// Of 2000 independent voxels, fresh signs for each 100.
int64_t significant_voxels(int64_t block, Alternative alternative) {
  int64_t count = 0;
  for (uint64_t batch = 0; batch < 20; ++batch)
    count += significant(
        Worlds(100, batch).tested({.block = block, .draws = 199, .alternative = alternative, .seed = batch}).voxels.p);
  return count;
}

// p of one voxel by exchanging rows, draw by draw, over all patterns.
double brute_force_p(const Worlds& worlds, int64_t voxel, int64_t block) {
  const auto z = [&](const at::Tensor& x) {
    const auto own = x.select(1, voxel);
    return (own - own.mean()) / own.std(0, false);
  };
  const auto y = worlds.y.select(1, voxel), a = z(worlds.a), b = z(worlds.b);
  const auto blocks = row_blocks(stories, block);
  const auto difference = [&](const at::Tensor& left, const at::Tensor& right) {
    return std::abs((correlation(left, y) - correlation(right, y)).item<double>());
  };
  const double observed = difference(a, b);
  int64_t beaten = 0;
  const int64_t patterns = int64_t{1} << blocks.size();
  for (int64_t pattern = 0; pattern < patterns; ++pattern) {
    auto left = a.clone(), right = b.clone();
    for (size_t k = 0; k < blocks.size(); ++k) {
      if ((pattern >> k & 1) == 0) continue;
      left.slice(0, blocks[k].begin, blocks[k].end).copy_(b.slice(0, blocks[k].begin, blocks[k].end));
      right.slice(0, blocks[k].begin, blocks[k].end).copy_(a.slice(0, blocks[k].begin, blocks[k].end));
    }
    beaten += difference(left, right) >= observed - 1e-12;
  }
  return static_cast<double>(beaten) / static_cast<double>(patterns);
}

// Voxels in a row.
TfceSurface path(int64_t voxels) {
  auto edges = Json::array();
  for (int64_t v = 0; v + 1 < voxels; ++v) edges.push_back({v, v + 1});
  return {.adjacency = adjacency_of(edges, static_cast<size_t>(voxels)), .sizes = at::ones({voxels}, at::kDouble)};
}

// Patterns x V: differences of r when rows are exchanged, all patterns, the first of which exchanges nothing.
at::Tensor exchanged_differences(const Worlds& worlds, int64_t block) {
  const auto z = [](const at::Tensor& x) { return (x - x.mean(0)) / x.std(0, false); };
  const auto a = z(worlds.a), b = z(worlds.b);
  const auto blocks = row_blocks(stories, block);
  std::vector<at::Tensor> differences;
  for (int64_t pattern = 0; pattern < int64_t{1} << blocks.size(); ++pattern) {
    auto left = a.clone(), right = b.clone();
    for (size_t k = 0; k < blocks.size(); ++k) {
      if ((pattern >> k & 1) == 0) continue;
      left.slice(0, blocks[k].begin, blocks[k].end).copy_(b.slice(0, blocks[k].begin, blocks[k].end));
      right.slice(0, blocks[k].begin, blocks[k].end).copy_(a.slice(0, blocks[k].begin, blocks[k].end));
    }
    differences.push_back(correlation(left, worlds.y) - correlation(right, worlds.y));
  }
  return at::stack(differences);
}

}  // namespace

TEST(PairedBlocks, all_patterns_agree_with_rows_exchanged_one_by_one) {
  const Worlds worlds(3, 900, 0.1);
  const auto found = worlds.tested({.block = 60});
  EXPECT_EQ(found.blocks, 6);  // 200 and 220 rows, with rests of 20 and 40 in the last blocks
  EXPECT_EQ(found.draws, 63);
  EXPECT_TRUE(found.exhaustive);
  EXPECT_LT(largest_difference(found.voxels.r_a, correlation(worlds.a, worlds.y)), 1e-13);
  EXPECT_LT(largest_difference(found.voxels.r_b, correlation(worlds.b, worlds.y)), 1e-13);
  EXPECT_LT(largest_difference(found.voxels.difference, found.voxels.r_a - found.voxels.r_b), 1e-15);
  for (int64_t v = 0; v < 3; ++v) EXPECT_NEAR(found.voxels.p[v].item<double>(), brute_force_p(worlds, v, 60), 1e-12);
}

TEST(PairedBlocks, a_better_prediction_is_found_on_its_side) {
  const Worlds worlds(200, 901, 0.3);
  const auto found = [&](Alternative alternative) {
    return significant(worlds.tested({.draws = 199, .alternative = alternative}).voxels.p);
  };
  EXPECT_GT(found(Alternative::two_sided), 120);  // 10 by chance
  EXPECT_GT(found(Alternative::greater), found(Alternative::two_sided));
  EXPECT_EQ(found(Alternative::less), 0);
}

TEST(PairedBlocks, a_region_differs_by_the_mean_of_its_voxels_and_shows_what_they_do_not) {
  const Worlds worlds(12, 904, 0.12);
  const std::vector<int64_t> region_of{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, -1};
  const auto found = worlds.tested({.draws = 999}, region_of);
  EXPECT_EQ(found.region_sizes, (std::vector<int64_t>{10, 1}));
  EXPECT_NEAR(found.regions.difference[0].item<double>(), found.voxels.difference.slice(0, 0, 10).mean().item<double>(),
              1e-13);
  EXPECT_LT(found.regions.p[0].item<double>(), found.voxels.p.slice(0, 0, 10).median().item<double>());
  EXPECT_EQ(found.regions.p[1].item<double>(), found.voxels.p[10].item<double>());
}

TEST(PairedBlocks, enhanced_maps_of_all_patterns_agree_with_rows_exchanged_one_by_one) {
  const Worlds worlds(5, 900, 0.1);
  const auto surface = path(5);
  const auto found = worlds.tested({.block = 60, .surface = surface}).voxels;
  const auto differences = exchanged_differences(worlds, 60);
  const auto scaled = differences / differences.square().mean(0).sqrt();
  std::vector<at::Tensor> enhanced;
  for (int64_t i = 0; i < scaled.size(0); ++i) enhanced.push_back(tfce(scaled[i], surface));
  EXPECT_LT(largest_difference(found.enhanced, enhanced[0]), 1e-9);
  const auto largest = at::stack(enhanced).abs().amax(1);
  for (int64_t v = 0; v < 5; ++v) {
    const auto as_far = largest.ge(enhanced[0][v].abs() * (1 - 1e-9)).sum().item<double>();
    EXPECT_NEAR(found.corrected[v].item<double>(), as_far / static_cast<double>(scaled.size(0)), 1e-12) << v;
  }
  EXPECT_TRUE(at::equal(found.p, worlds.tested({.block = 60}).voxels.p));
}

TEST(PairedBlocks, without_neighbours_an_enhanced_map_has_the_p_of_the_map) {
  const Worlds worlds(700, 12, 0.1);  // more columns than are drawn at once
  auto surface = path(700);
  surface.adjacency = {.begin = std::vector<int64_t>(701, 0), .vertices = {}};
  const auto enhanced = worlds.tested({.draws = 99, .surface = surface}, {}, {.threads = 3}).voxels;
  EXPECT_TRUE(at::equal(enhanced.corrected, worlds.tested({.draws = 99}).voxels.corrected));
  const auto one = worlds.tested({.draws = 99, .surface = path(700)}).voxels,
             three = worlds.tested({.draws = 99, .surface = path(700)}, {}, {.threads = 3}).voxels;
  EXPECT_TRUE(at::equal(one.enhanced, three.enhanced));
  EXPECT_TRUE(at::equal(one.corrected, three.corrected));
  EXPECT_FALSE(at::equal(one.corrected, enhanced.corrected));
}

TEST(PairedBlocks, neighbours_that_differ_alike_are_found_where_single_ones_are_not) {
  int64_t single = 0, enhanced = 0;
  for (uint64_t world = 0; world < 10; ++world) {
    const Worlds worlds(40, world, 0.12);
    single += significant(worlds.tested({.draws = 199}).voxels.corrected);
    enhanced += significant(worlds.tested({.draws = 199, .surface = path(40)}).voxels.corrected);
  }
  EXPECT_GT(enhanced, 2 * single);
}

TEST(PairedBlocks, neither_scale_nor_offset_of_a_prediction_matters) {
  Worlds worlds(4, 905);
  const auto before = worlds.tested({.draws = 199});
  worlds.a = 50 * worlds.a - 7;
  worlds.y = 0.01 * worlds.y + 3;
  const auto after = worlds.tested({.draws = 199});
  EXPECT_LT(largest_difference(before.voxels.p, after.voxels.p), 1e-12);
  EXPECT_LT(largest_difference(before.voxels.difference, after.voxels.difference), 1e-12);
}

TEST(PairedBlocks, gives_the_same_bytes_for_any_number_of_threads) {
  const Worlds worlds(1300, 906);
  std::vector<int64_t> region_of(1300, 0);
  for (size_t v = 700; v < 1300; ++v) region_of[v] = 1;
  const auto once = worlds.tested({.draws = 20}, region_of),
             again = worlds.tested({.draws = 20}, region_of, {.threads = 3});
  for (const auto field : {&PairedScores::difference, &PairedScores::p, &PairedScores::corrected}) {
    EXPECT_EQ(largest_difference(once.voxels.*field, again.voxels.*field), 0);
    EXPECT_EQ(largest_difference(once.regions.*field, again.regions.*field), 0);
  }
  EXPECT_GT(largest_difference(once.voxels.p, worlds.tested({.draws = 20, .seed = 1}).voxels.p), 0);
}

TEST(PairedBlocks, equal_predictions_of_one_voxel_differ_as_often_as_the_level_says) {
  EXPECT_TRUE(is_nominal(significant_voxels(30, Alternative::two_sided), 2000, level));
  EXPECT_TRUE(is_nominal(significant_voxels(30, Alternative::greater), 2000, level));
}

TEST(PairedBlocks, blocks_shorter_than_the_autocorrelation_find_too_much) {
  EXPECT_GT(significant_voxels(1, Alternative::two_sided), 200);  // 100 expected
}

TEST(PairedBlocks, a_null_that_keeps_the_observed_scales_finds_too_little) {
  int64_t count = 0;
  for (uint64_t batch = 0; batch < 20; ++batch) {
    const Worlds worlds(100, batch);
    const auto null = swap_null(worlds.y, worlds.a, worlds.b, stories, {.count = 199, .block = 30, .seed = batch});
    const auto observed = correlation(worlds.a, worlds.y) - correlation(worlds.b, worlds.y);
    const auto beaten = (null.abs() >= observed.abs() - 1e-12).sum(0).to(at::kDouble);
    count += significant((beaten + 1) / 200);
  }
  EXPECT_LT(count, 80);  // 100 expected of a nominal test
}

TEST(PairedBlocks, equal_predictions_of_a_region_differ_as_often_as_the_level_says) {
  int64_t regions = 0, families = 0;
  for (uint64_t world = 0; world < 2000; ++world) {
    const auto found = Worlds(6, 1000 + world, 0, 0.5).tested({.draws = 199, .seed = world}, {0, 0, 0, 1, 1, 1});
    regions += significant(found.regions.p.slice(0, 0, 1));
    families += significant(found.voxels.corrected.min().unsqueeze(0));
  }
  EXPECT_TRUE(is_nominal(regions, 2000, level));
  EXPECT_TRUE(is_nominal(families, 2000, level));
}

TEST(PairedBlocks, constant_series_and_equal_predictions_are_no_tests_and_disturb_no_others) {
  Worlds worlds(6, 902);
  const auto clean = worlds.tested({.draws = 99});
  worlds.y.select(1, 1).fill_(0.1);
  worlds.a[7][2] = NAN;
  worlds.b.select(1, 3).copy_(worlds.a.select(1, 3));
  worlds.b.select(1, 4).fill_(2);
  const auto found = worlds.tested({.draws = 99}, {0, 0, 0, 0, 0, 0});
  for (const int64_t v : {1, 2, 3}) EXPECT_TRUE(std::isnan(found.voxels.p[v].item<double>())) << v;
  EXPECT_EQ(found.voxels.r_b[4].item<double>(), 0);
  EXPECT_FALSE(std::isnan(found.voxels.p[4].item<double>()));
  EXPECT_EQ(found.voxels.p[0].item<double>(), clean.voxels.p[0].item<double>());
  EXPECT_EQ(found.region_sizes, std::vector<int64_t>{4});
}

TEST(PairedBlocks, say_what_does_not_fit) {
  EXPECT_TRUE(contains(message_of([] { Worlds(3, 1).tested({.surface = path(4)}); }), {"4 vertices", "3 targets"}));
  const Worlds worlds(3, 903);
  EXPECT_TRUE(contains(message_of([&] { worlds.tested({.block = 0}); }), {"at least 1 row", "0 and 5000"}));
  EXPECT_TRUE(contains(message_of([&] { worlds.tested({.draws = 0}); }), {"at least 1 draw", "30 and 0"}));
}

// The rival is as good and changes faster: what is exchanged is alike in its mean only.
TEST(SlowPairedBlocks, rivals_of_another_kind_differ_as_often_as_the_level_says) {
  int64_t count = 0;
  for (uint64_t batch = 0; batch < 40; ++batch) {
    Worlds worlds(100, 5000 + batch);
    const auto smooth = autoregressive(rows, 100, 0.8, 90000 + 3 * batch),
               rough = random_normals(rows, 100, 90001 + 3 * batch);
    worlds.a = smooth;
    worlds.b = rough;
    worlds.y = 0.3 * smooth + 0.3 * rough + autoregressive(rows, 100, 0.5, 90002 + 3 * batch);
    count += significant(worlds.tested({.draws = 199, .seed = batch}).voxels.p);
  }
  EXPECT_TRUE(is_nominal(count, 4000, level));
}

TEST(SlowPairedBlocks, all_three_p_values_are_nominal_in_four_thousand_worlds_of_less_autocorrelation) {
  int64_t voxels = 0, regions = 0, families = 0;
  for (uint64_t world = 0; world < 4000; ++world) {
    const auto found = Worlds(6, 20000 + world, 0, 0.5, 0.5).tested({.draws = 199, .seed = world}, {0, 0, 0, 1, 1, 1});
    voxels += significant(found.voxels.p.slice(0, 5, 6));
    regions += significant(found.regions.p.slice(0, 0, 1));
    families += significant(found.voxels.corrected.min().unsqueeze(0));
  }
  EXPECT_TRUE(is_nominal(voxels, 4000, level));
  EXPECT_TRUE(is_nominal(regions, 4000, level));
  EXPECT_TRUE(is_nominal(families, 4000, level));
}
