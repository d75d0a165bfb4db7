// Tensor helpers that several layers need. Shapes: rows are time, columns are features or targets.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace arcuate {

/// A contiguous copy of `values` as a one-dimensional float64 tensor.
at::Tensor to_tensor(std::span<const double> values);
/// One-dimensional tensor -> float64 values.
std::vector<double> to_vector(const at::Tensor& tensor);
/// "362 x 6" for messages.
std::string shape_text(const at::Tensor& tensor);
/// An int64 index tensor.
at::Tensor index_tensor(std::span<const int64_t> rows);

}  // namespace arcuate
