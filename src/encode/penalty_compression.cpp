#include "encode/penalty_compression.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <tuple>

#include "core/tensor.h"

namespace arcuate {

using at::Tensor;

namespace {

// Sizes below this share of the largest are taken as this: a direction that should hold nothing still holds rounding.
constexpr double smallest_size = 1e-6;

// The fewest leading singular values whose others lose no more than `allowed`, in squares.
int64_t kept(const Tensor& singular, double allowed) {
  const auto values = to_vector(singular);
  double lost = 0;
  auto count = std::ssize(values);
  while (count > 0) {
    const double last = values[static_cast<size_t>(count - 1)];
    lost += last * last;
    if (lost > allowed) break;
    --count;
  }
  return count;
}

}  // namespace

std::vector<CompressedBlock> compress_penalties(const Tensor& eigenvalues, const Tensor& sizes,
                                                const std::vector<double>& penalties, double tolerance, int64_t block) {
  const int64_t count = eigenvalues.size(0), blocks = (count + block - 1) / block;
  const auto each = sizes / sizes.norm(2, 1, true).clamp_min(std::numeric_limits<double>::min());
  const auto functions = (eigenvalues.unsqueeze(1) + to_tensor(penalties)).reciprocal();  // r x L
  const auto norms = std::get<0>((each.unsqueeze(2) * functions).norm(2, 1).min(0));      // L
  const auto floored = each.square().sum(0).sqrt().clamp_min(smallest_size * each.max().item<double>());
  const auto weighted = floored.unsqueeze(1) * functions / norms;
  std::vector<CompressedBlock> result;
  for (int64_t b = 0; b < blocks; ++b) {
    const int64_t begin = b * count / blocks, end = (b + 1) * count / blocks;
    const auto part = weighted.slice(0, begin, end);
    const auto [u, singular, vh] = at::linalg_svd(part, /*full_matrices=*/false);
    const int64_t leading = kept(singular, tolerance * tolerance / static_cast<double>(blocks));
    if (leading == 0) continue;
    const auto own = vh.slice(0, 0, leading).t();
    result.push_back({.begin = begin,
                      .end = end,
                      .weights = part.mm(own) / floored.slice(0, begin, end).unsqueeze(1),
                      .coefficients = own.t() * norms});
  }
  return result;
}

}  // namespace arcuate
