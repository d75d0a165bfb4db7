// One view of one hemisphere: parallel projection, soft light, colours of values, outlines of regions.
#pragma once
#include "io/png.h"
#include "report/drawn_surface.h"
#include "report/value_scale.h"

namespace arcuate {

enum class Viewpoint {
  left,   ///< From the left (-x): anterior is to the left.
  right,  ///< From the right (+x): anterior is to the right.
  above   ///< Flat maps: x to the right, y up, without light.
};

/// What a view spans on the screen, in mm; only vertices of triangles count.
struct Extent {
  double left = 0, right = 0, bottom = 0, top = 0;
  double width() const { return right - left; }
  double height() const { return top - bottom; }
};
Extent extent_of(const DrawnSurface& surface, Viewpoint viewpoint);

struct ViewFrame {
  Viewpoint viewpoint = Viewpoint::left;
  double pixels_per_mm = 1;
  int64_t width = 0, height = 0;  ///< Pixels; the surface is in the middle.
  double outline_width = 1.6;     ///< Pixels.
};

/// The greys of vertices without a value, on gyri and in sulci.
inline constexpr Rgb gyrus_grey{186, 186, 186}, sulcus_grey{146, 146, 146};

Image render_view(const DrawnSurface& surface, const ViewFrame& frame, const ValueScale& scale,
                  const ColourMap& colours);

}  // namespace arcuate
