// Persistence diagrams, as many bars [birth, death) as there are features of a space, and numbers that sum one up.
//   lifetime l = death - birth,  p_i = l_i / sum l
//   persistence entropy          E = -sum p_i log p_i   (Atienza, Gonzalez-Diaz & Rucco 2017)
//   amplitude of degree q        (sum (l_i / 2)^q)^(1/q): the Wasserstein distance W_q to the empty diagram, p = inf
//   Betti curve                  b(t) = number of bars with birth <= t < death
//   landscape (Bubenik 2015)     k-th largest of max(0, l_i / 2 - |t - (birth_i + death_i) / 2|)
#pragma once
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace arcuate {

struct Bar {
  double birth = 0;
  double death = std::numeric_limits<double>::infinity();

  bool operator==(const Bar&) const = default;
  double lifetime() const { return death - birth; }
};

using Diagram = std::vector<Bar>;

/// Bars with two finite ends and a lifetime above 0.
Diagram finite_bars(const Diagram& diagram);
/// The same bars with infinite deaths put at `cap`; bars born at or after it vanish.
Diagram capped(const Diagram& diagram, double cap);

struct DiagramFeatures {
  size_t points = 0, infinite = 0;          ///< Bars that end, and bars that never do; the rest is of those that end.
  double total = 0, mean = 0, longest = 0;  ///< Of the lifetimes.
  double deviation = 0;                     ///< Standard deviation of the lifetimes, divided by N.
  double entropy = 0;                       ///< Persistence entropy in units of the base; 0 without bars.
  double entropy_of_count = 0;              ///< Entropy / log(number of bars), in [0, 1] (persim); NaN below two bars.
  double entropy_of_total = 0;              ///< Entropy / log(sum of lifetimes) (giotto-tda); NaN where that log is 0.
  double amplitude_1 = 0, amplitude_2 = 0;  ///< Of degree 1 and 2.
  double amplitude_inf = 0;                 ///< Half the longest lifetime: the bottleneck distance to nothing.
  double betti_l2 = 0;                      ///< L2 norm of the Betti curve, exact.
  double landscape_l2 = 0;                  ///< L2 norm of all layers of the landscape together, exact.
};

/// `base` of the logarithms. Mean, deviation and longest are 0 without bars.
DiagramFeatures diagram_features(const Diagram& diagram, double base = 2);

double persistence_entropy(const Diagram& diagram, double base = 2);
double amplitude(const Diagram& diagram, double degree);

/// The Betti curve at `times`; infinite bars count.
std::vector<double> betti_curve(const Diagram& diagram, std::span<const double> times);
/// L2 distance of two Betti curves, exact. Infinite bars must match in number and are left out.
double betti_distance(const Diagram& a, const Diagram& b);

/// layers x times: the largest `layers` tents at each time; finite bars only.
std::vector<std::vector<double>> landscape(const Diagram& diagram, size_t layers, std::span<const double> times);
/// sqrt(step · sum over layers and `count` times of (a - b)^2), on a grid over the finite bars of both.
double landscape_distance(const Diagram& a, const Diagram& b, size_t layers, size_t count);

}  // namespace arcuate
