#include "topology/diagram.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/error.h"

namespace arcuate {

Diagram finite_bars(const Diagram& diagram) {
  Diagram finite;
  std::copy_if(diagram.begin(), diagram.end(), std::back_inserter(finite), [](const Bar& bar) {
    return std::isfinite(bar.birth) && std::isfinite(bar.death) && bar.death > bar.birth;
  });
  return finite;
}

Diagram capped(const Diagram& diagram, double cap) {
  Diagram result;
  for (Bar bar : diagram) {
    if (std::isinf(bar.death)) bar.death = cap;
    if (bar.birth < bar.death) result.push_back(bar);
  }
  return result;
}

double persistence_entropy(const Diagram& diagram, double base) {
  const auto bars = finite_bars(diagram);
  double total = 0, entropy = 0;
  for (const Bar& bar : bars) total += bar.lifetime();
  for (const Bar& bar : bars) entropy -= bar.lifetime() / total * std::log(bar.lifetime() / total);
  return entropy / std::log(base);
}

double amplitude(const Diagram& diagram, double degree) {
  const auto bars = finite_bars(diagram);
  double longest = 0, sum = 0;
  for (const Bar& bar : bars) longest = std::max(longest, bar.lifetime() / 2);
  if (std::isinf(degree) || longest == 0) return longest;
  for (const Bar& bar : bars) sum += std::pow(bar.lifetime() / 2 / longest, degree);
  return longest * std::pow(sum, 1 / degree);
}

// Steps of the Betti curve of `sign` times the diagram: a time and by how much the curve changes there.
static void add_steps(const Diagram& bars, double sign, std::vector<std::pair<double, double>>& steps) {
  for (const Bar& bar : bars) {
    steps.emplace_back(bar.birth, sign);
    steps.emplace_back(bar.death, -sign);
  }
}

static double step_norm(std::vector<std::pair<double, double>> steps) {
  std::sort(steps.begin(), steps.end());
  double level = 0, square = 0;
  for (size_t i = 0; i + 1 < steps.size(); ++i) {
    level += steps[i].second;
    square += level * level * (steps[i + 1].first - steps[i].first);
  }
  return std::sqrt(square);
}

static size_t endless(const Diagram& diagram) {
  return static_cast<size_t>(std::count_if(
      diagram.begin(), diagram.end(), [](const Bar& bar) { return std::isinf(bar.death) || std::isinf(bar.birth); }));
}

double betti_distance(const Diagram& a, const Diagram& b) {
  if (endless(a) != endless(b)) return std::numeric_limits<double>::infinity();
  std::vector<std::pair<double, double>> steps;
  add_steps(finite_bars(a), 1, steps);
  add_steps(finite_bars(b), -1, steps);
  return step_norm(std::move(steps));
}

// The layers of a landscape at one time are its tents in descending order, so their squares sum to those of the tents:
// each tent of height l / 2 adds l^3 / 12 to the integral.
static double landscape_norm(const Diagram& bars) {
  double square = 0;
  for (const Bar& bar : bars) square += std::pow(bar.lifetime(), 3) / 12;
  return std::sqrt(square);
}

DiagramFeatures diagram_features(const Diagram& diagram, double base) {
  constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
  const auto bars = finite_bars(diagram);
  DiagramFeatures f{.points = bars.size(), .infinite = endless(diagram)};
  const auto count = static_cast<double>(bars.size());
  for (const Bar& bar : bars) f.total += bar.lifetime();
  f.mean = bars.empty() ? 0 : f.total / count;
  for (const Bar& bar : bars) f.deviation += std::pow(bar.lifetime() - f.mean, 2);
  f.deviation = bars.empty() ? 0 : std::sqrt(f.deviation / count);
  f.entropy = persistence_entropy(bars, base);
  const double of_total = std::log(f.total) / std::log(base);
  f.entropy_of_count = bars.size() < 2 ? undefined : f.entropy / (std::log(count) / std::log(base));
  f.entropy_of_total = bars.empty() || of_total == 0 ? undefined : f.entropy / of_total;
  f.amplitude_1 = amplitude(bars, 1);
  f.amplitude_2 = amplitude(bars, 2);
  f.amplitude_inf = amplitude(bars, std::numeric_limits<double>::infinity());
  f.longest = 2 * f.amplitude_inf;
  f.betti_l2 = betti_distance(bars, {});
  f.landscape_l2 = landscape_norm(bars);
  return f;
}

std::vector<double> betti_curve(const Diagram& diagram, std::span<const double> times) {
  std::vector<double> curve;
  for (const double t : times)
    curve.push_back(static_cast<double>(std::count_if(
        diagram.begin(), diagram.end(), [t](const Bar& bar) { return bar.birth <= t && t < bar.death; })));
  return curve;
}

std::vector<std::vector<double>> landscape(const Diagram& diagram, size_t layers, std::span<const double> times) {
  const auto bars = finite_bars(diagram);
  std::vector<std::vector<double>> result(layers, std::vector<double>(times.size(), 0));
  std::vector<double> tents(std::max(bars.size(), layers));
  for (size_t t = 0; t < times.size(); ++t) {
    std::fill(tents.begin(), tents.end(), 0);
    for (size_t i = 0; i < bars.size(); ++i)
      tents[i] = std::max(0.0, std::min(times[t] - bars[i].birth, bars[i].death - times[t]));
    std::partial_sort(tents.begin(), tents.begin() + static_cast<std::ptrdiff_t>(layers), tents.end(),
                      std::greater<>());
    for (size_t k = 0; k < layers; ++k) result[k][t] = tents[k];
  }
  return result;
}

double landscape_distance(const Diagram& a, const Diagram& b, size_t layers, size_t count) {
  if (count < 2) bad_usage("a grid of times needs at least 2 of them, found {}", count);
  auto both = finite_bars(a);
  const auto others = finite_bars(b);
  both.insert(both.end(), others.begin(), others.end());
  if (both.empty()) return 0;
  double first = both.front().birth, last = both.front().death, square = 0;
  for (const Bar& bar : both) {
    first = std::min(first, bar.birth);
    last = std::max(last, bar.death);
  }
  const double step = (last - first) / static_cast<double>(count - 1);
  std::vector<double> times(count);
  for (size_t i = 0; i < count; ++i) times[i] = first + step * static_cast<double>(i);
  const auto x = landscape(a, layers, times), y = landscape(b, layers, times);
  for (size_t k = 0; k < layers; ++k)
    for (size_t i = 0; i < count; ++i) square += std::pow(x[k][i] - y[k][i], 2);
  return std::sqrt(step * square);
}

}  // namespace arcuate
