// Word features to volumes: Lanczos from 20,000 words x 768 features to 3,000 volumes, and four delays of the result.
// One layer is aligned by one thread; the program is parallel over layers, so a call here aligns two layers.
#include <algorithm>
#include <vector>

#include "core/parallel.h"
#include "encode/align.h"
#include "encode/delays.h"
#include "support.h"

namespace arcuate::bench {
namespace {

constexpr int64_t words = 20000, features = 768, volumes = 3000, layers = 2;
constexpr double tr = 2.0;

std::vector<double> word_times() {
  std::vector<double> times;
  Random random(2);
  for (int64_t i = 0; i < words; ++i) times.push_back(random.uniform() * tr * volumes);
  std::sort(times.begin(), times.end());
  return times;
}

std::vector<double> volume_centres() {
  std::vector<double> centres;
  for (int64_t i = 0; i < volumes; ++i) centres.push_back(tr * (static_cast<double>(i) + 0.5));
  return centres;
}

template <class Design>
void each_layer(benchmark::State& state, Design design) {
  std::vector<at::Tensor> results(layers);
  for (auto _ : state)
    parallel_for(layers, static_cast<int>(state.range(0)), [&](int64_t layer) { results[layer] = design(); });
  state.counters["layers/s"] = rate(layers);
}

void lanczos(benchmark::State& state) {
  const auto values = normals(words, features, 3);
  const auto times = word_times(), centres = volume_centres();
  each_layer(state, [&] { return align(values, times, centres, tr, {}); });
}

void four_delays(benchmark::State& state) {
  const auto aligned = normals(volumes, features, 4).to(at::kDouble);
  const std::vector<int64_t> delays{1, 2, 3, 4};
  const std::vector<RowRange> story{{0, volumes}};
  each_layer(state, [&] { return delayed(aligned, delays, story); });
}

BENCHMARK(lanczos)->Apply(with_threads);
BENCHMARK(four_delays)->Apply(with_threads);

}  // namespace
}  // namespace arcuate::bench
