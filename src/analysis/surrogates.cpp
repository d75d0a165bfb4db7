#include "analysis/surrogates.h"

#include <ATen/ATen.h>

#include <numbers>

#include "core/random.h"
#include "core/tensor.h"

namespace arcuate {

using at::Tensor;

// The kernel h of a run of n rows: the inverse transform of ones with random phases, conjugate at -f.
static Tensor all_pass_kernel(int64_t n, Random& random) {
  const auto turn = 2 * std::numbers::pi / static_cast<double>(n);
  std::vector<double> phases;
  for (int64_t f = 1; 2 * f < n; ++f) phases.push_back(2 * std::numbers::pi * random.uniform());
  const auto time = at::arange(n, at::kDouble);
  const auto frequency = at::arange(1, static_cast<int64_t>(phases.size()) + 1, at::kDouble);
  auto kernel = 2 * (at::outer(time, frequency) * turn + to_tensor(phases)).cos().sum(1) + 1;
  const bool nyquist_turned = random.uniform() < 0.5;
  if (n % 2 == 0) kernel += (1 - 2 * at::remainder(time, 2)) * (nyquist_turned ? -1 : 1);
  return kernel / static_cast<double>(n);
}

at::Tensor phase_randomised(const Tensor& series, std::span<const RowRange> runs, uint64_t seed) {
  Random random(seed);
  std::vector<Tensor> parts;
  for (const auto& run : runs) {
    const auto kernel = all_pass_kernel(run.size(), random);
    const auto row = at::arange(run.size(), at::kLong);
    const auto lag = at::remainder(row.unsqueeze(1) - row.unsqueeze(0), run.size());
    parts.push_back(kernel.index_select(0, lag.flatten())
                        .view({run.size(), run.size()})
                        .mm(series.slice(0, run.begin, run.end).to(at::kDouble)));
  }
  return at::cat(parts, 0);
}

}  // namespace arcuate
