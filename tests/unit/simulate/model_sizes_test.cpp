// Feature spaces of growing size: each tells the hidden numbers as well as it says.
#include "simulate/model_sizes.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/random.h"
#include "core/tensor.h"
#include "encode/score.h"
#include "support.h"

using namespace arcuate;

static at::Tensor hidden_numbers(int64_t words) {
  Random random(5);
  std::vector<double> values(static_cast<size_t>(words * 3));
  for (auto& value : values) value = random.normal();
  return to_tensor(values).view({words, 3});
}

TEST(ModelSizes, accuracy_grows_with_the_logarithm_of_size) {
  const auto sizes = model_sizes();
  ASSERT_EQ(sizes.size(), 5u);
  for (const auto& size : sizes)
    EXPECT_NEAR(size.accuracy, 0.5 + 0.1 * (std::log10(size.parameters) - 6), 1e-12) << size.name;
  EXPECT_EQ(sizes.front().name, "size-1e6");
  EXPECT_EQ(sizes.back().name, "size-1e10");
  EXPECT_NEAR(sizes.back().accuracy, 0.9, 1e-12);
}

TEST(ModelSizes, features_correlate_with_their_hidden_numbers_by_the_accuracy) {
  const auto hidden = hidden_numbers(20000);
  for (const auto& size : model_sizes()) {
    const auto features = size_features(hidden, size, 1).to(at::kDouble);
    for (const double r : to_vector(pearson(hidden, features))) EXPECT_NEAR(r, size.accuracy, 0.02) << size.name;
    for (const double r : to_vector(pearson(hidden, features.roll(1, 1)))) EXPECT_NEAR(r, 0, 0.03) << size.name;
    for (const double sd : to_vector(features.std(0, false))) EXPECT_NEAR(sd, 1, 0.02);
  }
}

TEST(ModelSizes, no_noise_is_shared_between_sizes) {
  const auto hidden = hidden_numbers(20000), nothing = at::zeros_like(hidden);
  const auto sizes = model_sizes();
  const auto small = size_features(nothing, sizes[0], 1), large = size_features(nothing, sizes[1], 1);
  for (const double r : to_vector(pearson(small, large))) EXPECT_NEAR(r, 0, 0.03);
}

TEST(ModelSizes, features_are_decided_by_the_seed) {
  const auto hidden = hidden_numbers(100);
  const auto size = model_sizes()[2];
  const auto features = size_features(hidden, size, 1);
  EXPECT_EQ(features.scalar_type(), at::kFloat);
  EXPECT_TRUE(at::equal(features, size_features(hidden, size, 1)));
  EXPECT_FALSE(at::equal(features, size_features(hidden, size, 2)));
}
