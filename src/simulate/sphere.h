// The unit sphere of the left hemisphere: a triangulation, places on it, distances between them. Shape: V vertices.
// x to the right, y forward, z up, so that the middle of the outer (lateral) side is -x and the medial side +x.
#pragma once
#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>

#include "brain/mesh.h"

namespace arcuate {

/// An icosahedron whose triangles are cut in four, again and again. The first vertices of a fine sphere are those of
/// the coarser ones. vertices: 12, 42, 162, 642, 2562, 10242 or 40962. points are float64. Errors: usage.
Mesh icosphere(int64_t vertices);

/// Degrees. Longitude 0 is the middle of the outer side, 90 the front, -90 the back, 180 the medial side.
struct Place {
  double longitude = 0;
  double latitude = 0;  ///< 90 is the top.
};

/// The shorter part of the great circle through two places; two equal places are a point.
struct Arc {
  Place from{};
  Place to{};
};

/// V, float64: degrees from each direction to the nearest point of the arc. directions: V x 3, float64, length 1.
at::Tensor degrees_to(const at::Tensor& directions, const Arc& arc);

}  // namespace arcuate
