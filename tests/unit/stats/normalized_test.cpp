// CC_norm against SP, TP and numpy's covariance written out per target.
#include <ATen/ATen.h>

#include <cmath>

#include "core/tensor.h"
#include "encode/score.h"
#include "fixture.h"
#include "stats/ceiling.h"

using namespace arcuate;
using test::contains;
using test::Fixture;
using test::largest_difference;
using test::message_of;

namespace {

struct Case {
  TotalPower power;
  std::string name;
};

TEST(NormalizedCorrelation, agrees_with_the_formula_written_out) {
  const Fixture fixture("scaling/scaling.safetensors");
  const auto repeats = fixture["norm.repeats"], prediction = fixture["norm.prediction"];
  for (const auto& [power, name] : {Case{TotalPower::measured, "measured"}, Case{TotalPower::one, "one"}}) {
    SCOPED_TRACE(name);
    const auto of = [&](Normalization form, double floor) {
      return normalized_correlation(repeats, prediction, {.form = form, .floor = floor, .total_power = power});
    };
    EXPECT_LT(largest_difference(of(Normalization::direct, 0.25), fixture["norm." + name + ".direct"]), 1e-12);
    EXPECT_LT(largest_difference(of(Normalization::floored, 0.25), fixture["norm." + name + ".floor25"]), 1e-12);
    EXPECT_LT(largest_difference(of(Normalization::floored, 0.6), fixture["norm." + name + ".floor60"]), 1e-12);
  }
  EXPECT_LT(largest_difference(repeat_ceiling(repeats), fixture["norm.measured.ceiling"]), 1e-12);
}

TEST(NormalizedCorrelation, is_one_for_the_signal_itself) {
  const auto signal = random_normals(4000, 2, 7), noise = random_normals(6 * 4000, 2, 8).view({6, 4000, 2});
  const auto repeats = signal + noise;
  EXPECT_LT(pearson(repeats.mean(0), signal).max().item<double>(), 0.95);
  const auto direct = normalized_correlation(repeats, signal, {.form = Normalization::direct});
  EXPECT_LT(largest_difference(direct, at::ones({2}, at::kDouble)), 0.05);
}

TEST(NormalizedCorrelation, does_not_exist_for_constant_or_unknown_columns) {
  auto repeats = random_normals(60, 3, 9).view({3, 20, 3}).clone();
  auto prediction = random_normals(20, 3, 10);
  const auto alone = normalized_correlation(repeats.slice(2, 0, 1), prediction.slice(1, 0, 1), {});
  repeats.select(2, 1).fill_(0.1);
  prediction.select(1, 2).fill_(3.7);
  for (const auto form : {Normalization::direct, Normalization::floored}) {
    const auto scores = to_vector(normalized_correlation(repeats, prediction, {.form = form}));
    EXPECT_TRUE(std::isnan(scores[1]));
    EXPECT_TRUE(std::isnan(scores[2]));
  }
  EXPECT_NEAR(normalized_correlation(repeats, prediction, {})[0].item<double>(), alone.item<double>(), 1e-12);
}

TEST(NormalizedCorrelation, says_what_does_not_fit) {
  const auto repeats = random_normals(20, 2, 1).view({2, 10, 2});
  EXPECT_TRUE(contains(message_of([&] { normalized_correlation(repeats, random_normals(9, 2, 1), {}); }),
                       {"repeats are 2 x 10 x 2", "predictions 9 x 2"}));
  EXPECT_TRUE(
      contains(message_of([&] { normalized_correlation(repeats.slice(0, 0, 1), random_normals(10, 2, 1), {}); }),
               {"two or more repeats"}));
  EXPECT_TRUE(contains(message_of([&] { normalized_correlation(repeats, random_normals(10, 2, 1), {.floor = 0}); }),
                       {"floor", "above 0"}));
}

}  // namespace
