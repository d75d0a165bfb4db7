// Values on the two hemispheres of a cortical surface as a picture: lateral and medial views, or flat maps, with a
// colour bar. A vertex without a value is grey, lighter on gyri and darker in sulci.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "io/png.h"
#include "report/colour_map.h"

namespace arcuate {

/// One hemisphere. V: vertices, F: triangles.
struct BrainMapSide {
  at::Tensor points{};     ///< V x 3, mm: right, anterior, superior; in flat maps x and y are drawn.
  at::Tensor triangles{};  ///< F x 3, indices of vertices from 0.
  at::Tensor values{};     ///< V; NaN: no value.
  at::Tensor shading{};    ///< V sulcal depths or curvatures, sulci positive; undefined: an even grey.
  at::Tensor regions{};    ///< V labels, outlined where they differ; undefined: no outlines.
};

struct BrainMap {
  std::string title{};
  std::string unit{};  ///< Below the colour bar: "brain score (r)".
  BrainMapSide left{}, right{};
  double low =
      std::numeric_limits<double>::quiet_NaN();  ///< First colour; NaN: a percentile of the data, which is said.
  double high = std::numeric_limits<double>::quiet_NaN();  ///< Last colour.
  ColourScale scale = ColourScale::sequential;             ///< Diverging: its middle is 0.
  double threshold =
      std::numeric_limits<double>::quiet_NaN();  ///< Smaller values (diverging: magnitudes) are not shown.
  bool flat = false;                             ///< The surfaces are flat maps, seen from above, one panel each.
  bool simulated = false;                        ///< "Simulated data" is written into the picture.
  int64_t width = 1400;                          ///< Pixels, from 400 to 8000.
};

/// Errors: input, naming every fault of the surfaces (shapes, indices, coordinates that are no numbers, no value to
/// show); usage, when low is not below high or the width is out of range.
Image render_brain_map(const BrainMap& map);

/// The maps below each other, each with its own colour bar. Errors: failed, when there are none.
Image render_brain_maps(const std::vector<BrainMap>& maps);

}  // namespace arcuate
