// What is planted is what comes out: shares of variance, ceilings, autocorrelation, layers, phases, defects.
#include "simulate/brains.h"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>

#include "brain/clean.h"
#include "core/random.h"
#include "core/tensor.h"
#include "encode/score.h"
#include "support.h"

using namespace arcuate;

namespace {

constexpr int64_t long_enough = 20000;  // volumes: correlations are known within 0.03

at::Tensor random_series(int64_t volumes, int64_t features, uint64_t seed) {
  Random random(seed);
  std::vector<double> values(static_cast<size_t>(volumes * features));
  for (auto& value : values) value = random.normal();
  return to_tensor(values).view({volumes, features});
}

// Two stories of independent random numbers, three layers and every other drive.
Drives random_drives(int64_t volumes) {
  Drives drives{.stories = {{0, volumes / 2}, {volumes / 2, volumes}}};
  for (uint64_t layer = 0; layer < 3; ++layer) drives.layers.push_back(random_series(volumes, 4, 10 + layer));
  drives.present = random_series(volumes, 4, 20);
  for (const auto drive : all_drives) {
    const int64_t features = drive == Drive::loop                                 ? 2
                             : drive == Drive::network                            ? 3
                             : drive == Drive::word_rate || drive == Drive::sound ? 1
                                                                                  : 4;
    drives.features[drive] = random_series(volumes, features, 30 + static_cast<uint64_t>(drive));
  }
  return drives;
}

// Options live as long as the brains made from them.
struct Scene {
  std::vector<PlantedVertex> vertices{};
  Drives drives = random_drives(long_enough);
  PlantOptions plant{};
  DriveOptions drive{};
  BrainOptions brain{.response = {.peak = 0, .undershoot = 0}};  // the usual response, unless a test says otherwise

  at::Tensor signals(int64_t subject) const {
    return Brains(drives, vertices, plant, drive, brain).signals(subject).to(at::kDouble);
  }
  at::Tensor responses(int64_t subject, int64_t repeat) const {
    const Brains brains(drives, vertices, plant, drive, brain);
    return brains.responses(brains.signals(subject), subject, repeat);
  }
  at::Tensor convolve(const at::Tensor& series) const {
    return convolved(series, response_weights({}, drive.tr), drives.stories);
  }
};

Scene scene_of(std::vector<PlantedVertex> vertices) { return {.vertices = std::move(vertices)}; }

PlantedVertex planted(Drive drive, double ceiling = 0.6) {
  return {.drive = drive, .ceiling = ceiling, .ahead = drive == Drive::forecast ? 0 : -1};
}
PlantedVertex layer(double depth, double word_rate = 0, double sound = 0) {
  return {.drive = Drive::layers, .depth = depth, .ceiling = 0.6, .word_rate = word_rate, .sound = sound};
}

double correlation(const at::Tensor& a, const at::Tensor& b) {
  return pearson(a.reshape({-1, 1}), b.reshape({-1, 1})).item<double>();
}
double correlation(const at::Tensor& x, int64_t a, int64_t b) { return correlation(x.select(1, a), x.select(1, b)); }

// Share of the variance of `signal` that is a linear combination of the columns of `features`.
double explained(const at::Tensor& signal, const at::Tensor& features) {
  const auto x = features - features.mean(0), y = signal - signal.mean();
  const auto weights = at::linalg_pinv(x.t().mm(x)).mv(x.t().mv(y));
  return std::pow(correlation(y, x.mv(weights)), 2);
}

double deviation(const at::Tensor& series) { return series.to(at::kDouble).std(0, false).item<double>(); }

}  // namespace

TEST(Autoregressive, series_have_variance_one_and_the_autocorrelation_said) {
  for (const double rho : {-0.5, 0.0, 0.4}) {
    const auto x = autoregressive({{0, long_enough}}, 2, rho, 7).to(at::kDouble);
    const auto one = x.select(1, 0);
    EXPECT_NEAR(deviation(one), 1, 0.02);
    EXPECT_NEAR(correlation(one.slice(0, 1), one.slice(0, 0, -1)), rho, 0.03);
    EXPECT_NEAR(correlation(one.slice(0, 2), one.slice(0, 0, -2)), rho * rho, 0.03);
    EXPECT_NEAR(correlation(x, 0, 1), 0, 0.03);
  }
}

TEST(Autoregressive, begin_anew_in_every_story) {
  std::vector<RowRange> stories;
  for (int64_t begin = 0; begin < long_enough; begin += 2) stories.push_back({begin, begin + 2});
  const auto pairs = autoregressive(stories, 1, 0.8, 7).to(at::kDouble).view({-1, 2});
  EXPECT_NEAR(correlation(pairs, 0, 1), 0.8, 0.02);
  EXPECT_NEAR(correlation(pairs.select(1, 1).slice(0, 0, -1), pairs.select(1, 0).slice(0, 1)), 0, 0.03);
  EXPECT_NEAR(deviation(pairs.select(1, 0)), 1, 0.03);
}

TEST(Brains, correlation_of_a_response_with_its_signal_is_the_ceiling) {
  const auto scene = scene_of({planted(Drive::size, 0.85), planted(Drive::semantics, 0.3), planted(Drive::syntax, 0)});
  const auto signals = scene.signals(0), responses = scene.responses(0, 0);
  for (int64_t v = 0; v < 3; ++v)
    EXPECT_NEAR(correlation(signals.select(1, v), responses.select(1, v)),
                scene.vertices[static_cast<size_t>(v)].ceiling, 0.03);
}

TEST(Brains, signals_have_variance_one_and_are_zero_where_nothing_is_planted) {
  const auto signals = scene_of({layer(0.4, 0.3, 0.2), planted(Drive::forecast), {}}).signals(0);
  EXPECT_NEAR(deviation(signals.select(1, 0)), 1, 1e-5);
  EXPECT_NEAR(deviation(signals.select(1, 1)), 1, 1e-5);
  EXPECT_EQ(signals.select(1, 2).abs().max().item<double>(), 0);
}

TEST(Brains, share_the_noise_they_are_said_to_share) {
  auto scene = scene_of({{}});
  for (const double share : {0.0, 0.3, 1.0}) {
    scene.brain.shared_noise = share;
    const auto first = scene.responses(0, 0);
    EXPECT_NEAR(correlation(first, scene.responses(1, 0)), share, 0.03);
    EXPECT_NEAR(correlation(first, scene.responses(0, 1)), share, 0.03);  // in another repeat as well
  }
}

TEST(Brains, noise_is_autocorrelated_as_said) {
  auto scene = scene_of({{}});
  for (const double rho : {0.0, 0.4}) {
    scene.brain.autocorrelation = rho;
    const auto noise = scene.responses(1, 0).select(1, 0);
    EXPECT_NEAR(correlation(noise.slice(0, 1), noise.slice(0, 0, -1)), rho, 0.03);
  }
}

TEST(Brains, repeats_have_the_same_signal_and_fresh_private_noise) {
  auto scene = scene_of({planted(Drive::size, 0.6), {}});
  scene.brain.shared_noise = 0;
  const auto first = scene.responses(0, 0), second = scene.responses(0, 1);
  EXPECT_NEAR(correlation(first.select(1, 0), second.select(1, 0)), 0.36, 0.03);
  EXPECT_NEAR(correlation(first.select(1, 1), second.select(1, 1)), 0, 0.03);
}

TEST(Brains, word_rate_and_sound_are_as_large_a_part_of_the_signal_as_said) {
  const auto scene = scene_of({layer(1, 0.3, 0.2), layer(1)});
  const auto signals = scene.signals(0);
  const auto rate = scene.convolve(scene.drives.features.at(Drive::word_rate)),
             sound = scene.convolve(scene.drives.features.at(Drive::sound));
  EXPECT_NEAR(correlation(signals.select(1, 0), rate), std::sqrt(0.3), 0.03);
  EXPECT_NEAR(correlation(signals.select(1, 0), sound), std::sqrt(0.2), 0.03);
  EXPECT_NEAR(explained(signals.select(1, 0), scene.convolve(scene.drives.layers[1])), 0.5, 0.03);
  EXPECT_NEAR(correlation(signals.select(1, 1), rate), 0, 0.03);
}

TEST(Brains, a_whole_depth_is_a_readout_of_that_layer_alone) {
  const auto scene = scene_of({layer(0), layer(1), layer(2)});
  const auto signals = scene.signals(0);
  for (int64_t v = 0; v < 3; ++v)
    for (int64_t l = 0; l < 3; ++l)
      EXPECT_NEAR(explained(signals.select(1, v), scene.convolve(scene.drives.layers[static_cast<size_t>(l)])), v == l,
                  v == l ? 1e-6 : 0.01)
          << v << " " << l;
}

TEST(Brains, a_depth_between_two_layers_is_a_mixture_of_both) {
  const auto scene = scene_of({layer(0.5), layer(1.25)});
  const auto signals = scene.signals(0);
  const auto share = [&](int64_t v, size_t l) {
    return explained(signals.select(1, v), scene.convolve(scene.drives.layers[l]));
  };
  EXPECT_NEAR(share(0, 0), 0.5, 0.03);
  EXPECT_NEAR(share(0, 1), 0.5, 0.03);
  EXPECT_NEAR(share(1, 1), 0.9, 0.03);  // 0.75^2 of 0.75^2 + 0.25^2
  EXPECT_NEAR(share(1, 2), 0.1, 0.03);
  EXPECT_NEAR(share(1, 0), 0, 0.01);
}

TEST(Brains, vertices_read_the_same_features_by_weights_of_their_own) {
  const auto scene = scene_of({planted(Drive::semantics), planted(Drive::semantics)});
  const auto signals = scene.signals(0);
  for (int64_t v = 0; v < 2; ++v)
    EXPECT_NEAR(explained(signals.select(1, v), scene.convolve(scene.drives.features.at(Drive::semantics))), 1, 1e-6);
  EXPECT_LT(std::abs(correlation(signals, 0, 1)), 0.99);
}

TEST(Brains, the_forecast_has_the_share_said) {
  auto scene = scene_of({planted(Drive::forecast)});
  for (const double share : {0.5, 0.2}) {
    scene.plant.forecast_share = share;
    const auto signal = scene.signals(0).select(1, 0);
    EXPECT_NEAR(explained(signal, scene.convolve(scene.drives.features.at(Drive::forecast))), share, 0.03);
    EXPECT_NEAR(explained(signal, scene.convolve(scene.drives.present)), 1 - share, 0.03);
  }
}

TEST(Brains, each_vertex_of_the_forecast_has_its_own_distance) {
  auto scene = scene_of({planted(Drive::forecast), planted(Drive::forecast)});
  scene.vertices[1].ahead = 1;
  auto& both = scene.drives.features[Drive::forecast];
  const auto near = both, far = random_series(long_enough, near.size(1), 99);
  both = at::cat({near, far}, 1);
  const auto signals = scene.signals(0);
  for (const int64_t v : {0, 1}) {
    EXPECT_NEAR(explained(signals.select(1, v), scene.convolve(v == 0 ? near : far)), 0.8, 0.03);
    EXPECT_NEAR(explained(signals.select(1, v), scene.convolve(v == 0 ? far : near)), 0, 0.03);
  }
}

TEST(Brains, networks_and_word_rate_follow_their_series) {
  auto second = planted(Drive::network), third = planted(Drive::network);
  second.network = 1, third.network = 2;
  const auto scene = scene_of({third, second, planted(Drive::word_rate)});
  const auto signals = scene.signals(0), networks = scene.convolve(scene.drives.features.at(Drive::network));
  EXPECT_NEAR(correlation(signals.select(1, 0), networks.select(1, 2)), 1, 1e-6);
  EXPECT_NEAR(correlation(signals.select(1, 1), networks.select(1, 1)), 1, 1e-6);
  EXPECT_NEAR(correlation(signals.select(1, 2), scene.convolve(scene.drives.features.at(Drive::word_rate))), 1, 1e-6);
}

TEST(Brains, vertices_of_a_loop_differ_in_phase) {
  std::vector<PlantedVertex> around(4, planted(Drive::loop));
  for (size_t v = 0; v < 4; ++v) around[v].phase = std::vector{0.0, 0.5, 1.0, 0.25}[v] * std::numbers::pi;
  const auto signals = scene_of(around).signals(0);
  EXPECT_NEAR(correlation(signals, 0, 1), 0, 0.03);
  EXPECT_NEAR(correlation(signals, 0, 2), -1, 1e-6);
  EXPECT_NEAR(correlation(signals, 0, 3), std::sqrt(0.5), 0.03);
}

TEST(Brains, subjects_respond_with_a_shape_of_their_own) {
  auto scene = scene_of({planted(Drive::size)});
  EXPECT_TRUE(at::equal(scene.signals(0), scene.signals(1)));
  scene.brain.response = {};
  const double r = correlation(scene.signals(0), scene.signals(1));
  EXPECT_LT(r, 0.9999);
  EXPECT_GT(r, 0.8);
}

TEST(Brains, the_gain_is_the_deviation_of_a_response_about_a_mean_of_100) {
  auto scene = scene_of({planted(Drive::size, 0.7), {}});
  scene.brain.gain_spread = 0;
  for (const double gain : {2.0, 5.0}) {
    scene.brain.gain = gain;
    const auto responses = scene.responses(0, 0).to(at::kDouble);
    for (int64_t v = 0; v < 2; ++v) {
      EXPECT_NEAR(deviation(responses.select(1, v)), gain, 0.03 * gain);
      EXPECT_NEAR(responses.select(1, v).mean().item<double>(), 100, 0.05 * gain);
    }
  }
}

TEST(Brains, gains_vary_over_vertices_as_said_and_stay_the_same_in_repeats) {
  auto scene = scene_of(std::vector<PlantedVertex>(400));
  scene.drives = random_drives(1000);
  scene.brain.gain_spread = 0.3;
  const auto gains = [&](int64_t subject, int64_t repeat) {
    return scene.responses(subject, repeat).to(at::kDouble).std(0, false).log();
  };
  const auto first = gains(0, 0);
  EXPECT_NEAR(deviation(first), 0.3, 0.04);
  EXPECT_NEAR(first.mean().item<double>(), std::log(2), 0.05);
  EXPECT_GT(correlation(first, gains(0, 1)), 0.95);
  EXPECT_NEAR(correlation(first, gains(1, 0)), 0, 0.15);  // another subject, other gains
}

TEST(Brains, the_medial_wall_and_the_defects_are_where_they_were_planted) {
  const std::vector<PlantedVertex> vertices{
      {.medial_wall = true}, {.defect = Defect::constant}, {.defect = Defect::nan}, {}};
  auto scene = scene_of(vertices);
  scene.drives = random_drives(100);
  scene.brain.subjects = 3;
  for (int64_t subject = 0; subject < 3; ++subject)
    for (int64_t repeat = 0; repeat < 2; ++repeat) {
      const auto responses = scene.responses(subject, repeat);
      EXPECT_TRUE(responses.select(1, 0).eq(0).all().item<bool>());
      EXPECT_TRUE(responses.select(1, 1).eq(100).all().item<bool>());
      EXPECT_EQ(at::isnan(responses).sum().item<int64_t>(), subject == 1 && repeat == 0);
      EXPECT_EQ(at::isnan(responses.select(1, 2)).sum().item<int64_t>(), subject == 1 && repeat == 0);
      EXPECT_FALSE(flag_targets(responses)[3] != Flag::ok);
    }
  scene.brain.subjects = 1;  // the only subject has the hole
  EXPECT_EQ(at::isnan(scene.responses(0, 0)).sum().item<int64_t>(), 1);
}

TEST(Brains, are_decided_by_the_seed_and_not_by_their_number) {
  auto scene = scene_of({planted(Drive::semantics), layer(1.5, 0.1), {}});
  scene.drives = random_drives(500);
  scene.brain.subjects = 2;
  const auto signals = scene.signals(0), responses = scene.responses(0, 0);
  EXPECT_TRUE(at::equal(responses, scene.responses(0, 0)));
  scene.brain.subjects = 5;
  EXPECT_TRUE(at::equal(signals, scene.signals(0)));
  EXPECT_TRUE(at::equal(responses, scene.responses(0, 0)));
  scene.brain.seed = 1;
  EXPECT_FALSE(at::equal(signals, scene.signals(0)));
  for (int64_t v = 0; v < 3; ++v)
    EXPECT_LT(std::abs(correlation(responses.select(1, v), scene.responses(0, 0).select(1, v))), 0.9);
}

TEST(Brains, subjects_are_named_by_number_from_one) {
  EXPECT_EQ(subject_name(0), "sim01");
  EXPECT_EQ(subject_name(11), "sim12");
}
