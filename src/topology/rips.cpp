#include "topology/rips.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <utility>

#include "core/error.h"
#include "core/interrupt.h"
#include "topology/coefficients.h"
#include "topology/cofacets.h"
#include "topology/pivot_table.h"
#include "topology/simplices.h"

namespace arcuate {
namespace {

constexpr float largest_finite = std::numeric_limits<float>::max();  // A pair at infinite distance is no edge.
constexpr Simplex no_simplex{};

// The filtration: by diameter, and among equal ones by descending index. Cofacets are enumerated in descending order of
// index, so the first of a simplex's own diameter is its earliest cofacet.
bool earlier(const Simplex& a, const Simplex& b) {
  return a.diameter < b.diameter || (a.diameter == b.diameter && a.index > b.index);
}
bool later(const Simplex& a, const Simplex& b) { return earlier(b, a); }

// A column as a heap of entries, the earliest on top; entries of one simplex are added up when they surface.
template <class Field>
class Column {
 public:
  explicit Column(const Field& field) : field_(field) {}

  void push(const Simplex& entry) {
    entries_.push_back(entry);
    std::push_heap(entries_.begin(), entries_.end(), later);
  }

  /// Removes and returns the earliest entry that is not zero; no_simplex from an empty column.
  Simplex pop() {
    while (!entries_.empty()) {
      Simplex top = take();
      while (!entries_.empty() && entries_.front().index == top.index)
        top.coefficient = field_.add(top.coefficient, take().coefficient);
      if (top.coefficient != 0) return top;
    }
    return no_simplex;
  }

  Simplex top() {
    const Simplex pivot = pop();
    if (pivot.index >= 0) push(pivot);
    return pivot;
  }

  void clear() { entries_.clear(); }
  size_t bytes() const { return entries_.capacity() * sizeof(Simplex); }

 private:
  Simplex take() {
    std::pop_heap(entries_.begin(), entries_.end(), later);
    const Simplex entry = entries_.back();
    entries_.pop_back();
    return entry;
  }

  const Field& field_;
  std::vector<Simplex> entries_;
};

// The reduction matrix V: of each reduced column the simplices, besides its own, whose coboundaries were added to it.
struct Chains {
  std::vector<Simplex> entries{};
  std::vector<size_t> ends{};

  void close() { ends.push_back(entries.size()); }
  std::span<const Simplex> of(size_t column) const {
    const size_t begin = column == 0 ? 0 : ends[column - 1];
    return std::span(entries).subspan(begin, ends[column] - begin);
  }
  size_t bytes() const { return entries.capacity() * sizeof(Simplex) + ends.capacity() * sizeof(size_t); }
};

template <class Distances, class Field>
class Rips {
 public:
  Rips(const Distances& distances, const Complex& complex, const Field& field, size_t memory_limit)
      : distances_(distances), complex_(complex), field_(field), memory_limit_(memory_limit) {}

  std::vector<Diagram> barcode(std::vector<Simplex> edges, int64_t points, int dimension, size_t dimensions) {
    diagrams_.resize(dimensions);
    auto columns = join_components(edges, points);
    auto simplices = std::move(edges);
    for (int d = 1; d <= dimension; ++d) {
      const auto pivots = reduce(columns, d);
      if (d < dimension) columns = assemble(simplices, d + 1, pivots, d + 1 < dimension);
    }
    return std::move(diagrams_);
  }

 private:
  std::vector<Simplex> join_components(std::vector<Simplex>& edges, int64_t points);
  PivotTable reduce(const std::vector<Simplex>& columns, int dimension);
  std::vector<Simplex> assemble(std::vector<Simplex>& simplices, int dimension, const PivotTable& pivots, bool keep);

  Simplex first_pivot(const Simplex& column, int dimension, const PivotTable& pivots, Column<Field>& coboundary);
  void add_coboundary(const Simplex& simplex, int dimension, Column<Field>& coboundary);
  Simplex facet_of_same_diameter(const Simplex& simplex, int dimension) const;
  Simplex cofacet_of_same_diameter(const Simplex& simplex, int dimension) const;
  Simplex apparent_facet(const Simplex& simplex, int dimension) const;
  Simplex apparent_cofacet(const Simplex& simplex, int dimension) const;
  void add_bar(int dimension, float birth, float death);
  void check_memory(size_t bytes, int dimension) const;

  const Distances& distances_;
  Complex complex_;
  const Field& field_;
  size_t memory_limit_;
  std::vector<Diagram> diagrams_{};
};

// Dimension 0 by union-find over the edges in the order of the filtration. Returns the edges that close a cycle, latest
// first: the columns of dimension 1, without those of apparent pairs.
template <class Distances, class Field>
std::vector<Simplex> Rips<Distances, Field>::join_components(std::vector<Simplex>& edges, int64_t points) {
  std::vector<int32_t> parent(static_cast<size_t>(points));
  std::iota(parent.begin(), parent.end(), 0);
  const auto root = [&](int32_t v) {
    while (parent[static_cast<size_t>(v)] != v) {
      auto& up = parent[static_cast<size_t>(v)];
      v = up = parent[static_cast<size_t>(up)];
    }
    return v;
  };
  std::sort(edges.begin(), edges.end(), earlier);
  std::vector<Simplex> cycles;
  int64_t components = points;
  for (const Simplex& edge : edges) {
    Vertices ends;
    complex_.binomials.vertices(edge.index, 2, ends);
    const int32_t a = root(ends[0]), b = root(ends[1]);
    if (a == b) {
      if (diagrams_.size() > 1 && apparent_cofacet(edge, 1).index < 0) cycles.push_back(edge);
      continue;
    }
    parent[static_cast<size_t>(a)] = b;
    --components;
    add_bar(0, 0, edge.diameter);
  }
  for (; components > 0; --components) add_bar(0, 0, std::numeric_limits<float>::infinity());
  std::reverse(cycles.begin(), cycles.end());
  return cycles;
}

// Simplices of `dimension` that are neither cleared (they are pivots, so they die) nor part of an apparent pair, latest
// first. `simplices` holds those of one dimension less, and afterwards those of `dimension` if they are to be kept.
template <class Distances, class Field>
std::vector<Simplex> Rips<Distances, Field>::assemble(std::vector<Simplex>& simplices, int dimension,
                                                      const PivotTable& pivots, bool keep) {
  std::vector<Simplex> columns, kept;
  for (size_t i = 0; i < simplices.size(); ++i) {
    Cofacets<Distances> cofacets(distances_, complex_, simplices[i], dimension, Which::above);
    for (Simplex cofacet; cofacets.next(cofacet);) {
      cofacet.coefficient = 1;
      if (keep) kept.push_back(cofacet);
      if (apparent_facet(cofacet, dimension).index < 0 && !pivots.find(cofacet.index) &&
          apparent_cofacet(cofacet, dimension).index < 0)
        columns.push_back(cofacet);
    }
    if (i % 1024 == 0) {
      stop_if_interrupted();
      check_memory((simplices.capacity() + kept.capacity() + columns.capacity()) * sizeof(Simplex), dimension);
    }
  }
  simplices = std::move(kept);
  std::sort(columns.begin(), columns.end(), later);
  return columns;
}

template <class Distances, class Field>
PivotTable Rips<Distances, Field>::reduce(const std::vector<Simplex>& columns, int dimension) {
  if (columns.size() > std::numeric_limits<uint32_t>::max())
    bad_input("{} columns to reduce in dimension {}; at most 2^32 are possible: lower the threshold", columns.size(),
              dimension);
  PivotTable pivots;
  Chains chains;
  Column<Field> coboundary(field_), chain(field_);
  for (size_t j = 0; j < columns.size(); ++j) {
    const Simplex& column = columns[j];
    coboundary.clear();
    chain.clear();
    const auto add = [&](Simplex simplex, int32_t factor) {
      simplex.coefficient = field_.multiply(simplex.coefficient, factor);
      chain.push(simplex);
      add_coboundary(simplex, dimension, coboundary);
    };
    Simplex pivot = first_pivot(column, dimension, pivots, coboundary);
    for (; pivot.index >= 0; pivot = coboundary.top()) {
      if (const auto* other = pivots.find(pivot.index)) {
        const int32_t factor = field_.negate(field_.multiply(pivot.coefficient, field_.inverse(other->coefficient)));
        add(columns[other->column], factor);
        for (const Simplex& entry : chains.of(other->column)) add(entry, factor);
      } else if (const Simplex facet = apparent_facet(pivot, dimension + 1); facet.index >= 0) {
        add(facet, field_.negate(pivot.coefficient));
      } else {
        pivots.insert({pivot.index, static_cast<uint32_t>(j), pivot.coefficient});
        break;
      }
    }
    add_bar(dimension, column.diameter, pivot.index < 0 ? std::numeric_limits<float>::infinity() : pivot.diameter);
    if (pivot.index >= 0)
      for (Simplex entry = chain.pop(); entry.index >= 0; entry = chain.pop()) chains.entries.push_back(entry);
    chains.close();
    if (j % 256 == 0) stop_if_interrupted();
    check_memory(
        columns.size() * sizeof(Simplex) + pivots.bytes() + chains.bytes() + coboundary.bytes() + chain.bytes(),
        dimension);
  }
  return pivots;
}

// The pivot of an unreduced column. When its earliest cofacet has the column's own diameter and is nobody's pivot, the
// two are an emergent pair: the pivot is known before the rest is enumerated.
template <class Distances, class Field>
Simplex Rips<Distances, Field>::first_pivot(const Simplex& column, int dimension, const PivotTable& pivots,
                                            Column<Field>& coboundary) {
  Cofacets<Distances> cofacets(distances_, complex_, column, dimension + 1, Which::all);
  bool may_emerge = true;
  for (Simplex cofacet; cofacets.next(cofacet);) {
    cofacet.coefficient = field_.from_sign(cofacet.coefficient);
    if (may_emerge && cofacet.diameter == column.diameter) {
      if (!pivots.find(cofacet.index) && apparent_facet(cofacet, dimension + 1).index < 0) return cofacet;
      may_emerge = false;
    }
    coboundary.push(cofacet);
  }
  return coboundary.top();
}

template <class Distances, class Field>
void Rips<Distances, Field>::add_coboundary(const Simplex& simplex, int dimension, Column<Field>& coboundary) {
  Cofacets<Distances> cofacets(distances_, complex_, simplex, dimension + 1, Which::all);
  for (Simplex cofacet; cofacets.next(cofacet);) {
    cofacet.coefficient = field_.multiply(field_.from_sign(cofacet.coefficient), simplex.coefficient);
    coboundary.push(cofacet);
  }
}

template <class Distances, class Field>
Simplex Rips<Distances, Field>::facet_of_same_diameter(const Simplex& simplex, int dimension) const {
  Facets<Distances> facets(distances_, complex_, simplex, dimension + 1);
  for (Simplex facet; facets.next(facet);)
    if (facet.diameter == simplex.diameter) return facet;
  return no_simplex;
}

template <class Distances, class Field>
Simplex Rips<Distances, Field>::cofacet_of_same_diameter(const Simplex& simplex, int dimension) const {
  Cofacets<Distances> cofacets(distances_, complex_, simplex, dimension + 1, Which::all);
  for (Simplex cofacet; cofacets.next(cofacet);)
    if (cofacet.diameter == simplex.diameter) return cofacet;
  return no_simplex;
}

// An apparent pair is a simplex and its facet of the same diameter where each is the other's nearest in the filtration:
// the facet is the latest facet and the simplex the earliest cofacet. It is a pair of length 0 without any reduction.
template <class Distances, class Field>
Simplex Rips<Distances, Field>::apparent_facet(const Simplex& simplex, int dimension) const {
  Simplex facet = facet_of_same_diameter(simplex, dimension);
  if (facet.index < 0 || cofacet_of_same_diameter(facet, dimension - 1).index != simplex.index) return no_simplex;
  facet.coefficient = field_.from_sign(facet.coefficient);
  return facet;
}

template <class Distances, class Field>
Simplex Rips<Distances, Field>::apparent_cofacet(const Simplex& simplex, int dimension) const {
  const Simplex cofacet = cofacet_of_same_diameter(simplex, dimension);
  if (cofacet.index < 0 || facet_of_same_diameter(cofacet, dimension + 1).index != simplex.index) return no_simplex;
  return cofacet;
}

template <class Distances, class Field>
void Rips<Distances, Field>::add_bar(int dimension, float birth, float death) {
  if (death > birth) diagrams_[static_cast<size_t>(dimension)].push_back({birth, death});
}

template <class Distances, class Field>
void Rips<Distances, Field>::check_memory(size_t bytes, int dimension) const {
  constexpr double gigabyte = 1e9;
  if (memory_limit_ > 0 && bytes + distances_.bytes() > memory_limit_)
    fail(Fault::failed,
         "dimension {} needs more than the {:.3g} GB of memory allowed; lower the threshold or the dimension, take "
         "fewer "
         "points, or raise the limit",
         dimension, static_cast<double>(memory_limit_) / gigabyte);
}

std::vector<Simplex> edges_of(const LowerDistances& distances, float threshold) {
  std::vector<Simplex> edges;
  const auto count =
      std::count_if(distances.values.begin(), distances.values.end(), [=](float d) { return d <= threshold; });
  edges.reserve(static_cast<size_t>(count));
  for (size_t i = 0; i < distances.values.size(); ++i)
    if (distances.values[i] <= threshold) edges.push_back({static_cast<int64_t>(i), distances.values[i]});
  return edges;
}

std::vector<Simplex> edges_of(const SparseDistances& distances, float threshold) {
  std::vector<Simplex> edges;
  for (int64_t i = 0; i < distances.points(); ++i)
    for (const auto& [j, d] : distances.neighbours[static_cast<size_t>(i)])
      if (j < i && d <= threshold) edges.push_back({i * (i - 1) / 2 + j, d});
  return edges;
}

template <class Distances>
std::vector<Diagram> compute(const Distances& distances, int64_t points, float threshold, const RipsOptions& options) {
  if (options.dimension < 0 || options.dimension > highest_dimension)
    bad_usage("the dimension of homology is 0 to {}, found {}", highest_dimension, options.dimension);
  if (!is_small_prime(options.modulus))
    bad_usage("the modulus must be a prime up to {}, found {}", largest_modulus, options.modulus);
  // Cycles of dimension d need d + 2 vertices.
  const int dimension = static_cast<int>(std::clamp<int64_t>(points - 2, 0, options.dimension));
  const Binomials binomials(points, dimension + 2);
  const Complex complex{binomials, std::min(threshold, largest_finite)};
  const auto run = [&](const auto& field) {
    Rips rips(distances, complex, field, options.memory_limit);
    return rips.barcode(edges_of(distances, complex.threshold), points, dimension,
                        static_cast<size_t>(options.dimension) + 1);
  };
  return options.modulus == 2 ? run(ModTwo{}) : run(ModPrime{options.modulus});
}

}  // namespace

std::vector<Diagram> rips_barcode(const LowerDistances& distances, const RipsOptions& options) {
  const float radius = enclosing_radius(distances);
  if (!options.threshold || *options.threshold >= radius) return compute(distances, distances.points, radius, options);
  return compute(sparse_distances(distances, *options.threshold), distances.points, *options.threshold, options);
}

std::vector<Diagram> rips_barcode(const SparseDistances& distances, const RipsOptions& options) {
  return compute(distances, distances.points(), options.threshold.value_or(largest_finite), options);
}

}  // namespace arcuate
