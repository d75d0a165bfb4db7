// The linear maps of a forward pass, by the fastest units that the processor has.
#pragma once
#include <ATen/core/Tensor.h>

#include "model/weights.h"

namespace arcuate {

/// x weight' + bias: … x in -> … x out; the bias may be undefined. float32 and bfloat16 go through the tile units of a
/// processor that has them (core/tile_product.h).
at::Tensor linear(const Affine& map, const at::Tensor& x);

}  // namespace arcuate
