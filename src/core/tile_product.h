// Products of matrices by the tile units of a processor (AMX, in Intel's Xeons since 2023), which multiply bfloat16.
//
// A float32 has 24 bits, and three bfloat16 of 8 bits each hold them: x = x1 + x2 + x3. Of the nine products of such
// parts the six largest are summed, in float32; the others are below 2^-24 of the whole, which is float32's own
// rounding. The units are so much faster than those of float32 that this is still half as fast again.
#pragma once
#include <ATen/core/Tensor.h>

namespace arcuate {

/// Whether the processor has them and the system lets this process use them.
bool has_tile_units();

/// x weight' + bias: x M x K, weight N x K, bias N or undefined; result M x N, of the type of x. Tensors of float32
/// (right to its precision) or bfloat16 (products and sums in float32), on the CPU. A row of the result depends on its
/// row of x alone. Only where has_tile_units().
at::Tensor tile_linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

}  // namespace arcuate
