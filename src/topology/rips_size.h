// How large a Vietoris-Rips computation is, before it runs.
// Edges and triangles are counted; larger cliques are bounded by Kruskal and Katona's theorem in Lovasz's form: a
// complex with C(x, k) simplices of k vertices has at most C(x, k + 1) of k + 1.
#pragma once
#include <cstddef>
#include <cstdint>

#include "topology/rips.h"

namespace arcuate {

struct RipsSize {
  int64_t points = 0;
  int64_t edges = 0;       ///< Pairs within the threshold.
  double simplices = 0;    ///< Of the highest dimension of homology, at most: all are visited, few are kept.
  size_t least_bytes = 0;  ///< Distances and simplices of lower dimensions, which are kept. Columns come on top.
};

/// Errors: input, when simplices have no 63-bit index.
RipsSize rips_size(const LowerDistances& distances, const RipsOptions& options);
RipsSize rips_size(const SparseDistances& distances, const RipsOptions& options);

/// Bytes of all distances of so many points.
size_t lower_distance_bytes(int64_t points);

}  // namespace arcuate
