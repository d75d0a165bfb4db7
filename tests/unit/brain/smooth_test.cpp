#include "brain/smooth.h"

#include <numeric>

#include "fixture.h"

namespace arcuate {
namespace {

using test::Fixture;
using test::largest_difference;

class Smoothed : public testing::Test {
 protected:
  VoxelGrid grid() const {
    const auto mask = reference["volume.mask"].to(at::kBool);
    const auto size = at::cat({reference["volume.size"], at::ones({1}, at::kDouble)});
    return {.shape = {mask.size(0), mask.size(1), mask.size(2)}, .affine = at::diag(size), .voxels = mask.nonzero()};
  }
  Mesh mesh() const { return {.points = reference["surface.points"], .triangles = reference["surface.triangles"]}; }
  std::vector<int64_t> used() const {
    const auto vertices = reference["surface.used"];
    return {vertices.data_ptr<int64_t>(), vertices.data_ptr<int64_t>() + vertices.numel()};
  }

  Fixture reference{"cleaning/cleaning.safetensors"};
};

TEST_F(Smoothed, volumes_are_smoothed_within_the_mask_as_by_scipy) {
  const auto x = reference["volume.series"];
  EXPECT_LT(largest_difference(smoothed_in_volume(x, grid(), 6), reference["volume.fwhm6"]), 1e-12);
  EXPECT_LT(largest_difference(smoothed_in_volume(x, grid(), 2.5), reference["volume.fwhm2_5"]), 1e-12);
}

TEST_F(Smoothed, the_order_of_the_voxels_is_the_callers) {
  auto turned = grid();
  const auto order = at::arange(turned.count() - 1, -1, -1, at::kLong);
  turned.voxels = turned.voxels.index_select(0, order);
  const auto x = reference["volume.series"].index_select(1, order);
  EXPECT_LT(largest_difference(smoothed_in_volume(x, turned, 6), reference["volume.fwhm6"].index_select(1, order)),
            1e-12);
}

TEST_F(Smoothed, what_is_constant_or_not_finite_takes_no_part) {
  auto x = reference["volume.series"].clone();
  const auto expected_without = [&](int64_t column) {
    auto fewer = grid();
    const auto others = at::cat({at::arange(column, at::kLong), at::arange(column + 1, fewer.count(), at::kLong)});
    fewer.voxels = fewer.voxels.index_select(0, others);
    return smoothed_in_volume(x.index_select(1, others), fewer, 6);
  };
  const auto expected = expected_without(20);
  for (const double value : {7.0, std::numeric_limits<double>::quiet_NaN()}) {
    x.select(1, 20).fill_(value);
    const auto smooth = smoothed_in_volume(x, grid(), 6);
    EXPECT_LT(largest_difference(at::cat({smooth.slice(1, 0, 20), smooth.slice(1, 21)}, 1), expected), 1e-12);
    EXPECT_LT(largest_difference(smooth.select(1, 20), x.select(1, 20)), 1e-12);
  }
}

TEST_F(Smoothed, surfaces_are_smoothed_step_by_step_as_by_a_loop) {
  const auto x = reference["surface.series"];
  EXPECT_LT(largest_difference(smoothed_on_surface(x, mesh(), used(), 6), reference["surface.fwhm6"]), 1e-12);
  EXPECT_LT(largest_difference(smoothed_on_surface(x, mesh(), used(), 3), reference["surface.fwhm3"]), 1e-12);
}

TEST_F(Smoothed, a_point_spreads_to_the_width_that_was_asked_for) {
  // A flat hexagonal sheet with edges of 1 mm.
  constexpr int64_t n = 61;
  auto points = at::empty({n * n, 3}, at::kFloat);
  std::vector<int32_t> corners;
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j) {
      points[i * n + j] = at::tensor(
          {static_cast<float>(i) + 0.5F * static_cast<float>(j % 2), 0.8660254F * static_cast<float>(j), 0.F});
      if (i + 1 == n || j + 1 == n) continue;
      const auto at_place = [&](int64_t a, int64_t b) { return static_cast<int32_t>(a * n + b); };
      const int64_t shift = j % 2;
      for (const auto corner :
           {at_place(i, j), at_place(i + 1, j), at_place(i + shift, j + 1), at_place(i + shift, j + 1),
            at_place(i + 1 - shift, j + 1 - shift), at_place(i + 1, j + 1)})
        corners.push_back(corner);
    }
  std::vector<int32_t> kept;
  for (size_t c = 0; c < corners.size(); c += 3)
    if (corners[c] != corners[c + 1] && corners[c + 1] != corners[c + 2] && corners[c] != corners[c + 2])
      kept.insert(kept.end(), {corners[c], corners[c + 1], corners[c + 2]});
  const Mesh sheet{.points = points, .triangles = at::tensor(kept, at::kInt).view({-1, 3})};
  std::vector<int64_t> all(n * n);
  std::iota(all.begin(), all.end(), 0);
  const int64_t middle = (n / 2) * n + n / 2;
  auto x = at::zeros({2, n * n}, at::kDouble);
  x[0][middle] = 1;
  x[1] = at::sin(at::arange(n * n, at::kDouble));
  const auto spread = smoothed_on_surface(x, sheet, all, 8)[0];
  const auto from = (points - points[middle]).to(at::kDouble);
  const double fwhm_squared = 8 * std::log(2) * (spread.unsqueeze(1) * from.square()).sum(0)[0].item<double>();
  EXPECT_NEAR(std::sqrt(fwhm_squared), 8, 0.5);
}

}  // namespace
}  // namespace arcuate
