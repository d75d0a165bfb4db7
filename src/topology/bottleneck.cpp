// The bottleneck distance between diagrams: bisection over all distances that it can be, each tried by a matching.
#include <algorithm>
#include <vector>

#include "topology/assignment.h"
#include "topology/diagram_distance.h"

namespace arcuate {
namespace {

// Whether the bars of `a` that are farther than `radius` from the diagonal can be matched with bars of `b` within it.
bool can_serve(const Diagram& a, const Diagram& b, double radius, double ground) {
  SparseCosts near{.columns = b.size()};
  for (const Bar& x : a) {
    if (diagonal_distance(x, ground) <= radius) continue;
    for (size_t j = 0; j < b.size(); ++j)
      if (ground_distance(x, b[j], ground) <= radius) near.pairs.push_back({static_cast<int32_t>(j), 0});
    near.ends.push_back(near.pairs.size());
  }
  return can_match_all_rows(near);
}

// A matching that serves the far bars of a and one that serves those of b combine to one that serves both (Mendelsohn &
// Dulmage 1958), and all others go to the diagonal.
bool is_reachable(const Diagram& a, const Diagram& b, double radius, double ground) {
  return can_serve(a, b, radius, ground) && can_serve(b, a, radius, ground);
}

// The distance is no less than what any bar needs alone, and no more than if all go to the diagonal.
std::vector<double> candidates(const Diagram& a, const Diagram& b, double ground) {
  double least = 0, most = 0;
  const auto bound = [&](const Diagram& from, const Diagram& to) {
    for (const Bar& x : from) {
      double nearest = diagonal_distance(x, ground);
      most = std::max(most, nearest);
      for (const Bar& y : to) nearest = std::min(nearest, ground_distance(x, y, ground));
      least = std::max(least, nearest);
    }
  };
  bound(a, b);
  bound(b, a);
  std::vector<double> values{least, most};
  const auto add = [&](double d) {
    if (d > least && d < most) values.push_back(d);
  };
  for (const Bar& x : a)
    for (const Bar& y : b) add(ground_distance(x, y, ground));
  for (const auto* diagram : {&a, &b})
    for (const Bar& x : *diagram) add(diagonal_distance(x, ground));
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

}  // namespace

double bottleneck_distance(const Diagram& first, const Diagram& second, double ground) {
  const auto a = finite_bars(first), b = finite_bars(second);
  double distance = 0;
  for (const double d : endless_differences(first, second)) distance = std::max(distance, d);
  if (distance == std::numeric_limits<double>::infinity()) return distance;
  const auto values = candidates(a, b, ground);
  const auto found = std::partition_point(values.begin(), values.end(),
                                          [&](double radius) { return !is_reachable(a, b, radius, ground); });
  return std::max(distance, *found);
}

}  // namespace arcuate
