// Within the encode layer only: targets are worked on in blocks, wide ones on a device, narrower ones where its memory
// is short.
#pragma once
#include <c10/core/Device.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/error.h"
#include "encode/ridge.h"

namespace arcuate::ridge {

/// Targets of a block when folds are scored; when models are refitted, where each candidate gets its share of them.
struct BlockWidths {
  int64_t scored = targets_of_a_part / 4, refitted = targets_of_a_part;
};
/// A device is slow to start and wide: few large blocks keep it busy.
inline BlockWidths block_widths(c10::Device device) {
  return device.is_cpu() ? BlockWidths{} : BlockWidths{.scored = 8192, .refitted = 16384};
}

/// Of the width, but for the last.
inline std::vector<RowRange> target_blocks(int64_t targets, int64_t width) {
  std::vector<RowRange> blocks{{0, std::min(width, targets)}};
  while (blocks.back().end < targets)
    blocks.push_back({blocks.back().end, std::min(blocks.back().end + width, targets)});
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
