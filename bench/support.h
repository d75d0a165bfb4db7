// What the benchmarks share: seeded arrays and how a case is registered.
#pragma once
#include <ATen/ATen.h>
#include <benchmark/benchmark.h>

#include <cstdint>

#include "core/random.h"

namespace arcuate::bench {

/// Standard normal float32 numbers from a seed.
inline at::Tensor normals(int64_t rows, int64_t columns, uint64_t seed) {
  auto values = at::empty({rows, columns}, at::kFloat);
  Random random(seed);
  for (float *value = values.data_ptr<float>(), *end = value + values.numel(); value != end; ++value)
    *value = static_cast<float>(random.normal());
  return values;
}

/// Every case runs with one thread and with two; "CPU" is that of all threads, rates are per second of the clock.
inline void with_threads(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();
}

/// A rate of `per_call` things, one call an iteration.
inline benchmark::Counter rate(int64_t per_call) {
  return {static_cast<double>(per_call), benchmark::Counter::kIsIterationInvariantRate};
}

}  // namespace arcuate::bench
