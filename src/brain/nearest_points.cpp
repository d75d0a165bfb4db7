#include "brain/nearest_points.h"

#include <ATen/ATen.h>

#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include "core/error.h"

namespace arcuate {
namespace {

using Point = std::array<double, 3>;
using Cube = std::array<int64_t, 3>;

constexpr double infinite = std::numeric_limits<double>::infinity();

std::vector<Point> points_of(const at::Tensor& tensor) {
  const auto exact = tensor.to(at::kDouble).contiguous();
  const auto* number = exact.data_ptr<double>();
  std::vector<Point> points(static_cast<size_t>(exact.size(0)));
  for (auto& [x, y, z] : points) x = *number++, y = *number++, z = *number++;
  return points;
}

// Points by the cubes that they lie in; within a cube by their numbers.
class Cubes {
 public:
  Cubes(const std::vector<Point>& points, double edge) : points_(points), edge_(edge) {
    for (size_t i = 0; i < points.size(); ++i) in_[cube_of(points[i])].push_back(i);
  }

  std::pair<int64_t, double> nearest(const Point& query, double within) const {
    const auto [x, y, z] = cube_of(query);
    std::pair<int64_t, double> best{-1, infinite};
    for (int64_t i = x - 1; i <= x + 1; ++i)
      for (int64_t j = y - 1; j <= y + 1; ++j) {
        // Cubes with the same x and y lie side by side in the map.
        const auto end = in_.upper_bound({i, j, z + 1});
        for (auto cube = in_.lower_bound({i, j, z - 1}); cube != end; ++cube)
          for (const size_t p : cube->second) compare(query, p, within, best);
      }
    return best;
  }

 private:
  Cube cube_of(const Point& p) const {
    const auto along = [&](size_t k) { return static_cast<int64_t>(std::floor(p[k] / edge_)); };
    return {along(0), along(1), along(2)};
  }
  void compare(const Point& query, size_t p, double within, std::pair<int64_t, double>& best) const {
    const auto& q = points_[p];
    const double distance = std::hypot(query[0] - q[0], query[1] - q[1], query[2] - q[2]);
    const auto index = static_cast<int64_t>(p);
    if (distance <= within && (distance < best.second || (distance == best.second && index < best.first)))
      best = {index, distance};
  }

  const std::vector<Point>& points_;
  double edge_;
  std::map<Cube, std::vector<size_t>> in_{};
};

}  // namespace

NearestPoints nearest_points(const at::Tensor& points, const at::Tensor& queries, double within) {
  if (!(within > 0) || !std::isfinite(within)) bad_usage("a distance is above 0 mm, not {}", within);
  const auto all = points_of(points), asked = points_of(queries);
  const Cubes cubes(all, within);
  NearestPoints found{at::empty({queries.size(0)}, at::kLong), at::empty({queries.size(0)}, at::kDouble)};
  for (size_t i = 0; i < asked.size(); ++i)
    std::tie(found.index.data_ptr<int64_t>()[i], found.distance.data_ptr<double>()[i]) =
        cubes.nearest(asked[i], within);
  return found;
}

}  // namespace arcuate
