// The parts of a forward pass that arcuate has of its own, next to the tensor library's: linear maps (by tiles, where
// the processor has them) and GELU; and the products of packed factors that ridge regression scores penalties with.
#include "core/tile_product.h"
#include "encode/packed_product.h"
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

// The left factor is packed once for many products, as U' is for all blocks of targets.
void packed(benchmark::State& state, ridge::Packing packing) {
  if (!ridge::can_pack(packing)) return state.SkipWithError("this processor has no such units");
  constexpr int64_t rows = 1600, inner = 1600, columns = 480;
  const auto right = normals(inner, columns, 2);
  const ridge::PackedRows left(normals(rows, inner, 1), packing);
  for (auto _ : state)
    benchmark::DoNotOptimize(ridge::multiply(left, rows, ridge::PackedColumns(right, nullptr, packing)));
  state.counters["FLOP/s"] = rate(2 * rows * inner * columns);
}
BENCHMARK_CAPTURE(packed, vectors_f32, ridge::Packing::vectors_f32)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(packed, vectors_bf16, ridge::Packing::vectors_bf16)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(packed, tiles_f32, ridge::Packing::tiles_f32)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(packed, tiles_bf16, ridge::Packing::tiles_bf16)->Unit(benchmark::kMillisecond);

void packed_sgemm(benchmark::State& state) {
  const auto left = normals(1600, 1600, 1), right = normals(1600, 480, 2);
  for (auto _ : state) benchmark::DoNotOptimize(left.mm(right));
  state.counters["FLOP/s"] = rate(2 * left.numel() * right.size(1));
}
BENCHMARK(packed_sgemm)->Unit(benchmark::kMillisecond);

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
