// Threshold-free cluster enhancement (Smith & Nichols 2009): a map in which every vertex is supported by its
// neighbours.
//
//   TFCE(v) = integral over h from 0 to value(v) of  e(v, h)^E h^H dh
//
// e(v, h) is the extent of the cluster of vertices at or above h that holds v. Negative values are enhanced alike, with
// their sign. The integral is exact and has no step: between two neighbouring values no cluster changes, and the part
// of a cluster that lasts from height a down to b is e^E (a^(H+1) - b^(H+1)) / (H + 1). Clusters are merged from the
// highest vertex down (union-find, Tarjan 1975), so the cost is that of sorting.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace arcuate {

/// The neighbours of vertex v: vertices[begin[v]] … vertices[begin[v + 1] - 1]. Each edge stands at both its ends.
struct Adjacency {
  std::vector<int64_t> begin{};
  std::vector<int32_t> vertices{};
};

struct TfceOptions {
  double extent_power = 1;  ///< E; 1 on surfaces as in PALM (Winkler et al. 2014), 0.5 in volumes.
  double height_power = 2;  ///< H
};

/// values: V, NaN: in no cluster, and NaN in the result. sizes: V, how much each vertex adds to an extent (1, or its
/// area in mm^2). Returns V, float64. Errors: input, for lengths that differ; usage, for a negative power.
at::Tensor tfce(const at::Tensor& values, const at::Tensor& sizes, const Adjacency& adjacency,
                const TfceOptions& options = {});

/// The surface that maps lie on.
struct TfceSurface {
  Adjacency adjacency{};
  at::Tensor sizes{};  ///< V
  TfceOptions options{};

  int64_t vertices() const { return static_cast<int64_t>(adjacency.begin.size()) - 1; }
};
inline at::Tensor tfce(const at::Tensor& values, const TfceSurface& surface) {
  return tfce(values, surface.sizes, surface.adjacency, surface.options);
}

}  // namespace arcuate
