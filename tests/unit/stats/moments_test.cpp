// Running moments against sums over all values; t-tests against scipy.
#include "stats/moments.h"

#include "core/tensor.h"
#include "stats/fdr.h"
#include "stats/t_test.h"
#include "unit/stats/group_reference.h"

using namespace arcuate;
using namespace arcuate::test;

static RunningMoments moments_of(const at::Tensor& rows) {
  auto moments = no_moments(rows.size(1));
  for (int64_t i = 0; i < rows.size(0); ++i) observe(moments, rows[i]);
  return moments;
}

TEST(Moments, are_means_and_deviations_even_far_from_zero) {
  const auto rows = random_normals(40, 6, 3) + 1e6;
  const auto moments = moments_of(rows);
  EXPECT_LT(largest_difference(moments.mean, rows.mean(0)), 1e-9);
  EXPECT_LT(largest_difference(sample_deviation(moments), rows.std(0, true)), 1e-9);
}

TEST(Moments, of_two_parts_combine) {
  auto rows = random_normals(23, 4, 5);
  rows[3][1] = rows[20][2] = NAN;
  rows.slice(0, 0, 9).select(1, 3).fill_(NAN);  // one part without an observation
  const auto whole = moments_of(rows), sum = moments_of(rows.slice(0, 0, 9)) + moments_of(rows.slice(0, 9));
  EXPECT_EQ(largest_difference(whole.count, sum.count), 0);
  EXPECT_LT(largest_difference(whole.mean, sum.mean), 1e-14);
  EXPECT_LT(largest_difference(whole.squares, sum.squares), 1e-13);
}

TEST(Moments, a_unit_of_another_length_is_named) {
  auto moments = no_moments(4);
  EXPECT_TRUE(contains(message_of([&] { observe(moments, at::zeros({3})); }), {"4 values expected", "found 3"}));
}

TEST(TTest, agrees_with_scipy) {
  const auto stored = group_reference()["t"];
  const auto moments = moments_of(rows_of(stored["x"], 11));
  ASSERT_EQ(stored["one_sample"].size(), 6u);
  for (const auto& expected : stored["one_sample"]) {
    const auto found = t_test(moments, {.against = expected["against"].get<double>(),
                                        .alternative = alternative_of(expected["alternative"])});
    EXPECT_LT(largest_difference(found.t, tensor_of(expected["t"])), 1e-12);
    EXPECT_LT(largest_difference(found.p, tensor_of(expected["p"])), 1e-12);
  }
}

TEST(TTest, of_differences_is_scipys_paired_test) {
  const auto stored = group_reference()["t"];
  const auto found = t_test(moments_of(rows_of(stored["x"], 11) - rows_of(stored["y"], 11)));
  EXPECT_LT(largest_difference(found.t, tensor_of(stored["paired_t"])), 1e-12);
  EXPECT_LT(largest_difference(found.p, tensor_of(stored["paired_p"])), 1e-12);
}

TEST(TTest, equal_or_too_few_values_are_no_test) {
  auto rows = random_normals(5, 4, 8);
  rows.select(1, 0).fill_(0.1);
  rows.slice(0, 1).select(1, 1).fill_(NAN);
  rows.slice(0, 2).select(1, 2).fill_(NAN);
  const auto found = t_test(moments_of(rows)), strict = t_test(moments_of(rows), {.least = 3});
  EXPECT_TRUE(std::isnan(found.p[0].item<double>()));
  EXPECT_TRUE(std::isnan(found.p[1].item<double>()));
  EXPECT_FALSE(std::isnan(found.p[2].item<double>()));
  EXPECT_TRUE(std::isnan(strict.p[2].item<double>()));
  EXPECT_TRUE(std::isnan(strict.t[2].item<double>()));
  EXPECT_FALSE(std::isnan(strict.p[3].item<double>()));
}

TEST(Fdr, agrees_with_statsmodels_under_dependence) {
  const auto stored = group_reference()["fdr"];
  const auto p = tensor_of(stored["p"]);
  EXPECT_LT(largest_difference(by_fdr(p), tensor_of(stored["by"])), 1e-14);
  EXPECT_LT(largest_difference(bh_fdr(p), tensor_of(stored["bh"])), 1e-14);
  const auto gaps = at::cat({p, at::full({3}, NAN, at::kDouble)});
  EXPECT_LT(largest_difference(by_fdr(gaps).slice(0, 0, p.size(0)), tensor_of(stored["by"])), 1e-14);
  EXPECT_TRUE(at::isnan(by_fdr(gaps).slice(0, p.size(0))).all().item<bool>());
}
