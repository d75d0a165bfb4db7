#include "encode/symmetric_product.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace arcuate {

at::Tensor symmetric_product(const at::Tensor& matrix) {
  constexpr int64_t block = 512;  // rows at once: what is computed twice is less than that share of n
  const int64_t n = matrix.size(0);
  auto product = at::empty({n, n}, matrix.options());
  for (int64_t first = 0; first < n; first += block) {
    const int64_t end = std::min(first + block, n);
    auto lower = product.slice(0, first, end).slice(1, 0, end);
    at::mm_out(lower, matrix.slice(0, first, end), matrix.slice(0, 0, end).t());
    product.slice(0, 0, first).slice(1, first, end).copy_(lower.slice(1, 0, first).t());
    auto square = lower.slice(1, first, end);
    square.copy_(at::tril(square) + at::tril(square, -1).t());
  }
  return product;
}

}  // namespace arcuate
