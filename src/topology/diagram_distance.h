// Distances between persistence diagrams, exact. Points are matched with points or with the diagonal:
//   W_{q,p}(A, B) = min over matchings (sum ||x - y||_p^q)^(1/q),   to the diagonal: (death - birth) 2^(1/p - 1)
//   bottleneck    = min over matchings max ||x - y||_p              (q = infinity)
// in the notation of Kerber, Morozov & Nigmetov, "Geometry helps to compare persistence diagrams" (2017). Bars that are
// infinite on the same side are matched among themselves in their order; where their numbers differ, the distance is
// infinite.
#pragma once
#include <limits>

#include "topology/diagram.h"

namespace arcuate {

struct DiagramDistanceOptions {
  double degree = 2;                                        ///< q, at least 1; infinity: the bottleneck distance.
  double ground = std::numeric_limits<double>::infinity();  ///< p, at least 1.
};

/// Errors: usage, for q or p below 1.
double diagram_distance(const Diagram& a, const Diagram& b, const DiagramDistanceOptions& options = {});

/// q = 1, 2, …; `ground` as above.
double wasserstein_distance(const Diagram& a, const Diagram& b, double degree, double ground);
double bottleneck_distance(const Diagram& a, const Diagram& b, double ground = std::numeric_limits<double>::infinity());

/// ||x - y||_p of two bars, and of a bar and its nearest point on the diagonal.
double ground_distance(const Bar& x, const Bar& y, double ground);
double diagonal_distance(const Bar& x, double ground);

/// |x - y| for every pair of bars that never end or never begin, each class in its order; an infinite one where the
/// numbers of a class differ.
std::vector<double> endless_differences(const Diagram& a, const Diagram& b);

}  // namespace arcuate
