#include "encode/variance_partition.h"

#include <ATen/ATen.h>

#include <bit>

#include "core/error.h"

namespace arcuate {

at::Tensor variance_partition(const at::Tensor& r2) {
  const auto sets = static_cast<uint64_t>(r2.size(0));
  if (!std::has_single_bit(sets)) bad_usage("a partition of variance needs R2 of all sets of bands, found {}", sets);
  auto parts = at::zeros_like(r2);
  for (uint64_t set = 1; set < sets; ++set) {
    const uint64_t outside = (sets - 1) & ~set;
    auto part = parts.select(0, static_cast<int64_t>(set));
    for (uint64_t some = 0; some < sets; ++some)
      if ((some & ~set) == 0 && (some | outside) != 0)
        part.add_(r2.select(0, static_cast<int64_t>(some | outside)), std::popcount(some) % 2 == 1 ? 1 : -1);
  }
  return parts;
}

}  // namespace arcuate
