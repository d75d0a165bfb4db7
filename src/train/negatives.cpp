#include "train/negatives.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/random.h"
#include "core/tensor.h"

namespace arcuate {

at::Tensor enqueue(const at::Tensor& queue, const at::Tensor& states, int64_t size) {
  const auto all = queue.defined() ? at::cat({queue, states}) : states;
  return all.slice(0, std::max<int64_t>(0, all.size(0) - size)).clone();
}

at::Tensor draw_negatives(const at::Tensor& queue, int64_t count, uint64_t seed) {
  auto order = Random(seed).permutation(queue.size(0));
  order.resize(static_cast<size_t>(count));
  return queue.index_select(0, index_tensor(order));
}

}  // namespace arcuate
