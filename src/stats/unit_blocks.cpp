#include "stats/unit_blocks.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace arcuate {

void for_unit_blocks(const UnitRows& units, int64_t memory,
                     const std::function<void(int64_t begin, const at::Tensor& columns)>& work) {
  const int64_t column_bytes = std::max<int64_t>(1, units.count) * static_cast<int64_t>(sizeof(double));
  const int64_t width = std::clamp<int64_t>(memory / column_bytes, 1, std::max<int64_t>(1, units.columns));
  for (int64_t begin = 0; begin < units.columns; begin += width) {
    const int64_t end = std::min(units.columns, begin + width);
    auto block = at::empty({end - begin, units.count}, at::kDouble);
    for (int64_t u = 0; u < units.count; ++u) block.select(1, u).copy_(units.read(u).slice(0, begin, end));
    work(begin, block);
  }
}

}  // namespace arcuate
