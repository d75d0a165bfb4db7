#include "encode/delays.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace arcuate {

namespace {

// Rows [from, from + count) of a story go to [to, to + count).
struct Shift {
  int64_t from = 0, to = 0, count = 0;
};

Shift shift_within(const RowRange& story, int64_t delay) {
  const int64_t shift = std::clamp(delay, -story.size(), story.size());
  return {.from = story.begin + std::max<int64_t>(-shift, 0),
          .to = story.begin + std::max<int64_t>(shift, 0),
          .count = story.size() - std::abs(shift)};
}

}  // namespace

at::Tensor delayed(const at::Tensor& features, std::span<const int64_t> delays, std::span<const RowRange> stories) {
  const int64_t width = features.size(1);
  auto result = at::zeros({features.size(0), width * std::ssize(delays)}, features.options());
  for (size_t d = 0; d < delays.size(); ++d) {
    auto columns = result.slice(1, static_cast<int64_t>(d) * width, static_cast<int64_t>(d + 1) * width);
    for (const auto& story : stories) {
      const auto [from, to, count] = shift_within(story, delays[d]);
      columns.slice(0, to, to + count).copy_(features.slice(0, from, from + count));
    }
  }
  return result;
}

void add_delayed(at::Tensor& sum, const at::Tensor& values, int64_t delay, std::span<const RowRange> stories) {
  for (const auto& story : stories) {
    const auto [from, to, count] = shift_within(story, delay);
    sum.slice(0, to, to + count).add_(values.slice(0, from, from + count));
  }
}

at::Tensor delayed_kernel(const at::Tensor& kernel, std::span<const int64_t> delays,
                          std::span<const RowRange> stories) {
  auto result = at::zeros_like(kernel);
  for (const int64_t delay : delays)
    for (const auto& story : stories) {
      const auto rows = shift_within(story, delay);
      for (const auto& other : stories) {
        const auto columns = shift_within(other, delay);
        result.slice(0, rows.to, rows.to + rows.count)
            .slice(1, columns.to, columns.to + columns.count)
            .add_(kernel.slice(0, rows.from, rows.from + rows.count)
                      .slice(1, columns.from, columns.from + columns.count));
      }
    }
  return result;
}

}  // namespace arcuate
