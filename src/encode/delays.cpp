#include "encode/delays.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace arcuate {

at::Tensor delayed(const at::Tensor& features, std::span<const int64_t> delays, std::span<const RowRange> stories) {
  const int64_t width = features.size(1);
  auto result = at::zeros({features.size(0), width * static_cast<int64_t>(delays.size())}, features.options());
  for (size_t d = 0; d < delays.size(); ++d) {
    auto columns = result.slice(1, static_cast<int64_t>(d) * width, static_cast<int64_t>(d + 1) * width);
    for (const auto& story : stories) {
      const int64_t shift = std::clamp(delays[d], -story.size(), story.size());
      const int64_t to = story.begin + std::max<int64_t>(shift, 0), from = story.begin + std::max<int64_t>(-shift, 0);
      const int64_t rows = story.size() - std::abs(shift);
      columns.slice(0, to, to + rows).copy_(features.slice(0, from, from + rows));
    }
  }
  return result;
}

}  // namespace arcuate
