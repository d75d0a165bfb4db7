#include "topology/rips_size.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "topology/simplices.h"

namespace arcuate {

constexpr float largest_finite = std::numeric_limits<float>::max();

size_t lower_distance_bytes(int64_t points) { return static_cast<size_t>(points * (points - 1) / 2) * sizeof(float); }

template <class Visit>
static void for_each_edge(const LowerDistances& distances, float threshold, Visit visit) {
  const auto* d = distances.values.data();
  for (size_t i = 0; i < static_cast<size_t>(distances.points); ++i)
    for (size_t j = 0; j < i; ++j)
      if (*d++ <= threshold) visit(i, j);
}

template <class Visit>
static void for_each_edge(const SparseDistances& distances, float threshold, Visit visit) {
  for (size_t i = 0; i < distances.neighbours.size(); ++i)
    for (const auto& [j, d] : distances.neighbours[i])
      if (static_cast<size_t>(j) < i && d <= threshold) visit(i, static_cast<size_t>(j));
}

// Row i has a bit for each neighbour below i, so that rows i and j share one bit for each triangle i > j > k.
template <class Distances>
static double count_triangles(const Distances& distances, float threshold, size_t points) {
  const size_t words = points / 64 + 1;
  std::vector<uint64_t> bits(words * points);
  for_each_edge(distances, threshold, [&](size_t i, size_t j) { bits[i * words + j / 64] |= uint64_t{1} << (j % 64); });
  int64_t count = 0;
  for_each_edge(distances, threshold, [&](size_t i, size_t j) {
    for (size_t w = 0; w <= j / 64; ++w) count += std::popcount(bits[i * words + w] & bits[j * words + w]);
  });
  return static_cast<double>(count);
}

static double real_binomial(double x, int k) {
  double value = 1;
  for (int i = 0; i < k; ++i) value *= (x - i) / (i + 1);
  return value;
}

// The most simplices of k + 1 vertices in a complex with `count` simplices of k vertices.
static double most_cofacets(double count, int k, int64_t points) {
  constexpr int halvings = 60;
  double low = k - 1, high = static_cast<double>(points);
  for (int step = 0; step < halvings; ++step) {
    const double middle = (low + high) / 2;
    (real_binomial(middle, k) < count ? low : high) = middle;
  }
  return std::max(0.0, real_binomial(high, k + 1));
}

template <class Distances>
static RipsSize size_of(const Distances& distances, int64_t points, float threshold, int dimension) {
  constexpr int64_t most_counted = 10'000;  // Points; counting triangles among more takes longer than is worth it.
  check_simplex_indices(points, dimension + 2);
  RipsSize size{.points = points};
  for_each_edge(distances, threshold, [&](size_t, size_t) { ++size.edges; });
  double kept = static_cast<double>(size.edges);
  size.simplices = dimension == 0 ? static_cast<double>(points) : kept;
  for (int d = 2; d <= dimension; ++d) {
    const bool counted = d == 2 && points <= most_counted;
    size.simplices = counted ? count_triangles(distances, threshold, static_cast<size_t>(points))
                             : most_cofacets(size.simplices, d, points);
    if (counted && d < dimension) kept += size.simplices;
  }
  size.least_bytes = static_cast<size_t>(kept * sizeof(Simplex)) + Binomials::bytes(points, dimension + 2);
  return size;
}

RipsSize rips_size(const LowerDistances& distances, const RipsOptions& options) {
  const float radius = enclosing_radius(distances), threshold = options.threshold.value_or(radius);
  auto size = size_of(distances, distances.points, std::min({threshold, radius, largest_finite}), options.dimension);
  size.least_bytes += distances.bytes();
  if (threshold < radius) size.least_bytes += 2 * static_cast<size_t>(size.edges) * sizeof(Neighbour);
  return size;
}

RipsSize rips_size(const SparseDistances& distances, const RipsOptions& options) {
  const float threshold = options.threshold.value_or(largest_finite);
  auto size = size_of(distances, distances.points(), threshold, options.dimension);
  size.least_bytes += distances.bytes();
  return size;
}

}  // namespace arcuate
