// A cortex that was never in a head: two mirror-image hemispheres with smooth folds, inflated and flat versions, sulcal
// depth and named patches, made from a seed. Everything a picture or a spatial method needs, and nobody's data.
//
//   sphere -> half an ellipsoid with a flat medial side -> landmarks and folds, along its normal -> inflated, flat
//
// Landmarks (lateral fissure, central sulcus, temporal lobe, …) always lie in the same places. Folds are valleys along
// the lines where a random field is 0; the field is a sum of waves whose lengths lie in a narrow band (cortex.cpp).
#pragma once
#include <cstdint>

#include "brain/surface.h"
#include "simulate/cortex_patches.h"

namespace arcuate {

struct CortexOptions {
  int64_t vertices = 10242;  ///< A hemisphere: 162, 642, 2562, 10242 or 40962.
  uint64_t seed = 0;         ///< Decides where the folds lie.
  double fold_spacing = 20;  ///< Millimetres from one sulcus to the next, about; 10 to 100.
  double fold_depth = 5;     ///< Millimetres from the crown of a gyrus to the bottom of a sulcus; 0 (no folds) to 12.
  double fold_width = 2.5;   ///< Millimetres from the bottom of a sulcus up its wall; at least an edge of the mesh.
  double inflation = 14;     ///< Millimetres over which the inflated surface is smoothed; 0 to 30.
};

/// The same options give the same bytes; the right hemisphere is the left one's mirror image, vertex for vertex.
/// Errors: usage, for options out of range (all at once).
CorticalSurfaces make_cortex(const CortexOptions& options, Hemisphere hemisphere);

}  // namespace arcuate
