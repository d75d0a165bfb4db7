#include "stats/rank.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace arcuate {

at::Tensor ranks(const at::Tensor& values) {
  const auto exact = values.to(at::kDouble).contiguous();
  const auto* value = exact.data_ptr<double>();
  std::vector<size_t> order(static_cast<size_t>(exact.numel()));
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return value[a] < value[b]; });
  auto result = at::empty_like(exact);
  for (size_t first = 0; first < order.size();) {
    size_t last = first;
    while (last + 1 < order.size() && value[order[last + 1]] == value[order[first]]) ++last;
    for (size_t i = first; i <= last; ++i)
      result.data_ptr<double>()[order[i]] = static_cast<double>(first + last) / 2 + 1;
    first = last + 1;
  }
  return result;
}

double spearman(const at::Tensor& a, const at::Tensor& b) {
  const auto x = ranks(a) - ranks(a).mean(), y = ranks(b) - ranks(b).mean();
  return ((x * y).sum() / (x.norm() * y.norm())).item<double>();
}

}  // namespace arcuate
