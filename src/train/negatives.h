// The queue of states that L_high tells its target from. Shapes: Q states kept, N drawn, C width.
//
// After each step the states of its batch enter and the oldest leave. Negatives of a step are drawn from the queue as
// it stood before, so that no target of a step is among its negatives.
#pragma once
#include <ATen/core/Tensor.h>

namespace arcuate {

/// The last `size` rows of `queue` (undefined: empty) followed by `states`.
at::Tensor enqueue(const at::Tensor& queue, const at::Tensor& states, int64_t size);

/// `count` rows of the queue without replacement.
at::Tensor draw_negatives(const at::Tensor& queue, int64_t count, uint64_t seed);

}  // namespace arcuate
