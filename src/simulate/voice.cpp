#include "simulate/voice.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/random.h"

namespace arcuate {

// Eight harmonics that fall off as 1/k, tilted by a word's own colour; a syllable swells and fades.
static void add_word(const Word& word, const VoiceOptions& options, Random& random, float* samples, int64_t count) {
  const double loudness = 0.1 * (0.7 + 0.6 * random.uniform()), pitch = options.pitch * (0.9 + 0.2 * random.uniform());
  const double colour = 0.5 + random.uniform();
  const auto rate = static_cast<double>(options.rate);
  const auto first = static_cast<int64_t>(word.onset * rate),
             last = std::min(count, static_cast<int64_t>(word.offset * rate));
  for (int64_t i = first; i < last; ++i) {
    const double t = static_cast<double>(i - first) / rate;
    double wave = 0;
    for (int k = 1; k <= 8; ++k) wave += std::sin(2 * std::numbers::pi * pitch * k * t) / std::pow(k, colour);
    const double swell = std::abs(std::sin(std::numbers::pi * t / options.syllable));
    samples[i] += static_cast<float>(loudness * swell * wave);
  }
}

at::Tensor speak_aloud(const std::vector<Word>& words, const VoiceOptions& options) {
  const auto count = static_cast<int64_t>((words.back().offset + 2) * static_cast<double>(options.rate));
  auto samples = at::empty({count}, at::kFloat);
  auto* sample = samples.data_ptr<float>();
  Random random(options.seed);
  for (int64_t i = 0; i < count; ++i) sample[i] = static_cast<float>(options.background * (2 * random.uniform() - 1));
  for (const auto& word : words) add_word(word, options, random, sample, count);
  return samples.clamp_(-1, 1);
}

at::Tensor power_over_time(const at::Tensor& samples, int64_t rate, double seconds) {
  const auto step = static_cast<int64_t>(static_cast<double>(rate) * seconds);
  const int64_t steps = samples.size(0) / step;
  const auto power = samples.slice(0, 0, steps * step).to(at::kDouble).view({steps, step}).square().mean(1);
  return 10 * (power + 1e-12).log10();
}

}  // namespace arcuate
