// Products of a matrix with its own transpose: half of the work of a product.
#pragma once
#include <ATen/core/Tensor.h>

namespace arcuate {

/// matrix matrix': n x n, symmetric to the last bit, of the type of the matrix.
at::Tensor symmetric_product(const at::Tensor& matrix);

}  // namespace arcuate
