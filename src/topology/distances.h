// Distances between points, as a Vietoris-Rips filtration reads them: all pairs below the diagonal, or only those below
// a threshold. Stored as float32, the precision of Ripser's barcodes.
//   euclidean    |x - y|
//   cosine       sqrt(2 (1 - cos(x, y))): the euclidean distance of x / |x| and y / |y|
//   correlation  sqrt(2 (1 - r(x, y))): the same after each point's own mean is taken off
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace arcuate {

/// All distances of n points: d(1,0), d(2,0), d(2,1), d(3,0), …
struct LowerDistances {
  int64_t points = 0;
  std::vector<float> values{};  ///< n (n - 1) / 2

  size_t bytes() const { return values.size() * sizeof(float); }
  float operator()(int64_t i, int64_t j) const {
    if (i == j) return 0;
    return i > j ? values[static_cast<size_t>(i * (i - 1) / 2 + j)] : values[static_cast<size_t>(j * (j - 1) / 2 + i)];
  }
};

struct Neighbour {
  int32_t point = 0;
  float distance = 0;
};

/// The distances that are known; all others are infinite.
struct SparseDistances {
  std::vector<std::vector<Neighbour>> neighbours{};  ///< Of each point, sorted by point; every pair stands twice.

  int64_t points() const { return static_cast<int64_t>(neighbours.size()); }
  int64_t pairs() const;
  size_t bytes() const;
  float operator()(int64_t i, int64_t j) const;  ///< Infinite when it is not known.
};

enum class Metric { euclidean, cosine, correlation };

struct CloudOptions {
  Metric metric = Metric::euclidean;
  bool like_ripser = false;  ///< Euclidean: coordinates and sums in float32, so that every printed digit is Ripser's.
  int threads = 1;           ///< The result does not depend on it.
};

/// coordinates: n x d, a row a point; sums in float64 unless told otherwise. Errors: input, naming every point with a
/// NaN or infinite coordinate and, for cosine and correlation, every point that is zero or constant.
LowerDistances distances_of_points(std::span<const double> coordinates, int64_t points, const CloudOptions& options);

/// The pairs at most `threshold` apart.
SparseDistances sparse_distances(const LowerDistances& distances, float threshold);

struct DistanceRange {
  float smallest = 0, largest = 0;  ///< Over pairs at finite distance; 0 when there are none.
};
DistanceRange distance_range(const LowerDistances& distances);

/// The smallest radius of a ball around a point that holds all points. Beyond it the complex is a cone, so nothing is
/// born or dies there.
float enclosing_radius(const LowerDistances& distances);

}  // namespace arcuate
