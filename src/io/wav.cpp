#include "io/wav.h"

#include <ATen/ATen.h>
#include <sndfile.h>

#include <limits>
#include <memory>

#include "core/error.h"
#include "core/files.h"
#include "core/tensor.h"

namespace arcuate {
namespace {

constexpr double full_scale = 32767;         // of 16 bits, the same on both sides
constexpr int64_t largest_rate = 1'000'000;  // Hz; no device knows more
constexpr int64_t most_samples = std::numeric_limits<uint32_t>::max() / 2 - 1'000;  // WAV counts bytes in 32 bits

void check(const at::Tensor& samples, int64_t rate) {
  if (!samples.is_floating_point() || samples.dim() != 1)
    fail(Fault::failed, "one channel of floats expected, found {} of {}", shape_text(samples),
         c10::toString(samples.scalar_type()));
  if (rate < 1 || rate > largest_rate)
    fail(Fault::failed, "a rate from 1 to {} Hz expected, not {}", largest_rate, rate);
  if (samples.numel() > most_samples)
    fail(Fault::failed, "{} samples do not fit a WAV file, at most {} do", samples.numel(), most_samples);
  const auto wrong = at::nonzero(samples.abs().le(1).logical_not());  // NaN is not <= 1
  if (wrong.numel() > 0)
    fail(Fault::failed, "{} of {} samples are not from -1 to 1, the first is sample {} ({})", wrong.numel(),
         samples.numel(), wrong[0].item<int64_t>(), samples[wrong[0].item<int64_t>()].item<double>());
}

void write_samples(const fs::path& path, const at::Tensor& samples, int64_t rate) {
  SF_INFO info{};
  info.samplerate = static_cast<int>(rate);
  info.channels = 1;
  info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
  std::unique_ptr<SNDFILE, int (*)(SNDFILE*)> file(sf_open(path.c_str(), SFM_WRITE, &info), sf_close);
  if (!file) fail(Fault::failed, "{}", sf_strerror(nullptr));
  const auto values = samples.to(at::kDouble).mul(full_scale).round().to(at::kShort).contiguous();
  const auto written = sf_write_short(file.get(), values.data_ptr<int16_t>(), values.numel());
  if (written != values.numel() || sf_close(file.release()) != 0)
    fail(Fault::failed, "{} of {} samples written (is the disk full?)", written, values.numel());
}

}  // namespace

void write_wav(const std::filesystem::path& path, const at::Tensor& samples, int64_t rate) {
  within(fmt::format("while writing '{}'", path.string()), [&] {
    check(samples, rate);
    write_atomically(path, [&](const fs::path& temporary) { write_samples(temporary, samples, rate); });
  });
}

}  // namespace arcuate
