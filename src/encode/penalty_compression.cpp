#include "encode/penalty_compression.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/tensor.h"

namespace arcuate {

using at::Tensor;

namespace {

constexpr int64_t longest_block = 1024;
constexpr double widest_block = 30;  // largest to smallest eigenvalue, with the smallest penalty added to both

CompressedBlock compress_block(const Tensor& eigenvalues, int64_t begin, int64_t end, const Tensor& penalties,
                               double tolerance) {
  const auto own = eigenvalues.slice(0, begin, end);
  const double middle = std::sqrt(own[0].item<double>() * own[-1].item<double>());
  const auto norms = (penalties + middle).reciprocal();
  const auto functions = (own.unsqueeze(1) + penalties).reciprocal() / norms;  // r_b x L
  // Over eigenvalues that differ much, combinations would cancel; and where nothing is gained, the functions are best.
  const CompressedBlock plain{.begin = begin, .end = end, .weights = functions, .coefficients = at::diag(norms)};
  const double least = penalties.min().item<double>();
  if (own[-1].item<double>() + least > widest_block * (own[0].item<double>() + least)) return plain;
  const auto [u, singular, vh] = at::linalg_svd(functions, /*full_matrices=*/false);
  auto rest = functions.clone();
  int64_t count = 0;
  while ((rest.abs() / functions).max().item<double>() > tolerance) {
    if (count + 1 >= singular.size(0)) return plain;
    rest.sub_(u.slice(1, count, count + 1) * singular[count] * vh.slice(0, count, count + 1));
    ++count;
  }
  return {.begin = begin,
          .end = end,
          .weights = u.slice(1, 0, count) * singular.slice(0, 0, count),
          .coefficients = vh.slice(0, 0, count) * norms};
}

double cost_an_eigenvalue(const CompressedBlock& block, const BlockCost& cost) {
  const auto length = static_cast<double>(block.end - block.begin);
  return static_cast<double>(block.weights.size(1)) * (1 + cost.overhead / length);
}

}  // namespace

std::vector<CompressedBlock> compress_penalties(const Tensor& eigenvalues, const std::vector<double>& penalties,
                                                double tolerance, const BlockCost& cost) {
  const auto grid = to_tensor(penalties);
  std::vector<CompressedBlock> blocks;
  for (int64_t end = eigenvalues.size(0); end > 0; end = blocks.back().begin) {
    CompressedBlock best;
    double least = std::numeric_limits<double>::infinity();
    for (int64_t length = cost.shortest; length <= longest_block; length *= 2) {
      const auto block = compress_block(eigenvalues, std::max<int64_t>(0, end - length), end, grid, tolerance);
      const double own = cost_an_eigenvalue(block, cost);
      // A long block that is not compressed would take along what a later one compresses.
      const bool compressed = block.weights.size(1) < grid.size(0);
      if (own <= least && (compressed || length == cost.shortest)) least = own, best = block;
      if (block.begin == 0 || !compressed) break;
    }
    blocks.push_back(best);
  }
  std::reverse(blocks.begin(), blocks.end());
  return blocks;
}

}  // namespace arcuate
