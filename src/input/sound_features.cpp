#include "input/sound_features.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/error.h"
#include "input/log_mel.h"

namespace arcuate {
namespace {

constexpr double spectrum_window = 0.025;  // seconds

int64_t step_samples(const Sound& sound, double step) {
  const int64_t samples = std::llround(step * static_cast<double>(sound.rate));
  if (samples < 1) bad_usage("steps of {} s are shorter than a sample at {} Hz", step, sound.rate);
  if (sound.samples.numel() < samples)
    bad_input("the sound has {:.3g} s, steps of {} s were asked for", sound.seconds(), step);
  return samples;
}

SoundFeature mean_squares(const Sound& sound, double step) {
  const int64_t samples = step_samples(sound, step), steps = sound.samples.numel() / samples;
  const auto squares = sound.samples.slice(0, 0, steps * samples).to(at::kDouble).view({steps, samples}).square();
  SoundFeature feature{.values = squares.mean(1, true), .times = {}};
  for (int64_t i = 0; i < steps; ++i)
    feature.times.push_back((static_cast<double>(i) + 0.5) * static_cast<double>(samples) /
                            static_cast<double>(sound.rate));
  return feature;
}

}  // namespace

SoundFeature sound_envelope(const Sound& sound, double step) {
  auto feature = mean_squares(sound, step);
  feature.values = feature.values.sqrt();
  return feature;
}

SoundFeature sound_power(const Sound& sound, double step) {
  auto feature = mean_squares(sound, step);
  feature.values = 10 * feature.values.clamp_min(1e-12).log10();
  return feature;
}

SoundFeature mel_spectrogram(const Sound& sound, int64_t bands, double step) {
  const MelOptions options{.bands = bands,
                           .rate = sound.rate,
                           .window = std::llround(spectrum_window * static_cast<double>(sound.rate)),
                           .hop = step_samples(sound, step),
                           .highest = static_cast<double>(sound.rate) / 2};
  if (sound.samples.numel() <= options.window / 2)
    bad_input("the sound has {:.3g} s, a window of its spectrum {} s", sound.seconds(), spectrum_window);
  const auto power = mel_power(sound.samples.unsqueeze(0), options)[0];  // bands x T
  SoundFeature feature{.values = power.clamp_min(1e-10).log10().t().contiguous(), .times = {}};
  for (int64_t frame = 0; frame < feature.values.size(0); ++frame)
    feature.times.push_back(static_cast<double>(frame * options.hop) / static_cast<double>(sound.rate));
  return feature;
}

}  // namespace arcuate
