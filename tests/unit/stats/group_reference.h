// What the tests of group statistics share: stored values, chains of random numbers, shares of significant worlds.
#pragma once
#include <ATen/ATen.h>

#include <cmath>
#include <vector>

#include "core/random.h"
#include "core/tensor.h"
#include "fixture.h"
#include "io/json.h"
#include "stats/alternative.h"
#include "stats/tfce.h"

namespace arcuate::test {

inline Json group_reference() { return read_json(source_path("reference/group_tests/group_tests.json")); }

/// null is NaN.
inline at::Tensor tensor_of(const Json& values) {
  std::vector<double> numbers;
  for (const auto& value : values) numbers.push_back(value.is_null() ? NAN : value.get<double>());
  return to_tensor(numbers);
}
inline at::Tensor rows_of(const Json& values, int64_t rows) { return tensor_of(values).view({rows, -1}); }

inline Alternative alternative_of(const Json& name) {
  return name == "two-sided" ? Alternative::two_sided : name == "greater" ? Alternative::greater : Alternative::less;
}

/// Of pairs of vertices.
inline Adjacency adjacency_of(const Json& edges, size_t vertices) {
  std::vector<std::vector<int32_t>> lists(vertices);
  for (const auto& edge : edges) {
    lists[edge[0].get<size_t>()].push_back(edge[1].get<int32_t>());
    lists[edge[1].get<size_t>()].push_back(edge[0].get<int32_t>());
  }
  Adjacency adjacency{.begin = {0}};
  for (const auto& list : lists) {
    adjacency.vertices.insert(adjacency.vertices.end(), list.begin(), list.end());
    adjacency.begin.push_back(std::ssize(adjacency.vertices));
  }
  return adjacency;
}

/// Autoregressive series of order one, each column by itself, unit variance: rows x columns.
inline at::Tensor autoregressive(int64_t rows, int64_t columns, double phi, uint64_t seed) {
  auto x = random_normals(rows, columns, seed);
  auto* value = x.data_ptr<double>();
  for (int64_t i = columns; i < rows * columns; ++i)
    value[i] = phi * value[i - columns] + std::sqrt(1 - phi * phi) * value[i];
  return x;
}

/// Whether the central 95 % of a binomial distribution of `worlds` trials with the probability `level` (normal
/// approximation) contain `found`.
inline testing::AssertionResult is_nominal(int64_t found, int64_t worlds, double level) {
  const double n = static_cast<double>(worlds), margin = 1.96 * std::sqrt(level * (1 - level) / n);
  const double share = static_cast<double>(found) / n;
  if (std::abs(share - level) <= margin) return testing::AssertionSuccess();
  return testing::AssertionFailure() << share << " of " << worlds << " worlds; " << level << " +- " << margin;
}

}  // namespace arcuate::test
