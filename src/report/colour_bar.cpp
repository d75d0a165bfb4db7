#include "report/colour_bar.h"

#include <algorithm>
#include <cmath>

#include "report/axis.h"
#include "report/brain_view.h"

namespace arcuate {
namespace {

constexpr Rgb ink{27, 27, 27}, muted{92, 92, 92};

// The part of the pixel row within the pointed end, at `depth` pixels from its tip.
double coverage(double row, double height, double depth) {
  const double half = height / 2, reach = std::min(half, depth + 0.5);
  return std::clamp(reach - std::abs(row + 0.5 - half) + 0.5, 0.0, 1.0);
}

void draw_end(Image& image, Box box, Rgb colour, bool to_left) {
  const int64_t length = box.height;
  for (int64_t column = 0; column < length; ++column)
    for (int64_t row = 0; row < box.height; ++row) {
      const double depth =
          static_cast<double>(length - 1 - column) * static_cast<double>(box.height) / 2 / static_cast<double>(length);
      const int64_t x = to_left ? box.x - 1 - column : box.x + box.width + column;
      blend(image, x, box.y + row, colour, coverage(static_cast<double>(row), static_cast<double>(box.height), depth));
    }
}

double value_at_share(const ValueScale& scale, double share) { return std::lerp(scale.low, scale.high, share); }

void draw_colours(Image& image, const ValueScale& scale, Box box) {
  const ColourMap map(scale.kind);
  const auto colour = [&](double value) {
    return is_shown(scale, value) ? map.at(colour_position(scale, value)) : gyrus_grey;
  };
  for (int64_t column = 0; column < box.width; ++column) {
    const double share = (static_cast<double>(column) + 0.5) / static_cast<double>(box.width);
    fill(image, {box.x + column, box.y, 1, box.height}, colour(value_at_share(scale, share)));
  }
  if (scale.beyond_low) draw_end(image, box, colour(scale.low), true);
  if (scale.beyond_high) draw_end(image, box, colour(scale.high), false);
}

struct Layout {
  int64_t tick_length = 0;
  double numbers = 0, unit = 0, note = 0;  // base lines
};

Layout layout_of(const ColourBar& bar, Box box, double size) {
  Layout layout;
  layout.tick_length = std::max<int64_t>(2, std::lround(size / 3));
  layout.numbers = static_cast<double>(box.y + box.height + layout.tick_length) + 1.1 * size;
  layout.unit = layout.numbers + (bar.unit.empty() ? 0 : 1.55 * size);
  layout.note = layout.unit + (bar.note.empty() ? 0 : 1.35 * size);
  return layout;
}

void draw_ticks(Image& image, const Font& font, const ValueScale& scale, Box box, double size) {
  const Layout layout = layout_of({}, box, size);
  const Axis axis = position_axis(scale.low, scale.high, 5, false);
  const auto thickness = std::max<int64_t>(1, std::lround(size / 14));
  for (const double tick : axis_ticks(axis)) {
    const double share = (tick - scale.low) / (scale.high - scale.low);
    const double x = static_cast<double>(box.x) + share * static_cast<double>(box.width);
    const auto left =
        std::clamp(std::lround(x - static_cast<double>(thickness) / 2), box.x, box.x + box.width - thickness);
    fill(image, {left, box.y + box.height, thickness, layout.tick_length}, ink);
    font.draw(image, tick_text(axis, tick), x, layout.numbers, {size, ink, Align::centre});
  }
}

// Half gyrus, half sulcus, right of the bar.
void draw_absent(Image& image, const Font& font, const ColourBar& bar, Box box, double size) {
  const int64_t x = box.x + box.width + std::lround(2.6 * size), half = box.height;
  fill(image, {x, box.y, half, box.height}, gyrus_grey);
  fill(image, {x + half, box.y, half, box.height}, sulcus_grey);
  font.draw(image, bar.absent, static_cast<double>(x + 2 * half) + 0.5 * size,
            static_cast<double>(box.y) + static_cast<double>(box.height) / 2 + 0.36 * size, {size, ink, Align::left});
}

}  // namespace

void draw_colour_bar(Image& image, const Font& font, const ColourBar& bar, Box box, double size) {
  const Layout layout = layout_of(bar, box, size);
  const double middle = static_cast<double>(box.x) + static_cast<double>(box.width) / 2;
  draw_colours(image, bar.scale, box);
  draw_ticks(image, font, bar.scale, box, size);
  font.draw(image, bar.unit, middle, layout.unit, {size, ink, Align::centre});
  font.draw(image, bar.note, middle, layout.note, {0.8 * size, muted, Align::centre});
  if (!bar.absent.empty()) draw_absent(image, font, bar, box, size);
}

int64_t colour_bar_height(const ColourBar& bar, Box box, double size) {
  return static_cast<int64_t>(std::ceil(layout_of(bar, box, size).note + 0.3 * size)) - box.y;
}

}  // namespace arcuate
