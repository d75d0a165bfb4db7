#include "model/attention.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace arcuate {

using at::Tensor;

Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionScores& scores) {
  constexpr int64_t block = 128;
  const int64_t windows = q.size(0), heads = q.size(1), queries = q.size(2), keys = k.size(2), size = q.size(3);
  const auto flat_q = (q / std::sqrt(static_cast<double>(size))).reshape({windows * heads, queries, size});
  const auto flat_k = k.reshape({windows * heads, keys, size}).transpose(1, 2);
  const auto flat_v = v.reshape({windows * heads, keys, size});
  const int64_t step = scores.causal ? block : std::max<int64_t>(queries, 1);
  std::vector<Tensor> given;
  for (int64_t first = 0; first < queries; first += step) {
    const int64_t end = std::min(first + step, queries), seen = scores.causal ? end : keys;
    auto weights = flat_q.slice(1, first, end).bmm(flat_k.slice(2, 0, seen)).view({windows, heads, end - first, seen});
    if (scores.added.defined()) weights += scores.added.slice(-2, first, end).slice(-1, 0, seen);
    weights = weights.softmax(-1).view({windows * heads, end - first, seen});
    given.push_back(weights.bmm(flat_v.slice(1, 0, seen)));
  }
  const auto all = given.size() == 1 ? given.front() : at::cat(given, 1);
  return all.view({windows, heads, queries, size}).transpose(1, 2).reshape({windows, queries, heads * size});
}

}  // namespace arcuate
