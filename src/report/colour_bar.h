// The key of a map: a bar of its colours with ticks and unit, and a patch of the grey that stands for "no value".
#pragma once
#include <string>

#include "io/png.h"
#include "report/canvas.h"
#include "report/font.h"
#include "report/value_scale.h"

namespace arcuate {

struct ColourBar {
  ValueScale scale{};
  std::string unit{};
  std::string note{};    ///< Below, smaller; empty: none.
  std::string absent{};  ///< What grey means; empty: no patch.
};

/// Draws the bar with its upper left corner at (box.x, box.y), box.width long and box.height high; text of `size`
/// below.
void draw_colour_bar(Image& image, const Font& font, const ColourBar& bar, Box box, double size);

/// How much is drawn from the top of the bar down.
int64_t colour_bar_height(const ColourBar& bar, Box box, double size);

}  // namespace arcuate
