// Within the encode layer only: how much of a split is in memory at once, and the least that it takes.
//
// At most in memory: the held stages, and beside them what each thread takes to make one more or to score a block of
// targets. Narrower blocks, fewer stages and fewer threads, in this order, keep below a limit.
#pragma once
#include <c10/core/Device.h>

#include <cstdint>
#include <optional>

#include "core/compute.h"
#include "encode/ridge_solver.h"
#include "encode/target_blocks.h"

namespace arcuate::ridge {

struct SplitPlan {
  int threads = 1;
  int64_t held = 1;  ///< Stages.
  BlockWidths widths{};
  int64_t bytes(const SplitNeeds& needs) const;
};

/// Bytes that may still be taken, less what heaps keep of them, below 0 where too much is taken already; none: no
/// limit.
std::optional<int64_t> memory_left(const Compute& compute);

/// `left`: as memory_left() says. Errors: usage, when they are too few for one thread, one
/// stage and the narrowest blocks.
SplitPlan plan_split(const SplitNeeds& needs, int64_t stages, int threads, c10::Device device,
                     std::optional<int64_t> left);

}  // namespace arcuate::ridge
