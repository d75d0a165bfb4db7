// Frequencies of a rotary position embedding, as trained or stretched for longer sequences.
#pragma once
#include <ATen/core/Tensor.h>

#include "model/spec.h"

namespace arcuate {

/// Radians a token of the head_size / 2 rotating points, float64: theta^(-2 i / head_size), scaled. `tokens`: length of
/// the sequence, on which a dynamic scale depends.
at::Tensor rotary_frequencies(const Rotary& rotary, int64_t head_size, int64_t tokens);

}  // namespace arcuate
