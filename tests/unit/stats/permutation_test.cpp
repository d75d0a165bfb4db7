// Correlations of shifted series by Fourier transform against the sums they stand for, for lengths that transform
// quickly and for lengths that are padded because they have a large prime factor.
#include "stats/permutation.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/random.h"
#include "core/tensor.h"
#include "fixture.h"

using namespace arcuate;
using arcuate::test::largest_difference;

static at::Tensor random_columns(int64_t rows, int64_t columns, uint64_t seed) {
  Random random(seed);
  std::vector<double> values(static_cast<size_t>(rows * columns));
  for (auto& value : values) value = 3 + random.normal();
  return to_tensor(values).view({rows, columns});
}

// Every draw by itself: Pearson r of the responses with the predictions moved row by row.
static at::Tensor null_by_sums(const at::Tensor& responses, const at::Tensor& predictions,
                               const std::vector<int64_t>& lengths, const std::vector<std::vector<int64_t>>& shifts) {
  const auto y = responses - responses.mean(0), p = predictions - predictions.mean(0);
  const auto scale = y.square().sum(0).sqrt() * p.square().sum(0).sqrt();
  std::vector<at::Tensor> draws;
  for (const auto& draw : shifts) {
    std::vector<int64_t> rows;
    int64_t begin = 0;
    for (size_t s = 0; s < lengths.size(); begin += lengths[s], ++s)
      for (int64_t t = 0; t < lengths[s]; ++t) rows.push_back(begin + (t - draw[s] + lengths[s]) % lengths[s]);
    draws.push_back((y * p.index_select(0, index_tensor(rows))).sum(0) / scale);
  }
  return at::stack(draws);
}

static void expect_sums(const std::vector<int64_t>& lengths) {
  int64_t rows = 0;
  for (const int64_t length : lengths) rows += length;
  const auto responses = random_columns(rows, 3, 1), predictions = random_columns(rows, 3, 2);
  const auto shifts = circular_shifts(lengths, {.count = 100, .min_shift = 1, .seed = 5});
  const auto null = shift_null(responses, predictions, lengths, shifts);
  EXPECT_LT(largest_difference(null, null_by_sums(responses, predictions, lengths, shifts)), 1e-12) << rows;
}

TEST(ShiftNull, is_the_direct_sum_for_lengths_with_a_large_prime_factor) {
  expect_sums({386});  // 2 * 193
  expect_sums({211});
  expect_sums({34});  // 2 * 17
}

TEST(ShiftNull, is_the_direct_sum_for_lengths_of_small_factors) {
  expect_sums({360});
  expect_sums({343});  // 7^3
}

TEST(ShiftNull, is_the_direct_sum_over_stories_of_both_kinds) { expect_sums({211, 96, 386}); }

TEST(ShiftNull, reaches_from_no_shift_to_the_last_one) {
  const std::vector<int64_t> lengths{37};
  std::vector<std::vector<int64_t>> shifts;
  for (int64_t shift = 0; shift < 37; ++shift) shifts.push_back({shift});
  const auto series = random_columns(37, 1, 8);
  const auto null = shift_null(series, series, lengths, shifts);
  EXPECT_NEAR(null[0][0].item<double>(), 1, 1e-12);
  EXPECT_LT(largest_difference(null, null_by_sums(series, series, lengths, shifts)), 1e-12);
}
