#include "report/canvas.h"

#include <algorithm>
#include <cmath>

namespace arcuate {

static size_t offset(const Image& image, int64_t x, int64_t y) {
  return static_cast<size_t>(3 * (y * image.width + x));
}

Image blank_image(int64_t width, int64_t height, Rgb colour) {
  Image image{width, height, std::vector<uint8_t>(static_cast<size_t>(3 * width * height))};
  fill(image, {0, 0, width, height}, colour);
  return image;
}

Rgb pixel(const Image& image, int64_t x, int64_t y) {
  const uint8_t* at = image.rgb.data() + offset(image, x, y);
  return {at[0], at[1], at[2]};
}

void blend(Image& image, int64_t x, int64_t y, Rgb colour, double coverage) {
  if (x < 0 || y < 0 || x >= image.width || y >= image.height) return;
  uint8_t* at = image.rgb.data() + offset(image, x, y);
  const uint8_t over[]{colour.red, colour.green, colour.blue};
  for (int i = 0; i < 3; ++i) at[i] = static_cast<uint8_t>(std::lround(std::lerp(at[i], over[i], coverage)));
}

void fill(Image& image, Box box, Rgb colour) {
  for (int64_t y = std::max<int64_t>(box.y, 0); y < std::min(box.y + box.height, image.height); ++y)
    for (int64_t x = std::max<int64_t>(box.x, 0); x < std::min(box.x + box.width, image.width); ++x) {
      uint8_t* at = image.rgb.data() + offset(image, x, y);
      at[0] = colour.red, at[1] = colour.green, at[2] = colour.blue;
    }
}

void paste(Image& image, const Image& source, int64_t x, int64_t y) {
  const int64_t left = std::max<int64_t>(0, -x), right = std::min(source.width, image.width - x);
  const int64_t top = std::max<int64_t>(0, -y), bottom = std::min(source.height, image.height - y);
  if (left >= right) return;
  for (int64_t row = top; row < bottom; ++row)
    std::copy_n(source.rgb.begin() + static_cast<ptrdiff_t>(offset(source, left, row)), 3 * (right - left),
                image.rgb.begin() + static_cast<ptrdiff_t>(offset(image, x + left, y + row)));
}

static uint8_t mean_of_block(const Image& image, size_t corner, int64_t factor) {
  int64_t sum = 0;
  for (int64_t y = 0; y < factor; ++y)
    for (int64_t x = 0; x < factor; ++x) sum += image.rgb[corner + static_cast<size_t>(3 * (y * image.width + x))];
  const int64_t count = factor * factor;
  return static_cast<uint8_t>((sum + count / 2) / count);
}

Image shrink(const Image& image, int64_t factor) {
  Image small = blank_image(image.width / factor, image.height / factor);
  for (int64_t y = 0; y < small.height; ++y)
    for (int64_t x = 0; x < small.width; ++x)
      for (size_t channel = 0; channel < 3; ++channel)
        small.rgb[offset(small, x, y) + channel] =
            mean_of_block(image, offset(image, x * factor, y * factor) + channel, factor);
  return small;
}

}  // namespace arcuate
