#include "encode/exact_products.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace arcuate {

using at::Tensor;

Tensor symmetric_product(const Tensor& matrix) {
  constexpr int64_t block = 512;  // rows at once: what is computed twice is less than that share of n
  const int64_t n = matrix.size(0);
  const auto rows = [&](int64_t first) { return matrix.slice(0, first, std::min(first + block, n)).to(at::kDouble); };
  auto product = at::empty({n, n}, matrix.options().dtype(at::kDouble));
  for (int64_t first = 0; first < n; first += block) {
    const auto own = rows(first);
    const int64_t end = first + own.size(0);
    for (int64_t other = 0; other <= first; other += block) {
      const auto there = other == first ? own : rows(other);
      auto lower = product.slice(0, first, end).slice(1, other, other + there.size(0));
      at::mm_out(lower, own, there.t());
      if (other < first) product.slice(0, other, other + there.size(0)).slice(1, first, end).copy_(lower.t());
    }
    auto square = product.slice(0, first, end).slice(1, first, end);
    square.copy_(at::tril(square) + at::tril(square, -1).t());
  }
  return product;
}

Tensor exact_product(const Tensor& left, const Tensor& right) {
  constexpr int64_t inner = 1024;  // indices at once
  auto product = at::zeros({left.size(0), right.size(1)}, left.options().dtype(at::kDouble));
  for (int64_t first = 0; first < left.size(1); first += inner) {
    const int64_t end = std::min(first + inner, left.size(1));
    product.addmm_(left.slice(1, first, end).to(at::kDouble), right.slice(0, first, end).to(at::kDouble));
  }
  return product;
}

}  // namespace arcuate
