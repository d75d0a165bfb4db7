#include "topology/diagram_distance.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace arcuate {

double ground_distance(const Bar& x, const Bar& y, double ground) {
  const double a = std::abs(x.birth - y.birth), b = std::abs(x.death - y.death);
  if (std::isinf(ground)) return std::max(a, b);
  if (ground == 1) return a + b;
  if (ground == 2) return std::hypot(a, b);
  const double larger = std::max(a, b);
  return larger == 0 ? 0 : larger * std::pow(1 + std::pow(std::min(a, b) / larger, ground), 1 / ground);
}

double diagonal_distance(const Bar& x, double ground) {
  return x.lifetime() * (std::isinf(ground) ? 0.5 : std::exp2(1 / ground - 1));
}

// The finite ends of the bars whose other ends are infinite as told, sorted; 0 for those without a finite end.
static std::vector<double> ends(const Diagram& diagram, bool endless_birth, bool endless_death) {
  std::vector<double> values;
  for (const Bar& bar : diagram)
    if (std::isinf(bar.birth) == endless_birth && std::isinf(bar.death) == endless_death)
      values.push_back(!endless_birth ? bar.birth : !endless_death ? bar.death : 0);
  std::sort(values.begin(), values.end());
  return values;
}

std::vector<double> endless_differences(const Diagram& a, const Diagram& b) {
  std::vector<double> differences;
  for (const auto& [birth, death] : {std::pair(false, true), std::pair(true, false), std::pair(true, true)}) {
    const auto x = ends(a, birth, death), y = ends(b, birth, death);
    if (x.size() != y.size()) return {std::numeric_limits<double>::infinity()};
    for (size_t i = 0; i < x.size(); ++i) differences.push_back(std::abs(x[i] - y[i]));
  }
  return differences;
}

double diagram_distance(const Diagram& a, const Diagram& b, const DiagramDistanceOptions& options) {
  if (!(options.degree >= 1))
    bad_usage("the degree q of a Wasserstein distance is at least 1, found {}", options.degree);
  if (!(options.ground >= 1)) bad_usage("the ground norm p is at least 1, found {}", options.ground);
  return std::isinf(options.degree) ? bottleneck_distance(a, b, options.ground)
                                    : wasserstein_distance(a, b, options.degree, options.ground);
}

}  // namespace arcuate
