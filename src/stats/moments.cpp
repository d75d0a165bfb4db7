#include "stats/moments.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/tensor.h"

namespace arcuate {

using at::Tensor;

RunningMoments no_moments(int64_t columns) {
  const auto zeros = [&] { return at::zeros({columns}, at::kDouble); };
  return {.count = zeros(), .mean = zeros(), .squares = zeros()};
}

void observe(RunningMoments& moments, const Tensor& values) {
  if (values.dim() != 1 || values.size(0) != moments.count.size(0))
    bad_input("{} values expected of each unit, found {}", moments.count.size(0), shape_text(values));
  const auto exact = values.to(at::kDouble).contiguous();
  const auto* x = exact.data_ptr<double>();
  auto *n = moments.count.data_ptr<double>(), *mean = moments.mean.data_ptr<double>(),
       *squares = moments.squares.data_ptr<double>();
  for (int64_t v = 0; v < exact.size(0); ++v) {
    if (std::isnan(x[v])) continue;
    const double difference = x[v] - mean[v];
    mean[v] += difference / ++n[v];
    squares[v] += difference * (x[v] - mean[v]);
  }
}

RunningMoments operator+(const RunningMoments& a, const RunningMoments& b) {
  const auto count = a.count + b.count, safe = count.clamp_min(1), difference = b.mean - a.mean;
  return {.count = count,
          .mean = a.mean + difference * b.count / safe,
          .squares = a.squares + b.squares + difference.square() * a.count * b.count / safe};
}

Tensor sample_deviation(const RunningMoments& moments) {
  const auto variance = moments.squares / (moments.count - 1);
  return at::where(moments.count >= 2, variance, at::full_like(variance, std::numeric_limits<double>::quiet_NaN()))
      .sqrt();
}

Tensor are_testable(const RunningMoments& moments, int64_t least) {
  const auto rounding = moments.count * (1e-12 * moments.mean).square();  // squares of equal values, as rounded
  return at::logical_and(moments.count >= static_cast<double>(std::max<int64_t>(2, least)), moments.squares > rounding);
}

}  // namespace arcuate
