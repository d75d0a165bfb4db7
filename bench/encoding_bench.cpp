// Nested cross-validated ridge of synthetic data: the size of a small story study and that of a large one.
#include "encode/ridge.h"
#include "support.h"

namespace arcuate::bench {
namespace {

struct Size {
  int64_t rows, features, targets, outer, inner;
  const char* penalties;
};

constexpr Size small{.rows = 362, .features = 640, .targets = 168, .outer = 6, .inner = 5, .penalties = "log:-1:9:11"};
constexpr Size large{.rows = 2000, .features = 3840, .targets = 2000, .outer = 4, .inner = 5, .penalties = "log:1:7:7"};

// Responses: a signal from 20 features, and as much noise as makes targets differ in their best penalty.
RidgeProblem problem_of(const Size& size) {
  constexpr int64_t carriers = 20;
  const auto x = normals(size.rows, size.features, 5);
  const auto signal = x.slice(1, 0, carriers).mm(normals(carriers, size.targets, 6));
  const auto loudness = at::linspace(1, 20, size.targets, at::kFloat);
  return {.bands = {x}, .responses = signal + loudness * normals(size.rows, size.targets, 7)};
}

void ridge(benchmark::State& state, const Size& size) {
  const auto problem = problem_of(size);
  const auto rows = all_rows(size.rows);
  const std::vector<RowRange> story{{0, size.rows}};
  const auto splits = nested_splits(contiguous_folds(rows, story, size.outer, 0), story, size.inner, 0);
  const RidgeOptions options{.penalties = parse_penalties(size.penalties)};
  const Compute compute{.threads = static_cast<int>(state.range(0))};
  RidgeResult result;
  for (auto _ : state) result = ridge_cross_validated(problem, splits, options, compute);
  state.counters["targets/s"] = rate(size.targets);
}

BENCHMARK_CAPTURE(ridge, 362x640x168, small)->Apply(with_threads);
BENCHMARK_CAPTURE(ridge, 2000x3840x2000, large)->Apply(with_threads);

}  // namespace
}  // namespace arcuate::bench
