#include "encode/align.h"

#include <ATen/ATen.h>

#include "core/tensor.h"
#include "encode/delays.h"
#include "fixture.h"

using namespace arcuate;
using arcuate::test::Fixture;
using arcuate::test::largest_difference;

namespace {

struct Grid {
  const char* name;
  double tr;
};
class AlignGrid : public testing::TestWithParam<Grid> {};

at::Tensor aligned(const Fixture& fixture, const AlignOptions& options) {
  const auto grid = AlignGrid::GetParam();
  const auto times = to_vector(fixture["times"]), volumes = to_vector(fixture[std::string(grid.name) + ".centres"]);
  return align(fixture["features"], times, volumes, grid.tr, options);
}

}  // namespace

TEST_P(AlignGrid, agrees_with_the_independent_implementation) {
  const Fixture fixture("align/align.safetensors");
  const std::string grid = GetParam().name;
  EXPECT_LT(largest_difference(aligned(fixture, {}), fixture[grid + ".lanczos3"]), 1e-12);
  EXPECT_LT(largest_difference(aligned(fixture, {.normalize = true}), fixture[grid + ".lanczos3_normalised"]), 1e-9);
  EXPECT_LT(largest_difference(aligned(fixture, {.lobes = 2, .cutoff = 0.8}), fixture[grid + ".lanczos2_cutoff0_8"]),
            1e-12);
  EXPECT_LT(largest_difference(aligned(fixture, {.method = AlignMethod::sum}), fixture[grid + ".sum"]), 1e-12);
  EXPECT_LT(largest_difference(aligned(fixture, {.method = AlignMethod::mean}), fixture[grid + ".mean"]), 1e-12);
}
INSTANTIATE_TEST_SUITE_P(Grids, AlignGrid, testing::Values(Grid{"tr2", 2.0}, Grid{"tr1_5", 1.5}));

TEST(Align, kernel_has_the_published_values_at_a_cutoff_of_half_a_hertz) {
  const std::pair<double, double> golden[] = {{0.3, 0.95944083}, {1, 0.60792710}, {2, 0.0},  {2.5, -0.13287102},
                                              {3, -0.13509491},  {5, 0.02431708}, {6.1, 0.0}};
  for (const auto& [seconds, value] : golden) EXPECT_NEAR(lanczos_kernel(seconds * 0.5, 3), value, 5e-9) << seconds;
}

TEST(Align, a_dense_constant_feature_carries_the_word_rate_unless_normalised) {
  std::vector<double> times, volumes;
  for (int i = 0; i < 1000; ++i) times.push_back(i * 0.1);
  for (int i = 10; i < 40; ++i) volumes.push_back(2.0 * i);
  const auto ones = at::ones({1000, 1}, at::kDouble);
  EXPECT_NEAR(align(ones, times, volumes, 2.0, {})[10].item<double>(), 19.9411, 1e-4);
  EXPECT_NEAR(align(ones, times, volumes, 2.0, {.normalize = true})[10].item<double>(), 1.0, 1e-12);
}

TEST(Align, blocks_of_volumes_do_not_change_the_result) {
  std::vector<double> times, volumes;
  for (int i = 0; i < 900; ++i) times.push_back(i * 0.37);
  for (int i = 0; i < 300; ++i) volumes.push_back(1.0 + i);
  const auto x = at::arange(900, at::kDouble).reshape({900, 1}).sin();
  const auto whole = align(x, times, volumes, 1.0, {});
  const auto part = align(x, times, std::span(volumes).subspan(100, 50), 1.0, {});
  EXPECT_LT(largest_difference(whole.slice(0, 100, 150), part), 1e-13);
}

TEST(Align, refuses_features_of_another_length) {
  const std::vector<double> times{0, 1, 2}, volumes{0, 2};
  EXPECT_TRUE(test::contains(test::message_of([&] { align(at::zeros({4, 2}), times, volumes, 2, {}); }),
                             {"4 feature rows", "3 word times"}));
}

TEST(Delays, agree_with_the_independent_implementation_and_never_cross_a_story_edge) {
  const Fixture fixture("align/align.safetensors");
  const std::vector<RowRange> stories{{0, 13}, {13, 40}};
  const std::pair<const char*, std::vector<int64_t>> cases[] = {{"stories.delays_1_2_3_4", {1, 2, 3, 4}},
                                                                {"stories.delays_0_2", {0, 2}},
                                                                {"stories.delays_m1_1", {-1, 1}},
                                                                {"stories.delays_14", {14}}};
  for (const auto& [name, delays] : cases)
    EXPECT_EQ(largest_difference(delayed(fixture["stories.x"], delays, stories), fixture[name]), 0) << name;
}
