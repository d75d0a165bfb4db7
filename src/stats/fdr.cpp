#include "stats/fdr.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace arcuate {

at::Tensor bh_fdr(const at::Tensor& p) {
  auto q = p.to(at::kDouble).contiguous().clone();
  auto* value = q.data_ptr<double>();
  std::vector<int64_t> order;
  for (int64_t i = 0; i < q.numel(); ++i)
    if (!std::isnan(value[i])) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return value[a] < value[b]; });
  const auto tests = static_cast<double>(order.size());
  double smallest = 1.0;
  for (size_t rank = order.size(); rank > 0; --rank) {
    smallest = std::min(smallest, value[order[rank - 1]] * tests / static_cast<double>(rank));
    value[order[rank - 1]] = smallest;
  }
  return q;
}

}  // namespace arcuate
