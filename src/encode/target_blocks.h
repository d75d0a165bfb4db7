// Within the encode layer only: targets are worked on in blocks, wide ones on a device, narrower ones where its memory
// is short.
#pragma once
#include <c10/core/Device.h>
#include <c10/util/Exception.h>

#include <cstdint>
#include <vector>

#include "core/error.h"
#include "encode/rows.h"

namespace arcuate::ridge {

/// Targets of a block when folds are scored; when models are refitted, where each candidate gets its share of them.
struct BlockWidths {
  int64_t scored = 480, refitted = 2048;
};
/// A device is slow to start and wide: few large blocks keep it busy.
inline BlockWidths block_widths(c10::Device device) {
  return device.is_cpu() ? BlockWidths{} : BlockWidths{.scored = 8192, .refitted = 16384};
}

/// As even as can be.
inline std::vector<RowRange> target_blocks(int64_t targets, int64_t width) {
  const int64_t count = std::max<int64_t>(1, (targets + width - 1) / width);
  std::vector<RowRange> blocks;
  for (int64_t b = 0; b < count; ++b) blocks.push_back({b * targets / count, (b + 1) * targets / count});
  return blocks;
}

/// work(width), again with half the width for as long as a device's memory does not suffice; the width stays there.
/// Errors: failed, when narrow blocks are too wide.
template <class Work>
auto in_blocks(int64_t& width, const Work& work) {
  constexpr int64_t least = 64;
  for (;; width /= 2) {
    try {
      return work(width);
    } catch (const c10::OutOfMemoryError&) {
      if (width / 2 < least)
        fail(Fault::failed, "the memory of the device does not hold a problem of this size; use --device cpu");
    }
  }
}

}  // namespace arcuate::ridge
