// Cofacets of a simplex: all simplices with one vertex more, enumerated in descending order of index (the new vertex
// descends) up to the threshold. One enumerator for all distances, one for sparse ones.
#pragma once
#include "topology/simplices.h"

namespace arcuate {

enum class Which {
  all,
  above  ///< Only those whose new vertex is the largest: every simplex is one of these exactly once.
};

/// What both enumerators share: where a new vertex stands among those of the simplex.
class CofacetIndex {
 public:
  CofacetIndex(const Binomials& binomials, const Simplex& simplex, int count)
      : binomials_(binomials), below_(simplex.index), rank_(count), count_(count) {
    binomials.vertices(simplex.index, count, vertices_);
  }

  int32_t vertex(int i) const { return vertices_[static_cast<size_t>(i)]; }
  int count() const { return count_; }
  int passed() const { return count_ - rank_; }

  /// Vertices above `vertex` change their rank by one when it joins. False when it is one of the simplex.
  bool pass_to(int32_t vertex) {
    while (rank_ > 0 && this->vertex(passed()) >= vertex) {
      const auto own = this->vertex(passed());
      if (own == vertex) return false;
      below_ -= binomials_(own, rank_);
      above_ += binomials_(own, rank_ + 1);
      --rank_;
    }
    return true;
  }

  /// With the sign of the new vertex in the coboundary.
  Simplex with(int32_t vertex, float diameter) const {
    return {above_ + binomials_(vertex, rank_ + 1) + below_, diameter, rank_ % 2 == 0 ? 1 : -1};
  }

 private:
  const Binomials& binomials_;
  int64_t above_ = 0, below_;
  int rank_, count_;
  Vertices vertices_;
};

template <class Distances>
class Cofacets;

template <>
class Cofacets<LowerDistances> {
 public:
  Cofacets(const LowerDistances& distances, const Complex& complex, const Simplex& simplex, int count, Which which)
      : index_(complex.binomials, simplex, count),
        values_(distances.values.data()),
        diameter_(simplex.diameter),
        threshold_(complex.threshold),
        next_(static_cast<int32_t>(distances.points) - 1),
        last_(which == Which::all ? 0 : index_.vertex(0) + 1) {}

  bool next(Simplex& cofacet) {
    while (next_ >= last_) {
      const int32_t v = next_--;
      if (!index_.pass_to(v)) continue;
      const float diameter = std::max(diameter_, farthest(v));
      if (diameter > threshold_) continue;
      cofacet = index_.with(v, diameter);
      return true;
    }
    return false;
  }

 private:
  // Distances to vertices above v lie in their rows, those to vertices below in the row of v.
  float farthest(int32_t v) const {
    float farthest = 0;
    const int passed = index_.passed();
    for (int i = 0; i < passed; ++i) farthest = std::max(farthest, row(index_.vertex(i))[v]);
    const float* own = row(v);
    for (int i = passed; i < index_.count(); ++i) farthest = std::max(farthest, own[index_.vertex(i)]);
    return farthest;
  }
  const float* row(int64_t v) const { return values_ + v * (v - 1) / 2; }

  CofacetIndex index_;
  const float* values_;
  float diameter_, threshold_;
  int32_t next_, last_;
};

template <>
class Cofacets<SparseDistances> {
 public:
  Cofacets(const SparseDistances& distances, const Complex& complex, const Simplex& simplex, int count, Which which)
      : index_(complex.binomials, simplex, count),
        diameter_(simplex.diameter),
        threshold_(complex.threshold),
        last_(which == Which::all ? 0 : index_.vertex(0) + 1) {
    for (int i = 0; i < count; ++i)
      lists_[static_cast<size_t>(i)] = distances.neighbours[static_cast<size_t>(index_.vertex(i))];
  }

  bool next(Simplex& cofacet) {
    while (!lists_[0].empty()) {
      const Neighbour candidate = lists_[0].back();
      if (candidate.point < last_) return false;
      lists_[0] = lists_[0].first(lists_[0].size() - 1);
      float diameter = std::max(diameter_, candidate.distance);
      if (!joins_all(candidate.point, diameter) || diameter > threshold_ || !index_.pass_to(candidate.point)) continue;
      cofacet = index_.with(candidate.point, diameter);
      return true;
    }
    return false;
  }

 private:
  // Whether every vertex of the simplex knows the point. Lists are cut from their ends, where the larger points are.
  bool joins_all(int32_t point, float& diameter) {
    for (int i = 1; i < index_.count(); ++i) {
      auto& list = lists_[static_cast<size_t>(i)];
      while (!list.empty() && list.back().point > point) list = list.first(list.size() - 1);
      if (list.empty() || list.back().point != point) return false;
      diameter = std::max(diameter, list.back().distance);
    }
    return true;
  }

  CofacetIndex index_;
  float diameter_, threshold_;
  int32_t last_;
  std::array<std::span<const Neighbour>, highest_dimension + 2> lists_;
};

}  // namespace arcuate
