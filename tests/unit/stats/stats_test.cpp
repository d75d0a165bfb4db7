#include "core/random.h"
#include "core/tensor.h"
#include "fixture.h"
#include "stats/ceiling.h"
#include "stats/fdr.h"
#include "stats/permutation.h"
#include "stats/swap.h"

#include <algorithm>
#include <set>

using namespace arcuate;
using arcuate::test::Fixture;
using arcuate::test::largest_difference;

namespace {

std::vector<std::vector<int64_t>> draws(const at::Tensor& shifts) {
  const auto table = shifts.dim() == 1 ? shifts.unsqueeze(1) : shifts;
  std::vector<std::vector<int64_t>> result;
  for (int64_t i = 0; i < table.size(0); ++i) {
    std::vector<int64_t> row;
    for (int64_t s = 0; s < table.size(1); ++s) row.push_back(table[i][s].to(at::kLong).item<int64_t>());
    result.push_back(row);
  }
  return result;
}

void expect_shift_test(const Fixture& fixture, const std::string& name, const std::string& shifts,
                       std::vector<int64_t> lengths) {
  const auto null = shift_null(fixture["shift.y"], fixture["shift.prediction"], lengths, draws(fixture[name + shifts]));
  EXPECT_LT(largest_difference(null, fixture[name + ".null"]), 1e-12);
  EXPECT_LT(largest_difference(permutation_p(fixture[name + ".r"], null), fixture[name + ".p"]), 1e-15);
}

}  // namespace

TEST(Permutation, shifted_correlations_and_p_agree_with_the_independent_implementation) {
  const Fixture fixture("stats/stats.safetensors");
  expect_shift_test(fixture, "shift.one", ".shifts", {60});
  expect_shift_test(fixture, "shift.two", ".pairs", {25, 35});
}

TEST(Permutation, constant_predictions_have_no_null) {
  const Fixture fixture("stats/stats.safetensors");
  const std::vector<int64_t> lengths{60};
  EXPECT_TRUE(at::isnan(shift_null(fixture["shift.y"], at::full({60, 5}, 0.1, at::kDouble), lengths, {{10}, {20}}))
                  .all()
                  .item<bool>());
}

namespace {

// y follows `signal`; a and b are signal plus noise of their own.
struct Rivals {
  at::Tensor y, a, b;
  Rivals(double noise_a, double noise_b, uint64_t seed) {
    arcuate::Random random(seed);
    const auto draw = [&] {
      auto x = at::empty({280, 1}, at::kDouble);
      for (int64_t i = 0; i < 280; ++i) x[i][0] = random.normal();
      return x;
    };
    const auto signal = draw();
    y = signal + draw();
    a = signal + noise_a * draw();
    b = signal + noise_b * draw();
  }
  double p() const {
    const std::vector<int64_t> lengths{140, 140};
    return permutation_p(pearson_of(a) - pearson_of(b), swap_null(y, a, b, lengths, {.count = 999})).item<double>();
  }
  at::Tensor pearson_of(const at::Tensor& x) const {
    return at::corrcoef(at::stack({x.squeeze(1), y.squeeze(1)}))[0][1].unsqueeze(0);
  }
};

}  // namespace

TEST(Swap, a_better_prediction_is_found_and_a_worse_one_is_not) {
  EXPECT_LT(Rivals(0.1, 3, 1).p(), 0.01);
  EXPECT_GT(Rivals(3, 0.1, 1).p(), 0.9);
}

TEST(Swap, equal_rivals_give_uniform_p_values) {
  int below = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) below += Rivals(1, 1, 100 + seed).p() <= 0.1;
  EXPECT_GE(below, 8);  // 20 expected; 99.9 % of a binomial lie within
  EXPECT_LE(below, 34);
}

TEST(Swap, its_null_is_symmetric_sums_of_block_contributions) {
  const Rivals rivals(0.5, 2, 7);
  const std::vector<int64_t> lengths{140, 140};
  const auto null = swap_null(rivals.y, rivals.a, rivals.b, lengths, {.count = 4000, .block = 140});
  // Two blocks: four sign patterns, the observed difference and its negative among them.
  const double difference = (rivals.pearson_of(rivals.a) - rivals.pearson_of(rivals.b)).item<double>();
  EXPECT_NEAR(null.max().item<double>(), -null.min().item<double>(), 1e-12);
  EXPECT_LT((null - difference).abs().min().item<double>(), 1e-12);
  EXPECT_EQ(std::get<0>(at::_unique2(at::round(null * 1e10))).numel(), 4);
  EXPECT_NE(largest_difference(
                null, swap_null(rivals.y, rivals.a, rivals.b, lengths, {.count = 4000, .block = 140, .seed = 1})),
            0);
  EXPECT_NE(largest_difference(null, swap_null(rivals.y, rivals.a, rivals.b, lengths, {.count = 4000, .block = 20})),
            0);
}

TEST(Permutation, all_shifts_are_used_when_fewer_exist_than_asked_for) {
  const std::vector<int64_t> one{362};
  const auto shifts = circular_shifts(one, {.count = 1000, .min_shift = 14});
  EXPECT_EQ(shifts.size(), 335u);  // 14 … 348: the smallest attainable p is 1/336
  EXPECT_EQ(shifts.front().front(), 14);
  EXPECT_EQ(shifts.back().front(), 348);
}

TEST(Permutation, shifts_are_drawn_without_repetition_per_story_and_by_seed) {
  const std::vector<int64_t> two{60, 80};
  const auto shifts = circular_shifts(two, {.count = 500, .min_shift = 14, .seed = 3});
  EXPECT_EQ(std::set(shifts.begin(), shifts.end()).size(), 500u);
  for (const auto& draw : shifts) {
    EXPECT_TRUE(draw[0] >= 14 && draw[0] <= 46);
    EXPECT_TRUE(draw[1] >= 14 && draw[1] <= 66);
  }
  EXPECT_NE(shifts, circular_shifts(two, {.count = 500, .min_shift = 14, .seed = 4}));
  EXPECT_EQ(circular_shifts(two, {.count = 500, .min_shift = 20, .seed = 3}).size(), 500u);
  EXPECT_TRUE(
      test::contains(test::message_of([] { circular_shifts(std::vector<int64_t>{20}, {}); }), {"20 volumes", "14"}));
}

TEST(Permutation, p_counts_the_observed_value_once) {
  const auto observed = at::tensor({0.5, 0.9, std::nan("")}).to(at::kDouble);
  const auto null = at::tensor({0.5, 0.1, 0.2, 0.6, 0.3, 0.3}).to(at::kDouble).reshape({2, 3});
  const auto p = permutation_p(observed, null);
  EXPECT_NEAR(p[0].item<double>(), 1.0, 1e-15);
  EXPECT_NEAR(p[1].item<double>(), 1.0 / 3, 1e-15);
  EXPECT_TRUE(at::isnan(p[2]).item<bool>());
}

TEST(Fdr, q_values_agree_with_statsmodels) {
  const Fixture fixture("stats/stats.safetensors");
  EXPECT_LT(largest_difference(bh_fdr(fixture["bh.p"]), fixture["bh.q"]), 1e-14);
}

TEST(Ceiling, inter_subject_correlation_of_standardised_series_agrees_with_the_independent_implementation) {
  const Fixture fixture("stats/stats.safetensors");
  // The reference averages unscaled series; ours scales each subject first, so equal deviations make them the same.
  auto data = fixture["isc.data"];
  const auto z = (data - data.mean(1, true)) / (data - data.mean(1, true)).square().mean(1, true).sqrt();
  const auto others = (z.sum(0, true) - z) / 4.0;
  for (int64_t s = 0; s < 5; ++s)
    for (int64_t v = 0; v < 4; ++v) {
      const auto pair = at::corrcoef(at::stack({data[s].select(1, v), others[s].select(1, v)}));
      EXPECT_NEAR(inter_subject_correlation(data)[s][v].item<double>(), pair[0][1].item<double>(), 1e-12);
    }
}

TEST(Ceiling, an_absent_subject_is_left_out_of_the_others_mean) {
  const Fixture fixture("stats/stats.safetensors");
  const auto four = fixture["isc.data"].slice(0, 0, 4);
  auto five = fixture["isc.data"].clone();
  five[4].fill_(std::nan(""));
  const auto with = inter_subject_correlation(five), without = inter_subject_correlation(four);
  EXPECT_LT(largest_difference(with.slice(0, 0, 4), without), 1e-14);
  EXPECT_TRUE(at::isnan(with[4]).all().item<bool>());
}
