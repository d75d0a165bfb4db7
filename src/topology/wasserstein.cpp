// Wasserstein distances between diagrams, by an exact matching.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "topology/assignment.h"
#include "topology/diagram_distance.h"

namespace arcuate {
namespace {

// Distances are divided by the largest one before they are raised to the power q, which would overflow otherwise.
struct Costs {
  double degree = 2, ground = 0, scale = 1;

  double of(double distance) const { return std::pow(distance / scale, degree); }
  double pair(const Bar& x, const Bar& y) const { return of(ground_distance(x, y, ground)); }
  double alone(const Bar& x) const { return of(diagonal_distance(x, ground)); }
};

std::vector<double> costs_alone(const Diagram& bars, const Costs& costs) {
  std::vector<double> alone;
  for (const Bar& bar : bars) alone.push_back(costs.alone(bar));
  return alone;
}

// What a pair saves against both going to the diagonal; pairs that save nothing are left out, since they are in no
// cheapest matching that cannot do without them.
SparseCosts savings(const Diagram& a, const Diagram& b, const Costs& costs) {
  const auto x = costs_alone(a, costs), y = costs_alone(b, costs);
  SparseCosts sparse{.columns = b.size()};
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t j = 0; j < b.size(); ++j) {
      const double cost = costs.pair(a[i], b[j]) - x[i] - y[j];
      if (cost < 0) sparse.pairs.push_back({static_cast<int32_t>(j), cost});
    }
    sparse.ends.push_back(sparse.pairs.size());
  }
  return sparse;
}

double matched_cost(const Diagram& a, const Diagram& b, const Costs& costs) {
  const auto column_of = cheapest_matching(savings(a, b, costs));
  std::vector<bool> taken(b.size(), false);
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const int32_t j = column_of[i];
    sum += j < 0 ? costs.alone(a[i]) : costs.pair(a[i], b[static_cast<size_t>(j)]);
    if (j >= 0) taken[static_cast<size_t>(j)] = true;
  }
  for (size_t j = 0; j < b.size(); ++j) sum += taken[j] ? 0 : costs.alone(b[j]);
  return sum;
}

// Bars of one birth, as in dimension 0, lie on a line: a cheapest matching never crosses, so it is the cheapest
// alignment of the sorted deaths. Row by row: best[j] is the cost of the first bars of a and the first j of b.
double aligned_cost(Diagram a, Diagram b, const Costs& costs) {
  const auto by_death = [](const Bar& x, const Bar& y) { return x.death < y.death; };
  std::sort(a.begin(), a.end(), by_death);
  std::sort(b.begin(), b.end(), by_death);
  const auto gap = costs_alone(b, costs);
  std::vector<double> best(b.size() + 1, 0);
  std::partial_sum(gap.begin(), gap.end(), best.begin() + 1);
  for (const Bar& bar : a) {
    const double alone = costs.alone(bar);
    double diagonal = best[0];
    best[0] += alone;
    for (size_t j = 0; j < b.size(); ++j) {
      const double matched = diagonal + costs.pair(bar, b[j]);
      diagonal = best[j + 1];
      best[j + 1] = std::min({matched, diagonal + alone, best[j] + gap[j]});
    }
  }
  return best.back();
}

bool share_one_birth(const Diagram& a, const Diagram& b) {
  const double birth = a.front().birth;
  const auto same = [=](const Bar& bar) { return bar.birth == birth; };
  return std::all_of(a.begin(), a.end(), same) && std::all_of(b.begin(), b.end(), same);
}

}  // namespace

double wasserstein_distance(const Diagram& first, const Diagram& second, double degree, double ground) {
  auto a = finite_bars(first), b = finite_bars(second);
  const auto differences = endless_differences(first, second);
  if (a.size() > b.size()) a.swap(b);
  Costs costs{.degree = degree, .ground = ground, .scale = 0};
  for (const double d : differences) costs.scale = std::max(costs.scale, d);
  for (const auto* diagram : {&a, &b})
    for (const Bar& bar : *diagram) costs.scale = std::max(costs.scale, diagonal_distance(bar, ground));
  if (costs.scale == 0 || std::isinf(costs.scale)) return costs.scale;
  double sum = 0;
  for (const double d : differences) sum += costs.of(d);
  if (a.empty())
    for (const Bar& bar : b) sum += costs.alone(bar);
  else
    sum += share_one_birth(a, b) ? aligned_cost(a, b, costs) : matched_cost(a, b, costs);
  return costs.scale * std::pow(sum, 1 / degree);
}

}  // namespace arcuate
