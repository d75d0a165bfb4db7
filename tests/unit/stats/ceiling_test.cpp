// The ceiling of the mean of repeats: by hand for a small case, by the share of signal for long series.
#include "stats/ceiling.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/random.h"
#include "core/tensor.h"
#include "support.h"

using namespace arcuate;

// repeats x T x 1: each sqrt(share) signal + sqrt(1 - share) noise.
static at::Tensor noisy_repeats(int64_t repeats, int64_t volumes, double share, uint64_t seed) {
  Random random(seed);
  std::vector<double> signal, values;
  for (int64_t t = 0; t < volumes; ++t) signal.push_back(random.normal());
  for (int64_t n = 0; n < repeats; ++n)
    for (const double s : signal) values.push_back(std::sqrt(share) * s + std::sqrt(1 - share) * random.normal());
  return to_tensor(values).view({repeats, volumes, 1});
}

TEST(RepeatCeiling, is_the_formula_worked_out_by_hand) {
  // Repeats (0, 2, 4) and (0, 4, 2): each has variance 4, so TP = 4. Mean (0, 3, 3): variance 3.
  // SP = (2 * 3 - 4) / 1 = 2, CC_max = (1 + (4 / 2 - 1) / 2)^(-1/2).
  const auto repeats = to_tensor(std::vector<double>{0, 2, 4, 0, 4, 2}).view({2, 3, 1});
  EXPECT_NEAR(repeat_ceiling(repeats).item<double>(), 1 / std::sqrt(1.5), 1e-15);
}

TEST(RepeatCeiling, of_long_repeats_follows_from_the_share_of_signal) {
  for (const int64_t count : {2, 5})
    for (const double share : {0.2, 0.6}) {
      const auto n = static_cast<double>(count);
      const double expected = std::sqrt(n * share / (n * share + 1 - share));
      EXPECT_NEAR(repeat_ceiling(noisy_repeats(count, 20000, share, 3)).item<double>(), expected, 0.02)
          << count << " repeats, share " << share;
    }
}

TEST(RepeatCeiling, does_not_depend_on_scale_and_is_one_without_noise) {
  const auto repeats = noisy_repeats(3, 200, 0.5, 4);
  EXPECT_NEAR(repeat_ceiling(7 * repeats + 100).item<double>(), repeat_ceiling(repeats).item<double>(), 1e-12);
  EXPECT_NEAR(repeat_ceiling(repeats.slice(0, 0, 1).expand({4, -1, -1})).item<double>(), 1, 1e-12);
}

TEST(RepeatCeiling, is_zero_where_the_repeats_have_nothing_in_common) {
  // Opposite repeats: the mean is 0 and the signal power -TP.
  const auto one = noisy_repeats(1, 50, 0, 5);
  EXPECT_EQ(repeat_ceiling(at::cat({one, -one}, 0)).item<double>(), 0);
}

TEST(RepeatCeiling, is_unknown_for_constants_and_for_repeats_with_holes) {
  auto repeats = noisy_repeats(3, 50, 0.5, 6).repeat({1, 1, 3});
  const auto alone = repeat_ceiling(repeats.slice(2, 0, 1)).item<double>();
  repeats.select(2, 1).fill_(0.1);
  repeats[1][7][2] = std::nan("");
  const auto ceiling = to_vector(repeat_ceiling(repeats));
  EXPECT_NEAR(ceiling[0], alone, 1e-12);  // the others do not disturb it
  EXPECT_TRUE(std::isnan(ceiling[1]));
  EXPECT_TRUE(std::isnan(ceiling[2]));
}
