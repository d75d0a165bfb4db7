// Peaks, masks and tests over subjects, against values worked out by hand and the tests they are made of.
#include "analysis/forecast_summary.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/tensor.h"
#include "fixture.h"
#include "stats/fdr.h"
#include "stats/rank_sum.h"

using namespace arcuate;
using arcuate::test::contains;
using arcuate::test::largest_difference;
using arcuate::test::message_of;

static constexpr double none = std::numeric_limits<double>::quiet_NaN();

TEST(ForecastSummary, a_peak_is_the_first_largest_score_and_nan_is_none) {
  const auto scores = at::tensor({0.1, none, none, 0.3, 0.3, 0.2, 0.0, none, 0.1, 0.3, none, 0.5}).view({4, 3});
  // Columns: 0.1 0.3 0.0 0.3 | n/a 0.3 n/a n/a | n/a 0.2 0.1 0.5
  const std::vector<int64_t> distances{-1, 2, 5, 8};
  EXPECT_EQ(to_vector(peaks(scores, distances)), (std::vector<double>{2, 2, 8}));
  EXPECT_TRUE(std::isnan(peaks(at::full({2, 1}, none), std::vector<int64_t>{1, 2})[0].item<double>()));
  EXPECT_EQ(peaks(at::rand({4, 2, 5}), distances).sizes(), (std::vector<int64_t>{2, 5}));
}

TEST(ForecastSummary, tests_over_subjects_are_signed_rank_tests_corrected_over_targets) {
  const auto values = random_normals(9, 4, 1) + 0.8;
  const auto test = test_over_subjects(values, Alternative::greater);
  EXPECT_EQ(largest_difference(test.p, signed_rank_p(values, {.alternative = Alternative::greater})), 0);
  EXPECT_EQ(largest_difference(test.q, bh_fdr(test.p)), 0);
  EXPECT_GT(largest_difference(test.p, test_over_subjects(values, Alternative::two_sided).p), 0.001);
}

TEST(ForecastSummary, every_mask_keeps_what_it_says) {
  const MaskEvidence evidence{.curve = at::tensor({-0.1, -0.1, 0.2, none, -0.2, 0.1, 0.1, none}).view({2, 4}),
                              .q = at::tensor({0.01, 0.2, 0.04, none}),
                              .q_difference = at::tensor({0.2, 0.01, 0.3, none})};
  const auto kept = [&](MaskRule rule, double level = 0.05) {
    const auto mask = kept_targets(evidence, {rule, level});
    std::string text;
    for (int64_t v = 0; v < mask.numel(); ++v) text += mask[v].item<bool>() ? '1' : '0';
    return text;
  };
  EXPECT_EQ(kept(MaskRule::none), "1110");
  EXPECT_EQ(kept(MaskRule::positive), "0110");
  EXPECT_EQ(kept(MaskRule::significant), "1010");
  EXPECT_EQ(kept(MaskRule::significant, 0.02), "1000");
  EXPECT_EQ(kept(MaskRule::difference), "0100");
}

TEST(ForecastSummary, hemispheres_are_compared_region_by_region) {
  auto values = random_normals(8, 5, 2);
  values.select(1, 0).add_(5);
  values[3][1] = none;
  const std::vector<ForecastPlace> places{{"L", "IFG"}, {"L", "IFG"}, {"R", "IFG"}, {"R", "STS"}, {"L", "Angular"}};
  const auto tests = compare_hemispheres(values, places);
  ASSERT_EQ(tests.size(), 1u);
  EXPECT_EQ(tests[0].first + tests[0].second, "IFG LIFG R");
  auto left = (values.select(1, 0) + values.select(1, 1)) / 2;
  left[3] = values[3][0];
  EXPECT_DOUBLE_EQ(tests[0].p, signed_rank(to_vector(left - values.select(1, 2))).p);
  EXPECT_NEAR(tests[0].first_mean, left.mean().item<double>(), 1e-12);
  EXPECT_EQ(tests[0].q, tests[0].p);
}

TEST(ForecastSummary, pairs_of_regions_are_compared_by_rank_sums) {
  const auto values = random_normals(7, 4, 3) + at::tensor({0.0, 0.0, 1.0, 3.0});
  const std::vector<ForecastPlace> places{{"L", "a"}, {"R", "a"}, {"L", "b"}, {"L", "c"}};
  const auto tests = compare_regions(values, places);
  ASSERT_EQ(tests.size(), 3u);
  EXPECT_EQ(tests[2].first + tests[2].second, "bc");
  const auto a = to_vector((values.select(1, 0) + values.select(1, 1)) / 2), b = to_vector(values.select(1, 2));
  EXPECT_DOUBLE_EQ(tests[0].p, rank_sum(a, b).p);
  EXPECT_GE(tests[0].q, tests[0].p);
  EXPECT_TRUE(contains(message_of([&] { compare_regions(values, {{"L", "a"}}); }), {"7 x 4 for 1 places"}));
}

TEST(ForecastSummary, intervals_use_students_t) {
  // t(0.975) is 12.706, 4.303, 3.182, 2.571, 2.228 and 2.042 for 1, 2, 3, 5, 10 and 30 degrees of freedom.
  for (const auto& [count, t] : std::vector<std::pair<int64_t, double>>{
           {2, 12.706}, {3, 4.303}, {4, 3.182}, {6, 2.571}, {11, 2.228}, {31, 2.042}}) {
    const auto x = random_normals(count, 1, 4).flatten();
    const double error = x.std().item<double>() / std::sqrt(static_cast<double>(count));
    EXPECT_NEAR(half_interval(to_vector(x)) / error, t, 0.004) << count;
  }
  EXPECT_TRUE(std::isnan(half_interval(std::vector<double>{1, none})));
}
