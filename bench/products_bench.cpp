// The parts of a forward pass that arcuate has of its own, next to the tensor library's: linear maps (by tiles, where
// the processor has them) and GELU.
#include "core/tile_product.h"
#include "model/activation.h"
#include "support.h"

namespace arcuate::bench {
namespace {

// Tokens, numbers of each before and after.
void shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"rows", "in", "out"})->Unit(benchmark::kMillisecond);
  benchmark->Args({750, 768, 3072})->Args({4096, 768, 3072})->Args({4096, 3072, 768});
}

template <class Product>
void multiply(benchmark::State& state, const Product& product) {
  const int64_t rows = state.range(0), in = state.range(1), out = state.range(2);
  const auto x = normals(rows, in, 1), weight = normals(out, in, 2), bias = normals(1, out, 3)[0];
  for (auto _ : state) benchmark::DoNotOptimize(product(x, weight, bias));
  state.counters["FLOP/s"] = rate(2 * rows * in * out);
}

void tiles(benchmark::State& state) {
  if (has_tile_units())
    multiply(state, tile_linear);
  else
    state.SkipWithError("this processor has no tile units");
}
void sgemm(benchmark::State& state) {
  multiply(state, [](const auto& x, const auto& weight, const auto& bias) { return at::linear(x, weight, bias); });
}
BENCHMARK(tiles)->Apply(shapes);
BENCHMARK(sgemm)->Apply(shapes);

template <class Function>
void activate_all(benchmark::State& state, const Function& function) {
  const auto x = normals(256, 3072, 1);
  for (auto _ : state) benchmark::DoNotOptimize(function(x));
  state.counters["elements/s"] = rate(x.numel());
}

void gelu_own(benchmark::State& state) {
  activate_all(state, [](const auto& x) { return activate(Activation::gelu_tanh, x); });
}
void gelu_library(benchmark::State& state) {
  activate_all(state, [](const auto& x) { return at::gelu(x, "tanh"); });
}
BENCHMARK(gelu_own);
BENCHMARK(gelu_library);

}  // namespace
}  // namespace arcuate::bench
