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

/// sum += values at one delay, with the same zeros at the edges. Both: T x b.
void add_delayed(at::Tensor& sum, const at::Tensor& values, int64_t delay, std::span<const RowRange> stories);

/// The kernel of the delayed rows from that of the rows as they are: D D' with D = delayed(X) from X X', T x T.
///   K[i, j] = sum over delays d of K0[i - d, j - d], where i - d and j - d lie in the stories of i and j
/// A product over F columns takes the place of one over delays times F, and the delayed features need not exist.
at::Tensor delayed_kernel(const at::Tensor& kernel, std::span<const int64_t> delays, std::span<const RowRange> stories);

}  // namespace arcuate
