// Brain maps of atoms: how much of each atom's time course every vertex takes, with all atoms as fixed regressors; and
// what of a map counts as its network.
// Shapes: R rows, K atoms, V vertices.
#pragma once
#include <ATen/core/Tensor.h>

#include "core/compute.h"

namespace arcuate {

enum class MapMethod {
  lasso,  ///< min 1/2 ||y - D b||^2 + penalty ||b||_1
  ridge,  ///< min ||y - D b||^2 + penalty ||b||^2
  ols     ///< min ||y - D b||^2
};

struct MapOptions {
  MapMethod method = MapMethod::lasso;
  double penalty = 0.15;  ///< Of lasso and ridge, for responses of norm 1.
};

/// atoms: R x K, responses: R x V (centred, norm 1). Returns K x V, float64. Errors: usage (a penalty that is not
/// positive), input (OLS of atoms that are linear combinations of each other).
at::Tensor atom_maps(const at::Tensor& atoms, const at::Tensor& responses, const MapOptions& options,
                     const Compute& compute);

/// Steps of the thresholding, in this order; each can be left out.
struct ExtentOptions {
  bool flip = true;            ///< The sign of a map with more negative than positive vertices is turned.
  bool drop_negatives = true;  ///< Negative vertices become 0.
  double threshold = 0.3;      ///< Vertices below this share of the map's largest |value| become 0.
  bool scale = true;           ///< Divide by the map's standard deviation over vertices.
  bool binary = true;          ///< 1 where anything is left.
};

/// maps: K x V. Returns K x V, float64.
at::Tensor map_extent(const at::Tensor& maps, const ExtentOptions& options);

}  // namespace arcuate
