#include "stats/fdr.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace arcuate {

// The smallest of p_(j) n / j over j >= k, times `penalty`, at most 1.
static at::Tensor stepped_up(const at::Tensor& p, double penalty) {
  auto q = p.to(at::kDouble).contiguous().clone();
  auto* value = q.data_ptr<double>();
  std::vector<int64_t> order;
  for (int64_t i = 0; i < q.numel(); ++i)
    if (!std::isnan(value[i])) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return value[a] < value[b]; });
  const auto tests = static_cast<double>(order.size());
  double smallest = 1.0;
  for (size_t rank = order.size(); rank > 0; --rank) {
    smallest = std::min(smallest, value[order[rank - 1]] * penalty * tests / static_cast<double>(rank));
    value[order[rank - 1]] = smallest;
  }
  return q;
}

at::Tensor bh_fdr(const at::Tensor& p) { return stepped_up(p, 1); }

at::Tensor by_fdr(const at::Tensor& p) {
  double harmonic = 0;
  for (int64_t k = at::logical_not(at::isnan(p)).sum().item<int64_t>(); k > 0; --k)
    harmonic += 1 / static_cast<double>(k);
  return stepped_up(p, harmonic);
}

}  // namespace arcuate
