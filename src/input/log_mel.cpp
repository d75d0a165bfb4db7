#include "input/log_mel.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/error.h"

namespace arcuate {
namespace {

constexpr double linear_up_to = 1000, hz_a_mel = 200.0 / 3;  // Slaney's scale: linear, then logarithmic
constexpr int64_t frames_of_a_block = 4096;
constexpr double mels_a_factor = 27, factor = 6.4;

double to_mel(double hz) {
  if (hz < linear_up_to) return hz / hz_a_mel;
  return linear_up_to / hz_a_mel + mels_a_factor * std::log(hz / linear_up_to) / std::log(factor);
}

double to_hz(double mel) {
  const double bend = linear_up_to / hz_a_mel;
  if (mel < bend) return mel * hz_a_mel;
  return linear_up_to * std::exp((mel - bend) / mels_a_factor * std::log(factor));
}

void check(const MelOptions& o) {
  if (o.bands < 1 || o.rate < 1 || o.window < 2 || o.hop < 1)
    bad_usage(
        "mel spectra of {} bands, {} samples a second, windows of {} and steps of {} samples: all have to be "
        "above 0",
        o.bands, o.rate, o.window, o.hop);
  if (!(o.lowest >= 0 && o.lowest < o.highest && o.highest <= static_cast<double>(o.rate) / 2))
    bad_usage("mel bands from {:g} to {:g} Hz; sound of {} samples a second has 0 to {:g} Hz", o.lowest, o.highest,
              o.rate, static_cast<double>(o.rate) / 2);
}

}  // namespace

at::Tensor mel_filters(const MelOptions& o) {
  check(o);
  std::vector<double> corner;
  const double first = to_mel(o.lowest), last = to_mel(o.highest);
  for (int64_t i = 0; i < o.bands + 2; ++i)
    corner.push_back(to_hz(first + (last - first) * static_cast<double>(i) / static_cast<double>(o.bands + 1)));
  const int64_t bins = o.window / 2 + 1;
  const auto filters = at::zeros({o.bands, bins}, at::kDouble);
  auto* value = filters.data_ptr<double>();
  for (size_t band = 0; band + 2 < corner.size(); ++band) {
    const double low = corner[band], middle = corner[band + 1], high = corner[band + 2];
    for (int64_t bin = 0; bin < bins; ++bin) {
      const double hz = static_cast<double>(bin * o.rate) / static_cast<double>(o.window);
      const double height = std::min((hz - low) / (middle - low), (high - hz) / (high - middle));
      *value++ = std::max(height, 0.0) * 2 / (high - low);
    }
  }
  return filters;
}

at::Tensor mel_power(const at::Tensor& samples, const MelOptions& o) {
  const auto exact = at::TensorOptions().dtype(at::kDouble).device(samples.device());
  const auto mirrored = at::reflection_pad1d(samples, {o.window / 2, o.window / 2}).unfold(-1, o.window, o.hop);
  const auto filters = mel_filters(o).to(exact.device()), hann = at::hann_window(o.window, exact);
  std::vector<at::Tensor> blocks;  // windows overlap: of all at once a copy would be far larger than the sound
  for (int64_t first = 0; first < mirrored.size(1); first += frames_of_a_block) {
    const auto frames = mirrored.slice(1, first, first + frames_of_a_block) * hann;  // B x F x window
    const auto power = at::abs(at::fft_rfft(frames)).square();
    blocks.push_back(at::matmul(filters, power.transpose(1, 2)));
  }
  return at::cat(blocks, 2);
}

at::Tensor whisper_log_mel(const at::Tensor& samples, int64_t length, const MelOptions& o) {
  constexpr double floor = 1e-10, range = 8;
  const auto cut = samples.slice(1, 0, length);
  const auto power = mel_power(at::constant_pad_nd(cut, {0, length - cut.size(1)}), o);
  const auto log = power.slice(2, 0, length / o.hop).clamp_min(floor).log10();
  return ((at::maximum(log, log.amax({1, 2}, true) - range) + 4) / 4).to(samples.scalar_type());
}

}  // namespace arcuate
