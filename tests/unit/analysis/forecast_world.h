// A small world with a known answer: words with random states, a response that follows a word some way ahead.
#pragma once
#include <ATen/ATen.h>

#include <cmath>

#include "analysis/forecast.h"
#include "core/random.h"
#include "core/tensor.h"

namespace arcuate::test {

struct WorldOptions {
  int64_t words = 240;
  int64_t width = 4;
  double memory = 0.3;  ///< Autocorrelation of the states from word to word.
  int64_t targets = 20;
  double noise = 1;         ///< Standard deviation beside a signal of 1.
  double noise_memory = 0;  ///< Autocorrelation of the noise from volume to volume.
  uint64_t seed = 1;
};

/// AR(1) rows of variance 1.
inline at::Tensor autocorrelated(int64_t rows, int64_t columns, double memory, uint64_t seed) {
  auto x = random_normals(rows, columns, seed);
  for (int64_t n = 1; n < rows; ++n) x[n] = memory * x[n - 1] + std::sqrt(1 - memory * memory) * x[n];
  return x;
}

/// One word a volume, in its middle: distances are then told apart without the blur of volumes.
inline ForecastTiming word_a_volume(int64_t words) {
  ForecastTiming timing{.words = {{0, words}}, .times = {}, .volumes = {{0, words}}, .centres = {}, .tr = 1};
  for (int64_t n = 0; n < words; ++n) timing.times.push_back(static_cast<double>(n));
  timing.centres = timing.times;
  return timing;
}

/// Every target mixes the columns of `signal` (T x anything) with weights of its own, to variance 1, and adds noise.
inline at::Tensor responses_to(const at::Tensor& signal, const WorldOptions& options) {
  const auto weights = random_normals(signal.size(1), options.targets, derive_seed(options.seed, "weights"));
  const auto mixed = signal.mm(weights);
  const auto noise =
      autocorrelated(signal.size(0), options.targets, options.noise_memory, derive_seed(options.seed, "noise"));
  return mixed / mixed.std(0, true) + options.noise * noise;
}

inline ForecastOptions plain_options(int64_t window, int64_t components) {
  return {.windows = {.window = window, .components = components},
          .align = {.method = AlignMethod::sum},
          .delays = {0},
          .ridge = {.penalties = {0.1, 10, 1000}, .standardize = Standardize::features, .type = at::kDouble}};
}

inline std::vector<RidgeSplit> splits_of(const ForecastTiming& timing, int64_t folds = 4, int64_t gap = 2) {
  const auto rows = all_rows(static_cast<int64_t>(timing.centres.size()));
  return nested_splits(contiguous_folds(rows, timing.volumes, folds, gap), timing.volumes, 3, gap);
}

inline std::vector<FutureWindow> windows_at(const std::vector<int64_t>& distances) {
  std::vector<FutureWindow> windows;
  for (const auto distance : distances) windows.push_back({.distance = distance});
  return windows;
}

inline std::vector<int64_t> from_to(int64_t first, int64_t last) {
  std::vector<int64_t> numbers;
  for (int64_t i = first; i <= last; ++i) numbers.push_back(i);
  return numbers;
}

}  // namespace arcuate::test
