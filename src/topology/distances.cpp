#include "topology/distances.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/error.h"
#include "core/parallel.h"

namespace arcuate {

constexpr float infinity = std::numeric_limits<float>::infinity();

int64_t SparseDistances::pairs() const {
  size_t entries = 0;
  for (const auto& list : neighbours) entries += list.size();
  return static_cast<int64_t>(entries / 2);
}

size_t SparseDistances::bytes() const {
  return neighbours.size() * sizeof(neighbours[0]) + 2 * static_cast<size_t>(pairs()) * sizeof(Neighbour);
}

float SparseDistances::operator()(int64_t i, int64_t j) const {
  if (i == j) return 0;
  const auto& list = neighbours[static_cast<size_t>(i)];
  const auto found =
      std::lower_bound(list.begin(), list.end(), j, [](const Neighbour& a, int64_t point) { return a.point < point; });
  return found != list.end() && found->point == j ? found->distance : infinity;
}

static void check_points(std::span<const double> coordinates, int64_t points) {
  if (points < 1 || coordinates.empty() || coordinates.size() % static_cast<size_t>(points) != 0)
    bad_input("a cloud needs at least one point and one coordinate, found {} numbers for {} points", coordinates.size(),
              points);
  const size_t width = coordinates.size() / static_cast<size_t>(points);
  Problems problems("coordinates must be finite");
  for (size_t i = 0; i < coordinates.size(); ++i)
    if (!std::isfinite(coordinates[i]))
      problems.add("point {}, coordinate {} is {} (counted from 0)", i / width, i % width, coordinates[i]);
  problems.raise();
}

// Each point on the unit sphere, for correlation after its mean is taken off.
static std::vector<double> unit_points(std::span<const double> coordinates, size_t width, bool centred) {
  std::vector<double> unit(coordinates.begin(), coordinates.end());
  Problems problems(centred ? "a correlation needs points that are not constant"
                            : "a cosine needs points that are not zero");
  for (size_t first = 0; first < unit.size(); first += width) {
    const std::span<double> point(unit.data() + first, width);
    const auto [low, high] = std::minmax_element(point.begin(), point.end());
    double mean = 0, square = 0;
    const bool flat = centred ? *low == *high : *low == 0 && *high == 0;
    if (flat) problems.add("point {} (counted from 0) is {}", first / width, centred ? "constant" : "zero");
    for (const double x : point) mean += x / static_cast<double>(width);
    for (double& x : point) x -= centred ? mean : 0;
    for (const double x : point) square += x * x;
    for (double& x : point) x /= std::sqrt(square);
  }
  problems.raise();
  return unit;
}

template <class Number>
static float euclidean(std::span<const double> x, std::span<const double> y) {
  Number square = 0;
  for (size_t k = 0; k < x.size(); ++k) {
    const Number step = static_cast<Number>(x[k]) - static_cast<Number>(y[k]);
    square += step * step;
  }
  return static_cast<float>(std::sqrt(square));
}

LowerDistances distances_of_points(std::span<const double> coordinates, int64_t points, const CloudOptions& options) {
  check_points(coordinates, points);
  const size_t width = coordinates.size() / static_cast<size_t>(points);
  std::vector<double> unit;
  if (options.metric != Metric::euclidean) {
    unit = unit_points(coordinates, width, options.metric == Metric::correlation);
    coordinates = unit;
  }
  const bool single = options.like_ripser && options.metric == Metric::euclidean;
  const auto distance = single ? euclidean<float> : euclidean<double>;
  LowerDistances result{.points = points, .values = std::vector<float>(static_cast<size_t>(points * (points - 1) / 2))};
  parallel_for(points, options.threads, [&](int64_t row) {
    const auto i = static_cast<size_t>(row);
    for (size_t j = 0; j < i; ++j)
      result.values[i * (i - 1) / 2 + j] =
          distance(coordinates.subspan(i * width, width), coordinates.subspan(j * width, width));
  });
  return result;
}

SparseDistances sparse_distances(const LowerDistances& distances, float threshold) {
  SparseDistances sparse{.neighbours = std::vector<std::vector<Neighbour>>(static_cast<size_t>(distances.points))};
  const auto* value = distances.values.data();
  // Row by row, so that every list grows in the order of its points.
  for (int32_t i = 0; i < distances.points; ++i)
    for (int32_t j = 0; j < i; ++j)
      if (const float d = *value++; d <= threshold && d < infinity) {
        sparse.neighbours[static_cast<size_t>(i)].push_back({j, d});
        sparse.neighbours[static_cast<size_t>(j)].push_back({i, d});
      }
  return sparse;
}

DistanceRange distance_range(const LowerDistances& distances) {
  float smallest = infinity, largest = -infinity;
  for (const float d : distances.values) {
    if (d == infinity) continue;
    smallest = std::min(smallest, d);
    largest = std::max(largest, d);
  }
  return smallest <= largest ? DistanceRange{smallest, largest} : DistanceRange{};
}

float enclosing_radius(const LowerDistances& distances) {
  std::vector<float> farthest(static_cast<size_t>(distances.points), 0);
  const auto* value = distances.values.data();
  for (size_t i = 0; i < farthest.size(); ++i)
    for (size_t j = 0; j < i; ++j) {
      const float d = *value++;
      farthest[i] = std::max(farthest[i], d);
      farthest[j] = std::max(farthest[j], d);
    }
  return farthest.empty() ? 0 : *std::min_element(farthest.begin(), farthest.end());
}

}  // namespace arcuate
