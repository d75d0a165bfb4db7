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
/// Standard normal numbers from a seed, drawn row by row: rows x columns, float64.
at::Tensor random_normals(int64_t rows, int64_t columns, uint64_t seed);
/// Values to be filled in, in memory that large pages of the system hold where it has them: to have pages of 4 KiB
/// mapped and cleared takes longer than to unpack or convert some kinds of numbers.
at::Tensor empty_in_large_pages(at::IntArrayRef sizes, at::ScalarType type);
/// Whether no number is NaN or infinite. One pass without copies of the size of a contiguous tensor of floats.
bool all_finite(const at::Tensor& tensor);
/// An int64 index tensor.
at::Tensor index_tensor(std::span<const int64_t> rows);

}  // namespace arcuate
