// Simplices as numbers. A simplex with vertices v_k > … > v_1 > v_0 has the index C(v_k, k + 1) + … + C(v_1, 2) +
// C(v_0, 1) (combinatorial number system), so complexes need no memory for their simplices. Facets and cofacets are
// enumerated from the index alone, as in Bauer, "Ripser: efficient computation of Vietoris-Rips persistence barcodes"
// (2021).
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "topology/distances.h"

namespace arcuate {

constexpr int highest_dimension = 30;  ///< Of homology; vertices of a simplex fit in an array of fixed size.
using Vertices = std::array<int32_t, highest_dimension + 2>;

struct Simplex {
  int64_t index = -1;
  float diameter = 0;
  int32_t coefficient = 1;
};

/// C(n, k) for n <= points and k <= vertices.
class Binomials {
 public:
  /// Errors: as check_simplex_indices.
  Binomials(int64_t points, int vertices);

  int64_t operator()(int64_t n, int k) const { return rows_[static_cast<size_t>(k * stride_ + n)]; }

  /// The largest v < bound with C(v, k) <= index.
  int64_t largest_vertex(int64_t index, int k, int64_t bound) const {
    const auto* row = rows_.data() + k * stride_;
    return std::upper_bound(row, row + bound, index) - row - 1;
  }

  /// The vertices of a simplex, descending.
  void vertices(int64_t index, int count, Vertices& out) const {
    int64_t bound = stride_ - 1;
    for (int k = count; k > 1; --k) {
      bound = largest_vertex(index, k, bound);
      index -= (*this)(bound, k);
      out[static_cast<size_t>(count - k)] = static_cast<int32_t>(bound);
    }
    out[static_cast<size_t>(count - 1)] = static_cast<int32_t>(index);
  }

  static size_t bytes(int64_t points, int vertices) {
    return sizeof(int64_t) * static_cast<size_t>((points + 1) * (vertices + 1));
  }

 private:
  int64_t stride_;
  std::vector<int64_t> rows_;
};

/// C(n, k), or -1 when it does not fit in 63 bits.
int64_t binomial(int64_t n, int k);

/// Errors: input, when simplices of up to `vertices` vertices have indices beyond 63 bits; says which dimension and how
/// many points would do.
void check_simplex_indices(int64_t points, int vertices);

/// What the enumerators below are told.
struct Complex {
  const Binomials& binomials;
  float threshold = 0;
};

/// Facets of a simplex of `count` vertices in ascending order of index: the largest vertex leaves first.
template <class Distances>
class Facets {
 public:
  Facets(const Distances& distances, const Complex& complex, const Simplex& simplex, int count)
      : distances_(distances), binomials_(complex.binomials), count_(count), below_(simplex.index) {
    binomials_.vertices(simplex.index, count, vertices_);
  }

  /// The coefficient of the facet is +1 or -1; false after the last.
  bool next(Simplex& facet) {
    if (left_ == count_) return false;
    const int rank = count_ - left_;  // How many vertices are at most the one that leaves.
    const auto vertex = vertices_[static_cast<size_t>(left_)];
    below_ -= binomials_(vertex, rank);
    facet = {above_ + below_, diameter_without(left_), rank % 2 == 1 ? 1 : -1};
    above_ += binomials_(vertex, rank - 1);
    ++left_;
    return true;
  }

 private:
  float diameter_without(int left) const {
    float diameter = 0;
    for (int i = 0; i < count_; ++i)
      for (int j = i + 1; j < count_ && i != left; ++j)
        if (j != left)
          diameter =
              std::max(diameter, distances_(vertices_[static_cast<size_t>(i)], vertices_[static_cast<size_t>(j)]));
    return diameter;
  }

  const Distances& distances_;
  const Binomials& binomials_;
  int count_, left_ = 0;
  int64_t above_ = 0, below_;
  Vertices vertices_;
};

}  // namespace arcuate
