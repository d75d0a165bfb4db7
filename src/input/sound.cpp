#include "input/sound.h"

#include <ATen/ATen.h>
#include <soxr.h>

#include <cmath>

#include "core/error.h"
#include "io/sound_file.h"

namespace arcuate {

at::Tensor resample(const at::Tensor& samples, int64_t from, int64_t to) {
  if (from == to) return samples;
  const auto in = samples.contiguous();
  const double ratio = static_cast<double>(to) / static_cast<double>(from);
  const auto out = at::zeros({std::llround(static_cast<double>(in.numel()) * ratio)}, at::kFloat);
  const auto io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
  const auto quality = soxr_quality_spec(SOXR_HQ, 0);
  const auto one_thread = soxr_runtime_spec(1);
  size_t written = 0;
  const auto* error = soxr_oneshot(static_cast<double>(from), static_cast<double>(to), 1, in.data_ptr<float>(),
                                   static_cast<size_t>(in.numel()), nullptr, out.data_ptr<float>(),
                                   static_cast<size_t>(out.numel()), &written, &io, &quality, &one_thread);
  if (error) fail(Fault::failed, "sound cannot be resampled from {} to {} Hz: {}", from, to, error);
  return out;
}

Sound read_sound(const std::filesystem::path& path, int64_t rate) {
  const auto file = read_sound_file(path);
  return within(fmt::format("reading the sound '{}'", path.string()), [&] {
    const auto mono = file.samples.mean(1);
    if (mono.max().item<float>() == mono.min().item<float>())
      bad_input("it is silent: all {} samples are {:g}", mono.numel(), mono[0].item<float>());
    return Sound{.samples = resample(mono, file.rate, rate), .rate = rate};
  });
}

}  // namespace arcuate
