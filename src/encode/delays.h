// Finite impulse response: copies of the features, each shifted by a number of TRs.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

#include "encode/rows.h"

namespace arcuate {

/// features: T x F; a positive delay moves features later in time. Zeros come in at the edges of each story: no delay
/// crosses them. Returns T x (delays F), all features of the first delay first. Same type as the input.
at::Tensor delayed(const at::Tensor& features, std::span<const int64_t> delays, std::span<const RowRange> stories);

}  // namespace arcuate
