// Sound files: WAV, one channel of 16-bit samples.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>

namespace arcuate {

/// `samples` [N], floats from -1 to 1, at `rate` samples a second. Atomic, and the same bytes on every run. Errors:
/// failed, for another shape, type or rate, and for samples that are NaN or out of range, which are never clipped.
void write_wav(const std::filesystem::path& path, const at::Tensor& samples, int64_t rate);

}  // namespace arcuate
