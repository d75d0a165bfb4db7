// Drawing into a picture: blank pictures, boxes, single pixels, and pictures within pictures.
#pragma once
#include <cstdint>

#include "io/png.h"
#include "report/colour_map.h"

namespace arcuate {

struct Box {
  int64_t x = 0, y = 0, width = 0, height = 0;  ///< Pixels, from the upper left corner.
};

Image blank_image(int64_t width, int64_t height, Rgb colour = {255, 255, 255});
Rgb pixel(const Image& image, int64_t x, int64_t y);

/// Lays the colour over a pixel; coverage 1 hides what was there. Outside of the picture: nothing.
void blend(Image& image, int64_t x, int64_t y, Rgb colour, double coverage);
void fill(Image& image, Box box, Rgb colour);
/// The part of `source` that falls into the picture, with its upper left corner at (x, y).
void paste(Image& image, const Image& source, int64_t x, int64_t y);
/// Every `factor` x `factor` pixels as one, their mean.
Image shrink(const Image& image, int64_t factor);

}  // namespace arcuate
