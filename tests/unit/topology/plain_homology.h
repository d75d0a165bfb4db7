// Persistent homology as the textbook has it: every simplex of the complex in a list, the boundary matrix reduced
// column by column over Z/p. Slow, and without anything in common with the program's way.
#pragma once
#include <algorithm>
#include <map>
#include <vector>

#include "topology/diagram.h"
#include "topology/distances.h"

namespace arcuate::test {

struct PlainSimplex {
  std::vector<int> vertices{};  // ascending
  float diameter = 0;
};

inline std::vector<PlainSimplex> plain_complex(const LowerDistances& distances, size_t most_vertices, float threshold) {
  std::vector<PlainSimplex> simplices;
  for (unsigned set = 1; set < 1u << distances.points; ++set) {
    PlainSimplex simplex;
    for (int v = 0; v < distances.points; ++v)
      if (set >> v & 1) simplex.vertices.push_back(v);
    for (const int a : simplex.vertices)
      for (const int b : simplex.vertices) simplex.diameter = std::max(simplex.diameter, distances(a, b));
    if (simplex.vertices.size() <= most_vertices && simplex.diameter <= threshold) simplices.push_back(simplex);
  }
  std::stable_sort(simplices.begin(), simplices.end(), [](const PlainSimplex& a, const PlainSimplex& b) {
    return std::pair(a.diameter, a.vertices.size()) < std::pair(b.diameter, b.vertices.size());
  });
  return simplices;
}

using PlainColumn = std::map<size_t, int>;  // place in the list -> coefficient, not 0

inline PlainColumn plain_boundary(const PlainSimplex& simplex, const std::map<std::vector<int>, size_t>& places,
                                  int prime) {
  PlainColumn column;
  if (simplex.vertices.size() == 1) return column;
  for (size_t i = 0; i < simplex.vertices.size(); ++i) {
    auto facet = simplex.vertices;
    facet.erase(facet.begin() + static_cast<std::ptrdiff_t>(i));
    column[places.at(facet)] = i % 2 == 0 ? 1 : prime - 1;
  }
  return column;
}

inline int plain_quotient(int a, int b, int prime) {
  for (int c = 0;; ++c)
    if (b * c % prime == a) return c;
}

/// Diagrams of dimensions 0 … `dimension`, without bars of length 0.
inline std::vector<Diagram> plain_barcode(const LowerDistances& distances, int dimension, int prime, float threshold) {
  const auto simplices = plain_complex(distances, static_cast<size_t>(dimension) + 2, threshold);
  std::map<std::vector<int>, size_t> places;
  for (size_t i = 0; i < simplices.size(); ++i) places[simplices[i].vertices] = i;
  std::map<size_t, PlainColumn> by_pivot;
  std::vector<bool> open(simplices.size(), false);
  std::vector<Diagram> diagrams(static_cast<size_t>(dimension) + 1);
  for (size_t i = 0; i < simplices.size(); ++i) {
    auto column = plain_boundary(simplices[i], places, prime);
    while (!column.empty() && by_pivot.contains(column.rbegin()->first)) {
      const auto& other = by_pivot[column.rbegin()->first];
      const int factor = plain_quotient(column.rbegin()->second, other.rbegin()->second, prime);
      for (const auto& [place, coefficient] : other) {
        const int value = (column[place] + (prime - factor) * coefficient) % prime;
        if (value == 0)
          column.erase(place);
        else
          column[place] = value;
      }
    }
    open[i] = column.empty();
    if (column.empty()) continue;
    const size_t born = column.rbegin()->first;
    open[born] = false;
    const auto& first = simplices[born];
    if (simplices[i].diameter > first.diameter)
      diagrams[first.vertices.size() - 1].push_back({first.diameter, simplices[i].diameter});
    by_pivot[born] = std::move(column);
  }
  for (size_t i = 0; i < simplices.size(); ++i)
    if (open[i] && simplices[i].vertices.size() <= diagrams.size())
      diagrams[simplices[i].vertices.size() - 1].push_back({.birth = simplices[i].diameter});
  return diagrams;
}

}  // namespace arcuate::test
