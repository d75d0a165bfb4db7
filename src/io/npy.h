// NumPy .npy files, versions 1 to 3 (numpy.lib.format): one array of numbers; object arrays are refused.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <vector>

namespace arcuate {

/// The array in its own type (f2 f4 f8 i1-i8 u1 b1; unsigned 2 to 8 bytes become int64), in C order. Big-endian and
/// Fortran-ordered files are converted. Errors: input, naming what was found.
at::Tensor read_npy(const std::filesystem::path& path);
/// Its shape alone: the data are not read. Errors: as above.
std::vector<int64_t> npy_shape(const std::filesystem::path& path);
/// Version 1.0, little-endian, C order; float32, float64, int64, int32 or uint8. Atomic.
void write_npy(const std::filesystem::path& path, const at::Tensor& tensor);

}  // namespace arcuate
