// Sound as models hear it: one channel at the rate they were trained on.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>

namespace arcuate {

struct Sound {
  at::Tensor samples;  ///< N, float32
  int64_t rate = 0;    ///< samples a second

  double seconds() const { return static_cast<double>(samples.numel()) / static_cast<double>(rate); }
};

/// The channels' mean, at `rate`. Files of another rate are resampled by soxr (quality HQ), which keeps onsets: sample
/// n of the result is at n / rate seconds. Errors: input, as `read_sound_file`; and for silence (all samples equal).
Sound read_sound(const std::filesystem::path& path, int64_t rate);

/// `samples` (N, float32) at another rate; N' = round(N to / from). Band-limited, without delay.
at::Tensor resample(const at::Tensor& samples, int64_t from, int64_t to);

}  // namespace arcuate
