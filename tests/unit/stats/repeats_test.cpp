// What repeats have in common, against numpy (tests/reference/make_ceilings.py) and identities; intervals of it.
#include <ATen/ATen.h>

#include <cmath>
#include <set>
#include <string>

#include "core/tensor.h"
#include "encode/score.h"
#include "fixture.h"
#include "stats/block_bootstrap.h"
#include "stats/ceiling.h"
#include "stats/half_splits.h"

using namespace arcuate;
using test::contains;
using test::Fixture;
using test::largest_difference;
using test::message_of;

namespace {

at::Tensor z_scored(const at::Tensor& repeats) {
  const auto centred = repeats - repeats.mean(1, true);
  return centred / centred.square().mean(1, true).sqrt();
}

TEST(Repeats, explainable_variance_and_split_halves_agree_with_numpy) {
  const Fixture fixture("ceilings/ceilings.safetensors");
  for (const int64_t count : {2, 4, 5}) {
    SCOPED_TRACE(count);
    const auto of = [&](const char* name) { return fixture[std::to_string(count) + "." + name]; };
    const auto covariances = repeat_covariances(of("repeats"));
    EXPECT_LT(largest_difference(explainable_variance(covariances), of("explainable")), 1e-12);
    const auto splits = half_splits(count, 1000, 0);
    EXPECT_EQ(splits.size(0), of("splits").item<int64_t>());
    EXPECT_LT(largest_difference(split_half_reliability(covariances, splits), of("reliability")), 1e-12);
    EXPECT_LT(largest_difference(repeat_ceiling(z_scored(of("repeats"))), of("ceiling_of_z")), 1e-12);
  }
}

// The identities of SP by which Schoppe et al. 2016 and tikreg's tests hold explainable variance, CC_max and CC_norm
// together.
TEST(Repeats, the_forms_of_signal_power_are_one) {
  const double count = 10, volumes = 50;
  const auto signal = random_normals(50, 3, 1);
  const auto repeats = z_scored(signal + random_normals(500, 3, 2).view({10, 50, 3}));
  const auto prediction = repeats.mean(0) + 0.5 * random_normals(50, 3, 3);
  const auto var = [](const at::Tensor& x, int64_t axis) { return x.var(axis, false); };
  const auto explained = explainable_variance(repeat_covariances(repeats));
  const auto total = var(repeats.sum(0), 0) - var(repeats, 1).sum(0);
  EXPECT_LT(largest_difference(total / (count * (count - 1)), explained), 1e-12);
  EXPECT_LT(largest_difference((count * var(repeats.mean(0), 0) - 1) / (count - 1), explained), 1e-12);
  const auto residual = 1 - var(repeats - repeats.mean(0), 1).mean(0);
  EXPECT_LT(largest_difference(residual - (1 - residual) / (count - 1), explained), 1e-12);
  const auto ceiling = (explained / var(repeats.mean(0), 0)).sqrt();
  EXPECT_LT(largest_difference(repeat_ceiling(repeats), ceiling), 1e-12);
  const auto corrected = pearson(repeats.mean(0), prediction) / ceiling;
  EXPECT_LT(largest_difference(normalized_correlation(repeats, prediction, {.form = Normalization::direct}), corrected),
            1e-12);
  const auto covariance = ((repeats.mean(0) - repeats.mean(0).mean(0)) * prediction).sum(0) / volumes;
  EXPECT_LT(largest_difference(covariance / (explained * var(prediction, 0)).sqrt(), corrected), 1e-12);
}

TEST(Repeats, explainable_variance_is_that_of_the_signal_and_about_0_for_noise) {
  const auto signal = random_normals(20000, 2, 4) * at::tensor({1.0, 0.0}, at::kDouble);
  for (const int64_t count : {2, 6}) {
    const auto repeats = signal + random_normals(count * 20000, 2, 5).view({count, 20000, 2});
    const auto found = explainable_variance(repeat_covariances(repeats));
    EXPECT_NEAR(found[0].item<double>(), 0.5, 0.02) << count;
    EXPECT_NEAR(found[1].item<double>(), 0, 0.02) << count;
  }
}

TEST(Repeats, reliability_grows_with_repeats_as_spearman_and_brown_say) {
  const auto signal = random_normals(20000, 1, 6);
  const auto repeats = signal + random_normals(7 * 20000, 1, 7).view({7, 20000, 1});
  for (const int64_t count : {2, 3, 7}) {
    const auto own = repeats.slice(0, 0, count);
    const auto reliability = split_half_reliability(repeat_covariances(own), half_splits(count, 50, 0));
    EXPECT_NEAR(reliability.item<double>(), static_cast<double>(count) / (static_cast<double>(count) + 1), 0.02);
  }
}

TEST(Repeats, are_unknown_where_one_is_constant_or_has_holes) {
  auto repeats = random_normals(80, 3, 8).view({4, 20, 3}).clone();
  const auto alone = explainable_variance(repeat_covariances(repeats.slice(2, 0, 1)));
  repeats.select(2, 1).select(0, 2).fill_(0.1);
  repeats[1][7][2] = std::nan("");
  const auto covariances = repeat_covariances(repeats);
  const auto found = to_vector(explainable_variance(covariances));
  EXPECT_NEAR(found[0], alone.item<double>(), 1e-12);
  EXPECT_TRUE(std::isnan(found[1]));
  EXPECT_TRUE(std::isnan(found[2]));
  EXPECT_TRUE(std::isnan(split_half_reliability(covariances, half_splits(4, 10, 0))[2].item<double>()));
}

TEST(HalfSplits, are_all_there_are_or_as_many_as_asked_for) {
  EXPECT_EQ(half_splits(10, 126, 0).size(0), 126);  // 10! / 5!^2 / 2
  EXPECT_EQ(half_splits(10, 20, 0).size(0), 20);
  for (const int64_t count : {9, 10}) {
    const auto splits = half_splits(count, 30, 3);
    std::set<std::vector<double>> seen;
    for (int64_t s = 0; s < splits.size(0); ++s) {
      EXPECT_EQ(splits[s].sum().item<double>(), 0);
      EXPECT_EQ(splits[s].abs().sum().item<double>(), static_cast<double>(2 * (count / 2)));
      seen.insert(to_vector(splits[s]));
      seen.insert(to_vector(-splits[s]));
    }
    EXPECT_EQ(seen.size(), 60u) << "a split came twice";
  }
  EXPECT_FALSE(at::equal(half_splits(10, 20, 1), half_splits(10, 20, 2)));
  EXPECT_TRUE(at::equal(half_splits(10, 20, 1), half_splits(10, 20, 1)));
  EXPECT_TRUE(contains(message_of([] { half_splits(1, 1, 0); }), {"1 repeats cannot be halved"}));
  EXPECT_TRUE(contains(message_of([] { half_splits(4, 0, 0); }), {"0 splits"}));
}

TEST(BlockBootstrap, has_the_width_of_the_sampling_distribution) {
  const auto a = random_normals(900, 40, 9), b = 0.5 * a + std::sqrt(0.75) * random_normals(900, 40, 10);
  const std::vector<int64_t> lengths{400, 500};
  const auto interval = correlation_interval(a, b, BlockBootstrap(lengths, {.draws = 500, .block = 10}));
  const auto width = (interval.high - interval.low).mean().item<double>();
  EXPECT_NEAR(width, 2 * 1.96 * (1 - 0.25) / std::sqrt(900.0), 0.008);
  const auto r = pearson(a, b);
  EXPECT_TRUE((interval.low < r).all().item<bool>());
  EXPECT_TRUE((interval.high > r).all().item<bool>());
}

TEST(BlockBootstrap, of_one_block_is_the_value_itself) {
  const std::vector<int64_t> lengths{60};
  const BlockBootstrap one(lengths, {.draws = 7, .block = 60});
  const auto a = random_normals(60, 3, 11), b = a + random_normals(60, 3, 12);
  EXPECT_LT(largest_difference(correlation_interval(a, b, one).low, pearson(a, b)), 1e-12);
  const auto repeats = random_normals(180, 3, 13).view({3, 60, 3}) + a;
  const auto splits = half_splits(3, 10, 0);
  const auto halves = [&](const at::Tensor& c) { return split_half_reliability(c, splits); };
  EXPECT_LT(largest_difference(repeats_interval(repeats, halves, one).high, halves(repeat_covariances(repeats))),
            1e-12);
  const auto ceiling = repeats_interval(repeats, ceiling_of_covariances, one);
  EXPECT_LT(largest_difference(ceiling.low, repeat_ceiling(repeats)), 1e-12);
}

TEST(BlockBootstrap, takes_longer_blocks_for_slow_series_and_depends_on_its_options) {
  // Noise that stays for eight volumes: blocks of one volume think that there is more of it than there is.
  const auto slow = [](uint64_t seed) { return random_normals(100, 30, seed).repeat_interleave(8, 0); };
  const auto a = slow(14), b = slow(15);
  const std::vector<int64_t> lengths{800};
  const auto width = [&](const BlockBootstrapOptions& options) {
    const auto interval = correlation_interval(a, b, BlockBootstrap(lengths, options));
    return (interval.high - interval.low).mean().item<double>();
  };
  const double single = width({.block = 1}), blocks = width({.block = 16});
  EXPECT_GT(blocks, 2 * single);
  EXPECT_LT(width({.block = 16, .level = 0.5}), 0.5 * blocks);
  EXPECT_NE(width({.block = 16, .seed = 1}), blocks);
  EXPECT_NE(width({.draws = 100, .block = 16}), blocks);
}

TEST(BlockBootstrap, blocks_end_where_stories_end) {
  // One story of ones and one of zeros in blocks of 4: every mean is a share of whole blocks of 4 and of 2.
  const std::vector<int64_t> lengths{6, 4};
  const BlockBootstrap bootstrap(lengths, {.draws = 200, .block = 4});
  const auto first = at::cat({at::ones({4, 1}), at::zeros({6, 1})}).to(at::kDouble);
  std::set<double> found;
  for (const double mean : to_vector(bootstrap.means(first).flatten())) found.insert(std::round(mean * 1e6) / 1e6);
  // Of three blocks (4, 2, 4 volumes) the first comes k times among three drawn.
  for (const double mean : found)
    EXPECT_TRUE(std::set<double>({0, 0.4, 0.5, 0.333333, 0.666667, 0.8, 1}).contains(mean)) << mean;
  EXPECT_GT(found.size(), 4u);
}

TEST(BlockBootstrap, gives_the_same_bytes_for_any_number_of_threads_and_other_targets) {
  const std::vector<int64_t> lengths{90, 60};
  const BlockBootstrap bootstrap(lengths, {.draws = 300});
  const auto repeats = random_normals(4 * 150, 400, 16).view({4, 150, 400}) + random_normals(150, 400, 17);
  const auto a = repeats[0], b = repeats[1];
  const auto halves = [splits = half_splits(4, 10, 0)](const at::Tensor& c) {
    return split_half_reliability(c, splits);
  };
  const auto one = repeats_interval(repeats, halves, bootstrap),
             three = repeats_interval(repeats, halves, bootstrap, 3);
  EXPECT_TRUE(at::equal(one.low, three.low));
  EXPECT_TRUE(at::equal(one.high, three.high));
  EXPECT_TRUE(at::equal(correlation_interval(a, b, bootstrap).low, correlation_interval(a, b, bootstrap, 3).low));
  const auto few = repeats_interval(repeats.slice(2, 0, 5), halves, bootstrap);
  EXPECT_LT(largest_difference(few.low, one.low.slice(0, 0, 5)), 1e-12);
}

TEST(BlockBootstrap, says_what_cannot_be) {
  const std::vector<int64_t> lengths{10};
  EXPECT_TRUE(contains(message_of([&] { BlockBootstrap(lengths, {.draws = 0}); }), {"0 draws"}));
  EXPECT_TRUE(contains(message_of([&] { BlockBootstrap(lengths, {.block = 0}); }), {"blocks of 0"}));
  EXPECT_TRUE(contains(message_of([&] { BlockBootstrap(lengths, {.level = 1}); }), {"level", "1"}));
}

}  // namespace
