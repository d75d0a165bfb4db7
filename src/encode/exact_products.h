// Products in float64 of matrices of any floating type, of which only a part is in float64 at a time.
#pragma once
#include <ATen/core/Tensor.h>

namespace arcuate {

/// matrix matrix', n x n, float64: half the work of a product of two matrices.
at::Tensor symmetric_product(const at::Tensor& matrix);

/// left right, float64.
at::Tensor exact_product(const at::Tensor& left, const at::Tensor& right);

}  // namespace arcuate
