#include "analysis/surrogates.h"

#include <numbers>

#include "network_world.h"

using namespace arcuate;
using arcuate::test::largest_difference;

namespace {

// |discrete Fourier transform| of every column, by its definition.
at::Tensor spectrum(const at::Tensor& x) {
  const auto t = at::arange(x.size(0), at::kDouble);
  const auto angle = at::outer(t, t) * (2 * std::numbers::pi / static_cast<double>(x.size(0)));
  return (angle.cos().mm(x).square() + angle.sin().mm(x).square()).sqrt();
}

}  // namespace

TEST(Surrogates, keep_spectra_and_correlations_of_every_run) {
  const std::vector<RowRange> runs{{0, 41}, {41, 97}};  // one of odd length, one of even
  const auto x = random_normals(97, 4, 1);
  const auto y = phase_randomised(x, runs, 5);
  for (const auto& run : runs) {
    const auto a = x.slice(0, run.begin, run.end), b = y.slice(0, run.begin, run.end);
    EXPECT_LT(largest_difference(spectrum(a), spectrum(b)), 1e-10);
    EXPECT_LT(largest_difference(a.t().mm(a), b.t().mm(b)), 1e-10);
    EXPECT_LT(largest_difference(a.mean(0), b.mean(0)), 1e-13);
    EXPECT_GT(largest_difference(a, b), 0.5);
  }
}

TEST(Surrogates, are_decided_by_the_seed_and_know_nothing_of_the_original) {
  const std::vector<RowRange> run{{0, 100}};
  const auto x = test::unit(random_normals(100, 1, 1));
  EXPECT_TRUE(at::equal(phase_randomised(x, run, 3), phase_randomised(x, run, 3)));
  double sum = 0, squares = 0;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    const double r = phase_randomised(x, run, seed).t().mm(x).item<double>();
    sum += r, squares += r * r;
  }
  // r = sum of |X|^2 cos(phase) over sum of |X|^2: half of the frequencies are free, so E r^2 is as below.
  const auto power = spectrum(x).square();
  const double expected = (power.square().sum() / power.sum().square()).item<double>();
  EXPECT_NEAR(sum / 400, 0, 0.025);
  EXPECT_NEAR(squares / 400, expected, 0.15 * expected);
}
