// The picture from top to bottom: title, names of the hemispheres, views, colour bar. All lengths grow with its width.
#include "report/brain_map.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.h"
#include "core/text.h"
#include "report/brain_view.h"
#include "report/canvas.h"
#include "report/colour_bar.h"
#include "report/drawn_surface.h"
#include "report/font.h"
#include "report/label.h"

namespace arcuate {
namespace {

constexpr int64_t least_width = 400, largest_width = 8000;
constexpr double design_width = 1400;  // the lengths below are in pixels of a picture this wide
constexpr double margin = 44, gutter = 96, title_size = 30, label_size = 22, caption_size = 19;
constexpr double bar_length = 430, bar_height = 15;
constexpr Rgb ink{27, 27, 27}, muted{92, 92, 92}, warning{0xD5, 0x5E, 0x00};
constexpr const char* simulated_text = "Simulated data";

struct Hemispheres {
  DrawnSurface left, right;
};

Hemispheres checked_hemispheres(const BrainMap& map) {
  Problems problems("the surfaces of a brain map");
  DrawnSurface left = checked_surface(map.left, "left hemisphere", problems);
  DrawnSurface right = checked_surface(map.right, "right hemisphere", problems);
  problems.raise();
  return {std::move(left), std::move(right)};
}

ValueScale scale_of(const BrainMap& map, const Hemispheres& sides) {
  std::vector<float> values = sides.left.values;
  values.insert(values.end(), sides.right.values.begin(), sides.right.values.end());
  return fitted_scale({.kind = map.scale, .low = map.low, .high = map.high, .threshold = map.threshold}, values);
}

// What grey stands for in this map; "" when nothing is grey.
std::string absent_text(const ValueScale& scale, const Hemispheres& sides) {
  bool missing = false, small = false;
  for (const DrawnSurface* side : {&sides.left, &sides.right})
    for (const float value : side->values) {
      if (!std::isfinite(value))
        missing = true;
      else if (!is_shown(scale, value))
        small = true;
    }
  const char* bars = scale.kind == ColourScale::diverging ? "|" : "";
  const std::string below = small ? fmt::format("{0}value{0} < {1}", bars, shortest(scale.threshold)) : "";
  if (!missing) return below;
  return small ? "no value, or " + below : "no value";
}

std::string range_note(const ValueScale& scale) {
  const double low = 100 * robust_low, high = 100 * robust_high;
  if (!scale.low_from_data && !scale.high_from_data) return "";
  if (scale.kind == ColourScale::diverging)
    return scale.low_from_data && scale.high_from_data ? fmt::format("range: {:.0f}th percentile of magnitudes", high)
                                                       : "";
  if (!scale.high_from_data) return fmt::format("range from the {:.0f}nd percentile", low);
  if (!scale.low_from_data) return fmt::format("range to the {:.0f}th percentile", high);
  return fmt::format("range: {:.0f}nd to {:.0f}th percentile", low, high);
}

// Rows of two views: the left hemisphere's, the right hemisphere's.
std::vector<std::array<Viewpoint, 2>> rows_of(const BrainMap& map) {
  if (map.flat) return {{Viewpoint::above, Viewpoint::above}};
  return {{Viewpoint::left, Viewpoint::right}, {Viewpoint::right, Viewpoint::left}};
}

/// Where everything stands, in pixels.
struct Sheet {
  double unit = 1;  ///< Pixels a pixel of the design.
  double pixels_per_mm = 1;
  std::vector<std::string> title{};
  int64_t panel_width = 0, panel_height = 0;
  int64_t names = 0, panels = 0, row_step = 0, bar = 0, height = 0;
  int64_t at(double design) const { return std::lround(design * unit); }
  Box bar_box(int64_t width) const { return {(width - at(bar_length)) / 2, bar, at(bar_length), at(bar_height)}; }
};

// One zoom for all views, such that the widest fills its panel.
void fit_panels(Sheet& sheet, const Hemispheres& sides, const BrainMap& map) {
  double width = 0, height = 0;
  for (const auto& row : rows_of(map))
    for (const auto& [side, viewpoint] : {std::pair(&sides.left, row[0]), std::pair(&sides.right, row[1])}) {
      const Extent extent = extent_of(*side, viewpoint);
      width = std::max(width, extent.width()), height = std::max(height, extent.height());
    }
  if (width <= 0 || height <= 0)
    bad_input("the surfaces of a brain map have no extent: all their triangles are edge-on");
  const double free_width = static_cast<double>(sheet.panel_width - 2);
  sheet.pixels_per_mm = std::min(free_width / width, 1.2 * free_width / height);
  sheet.panel_height = static_cast<int64_t>(std::ceil(height * sheet.pixels_per_mm)) + 2;
}

Sheet sheet_of(const BrainMap& map, const Hemispheres& sides, const ColourBar& bar) {
  Sheet sheet{.unit = static_cast<double>(map.width) / design_width};
  const double mark = map.simulated ? 260 * sheet.unit : 0;
  if (!map.title.empty())
    sheet.title =
        wrap_text(map.title, title_size * sheet.unit, static_cast<double>(map.width) - 2 * margin * sheet.unit - mark);
  sheet.panel_width = (map.width - sheet.at(2 * margin + gutter)) / 2;
  fit_panels(sheet, sides, map);
  const auto lines = std::max<size_t>(sheet.title.size(), map.simulated ? 1 : 0);
  sheet.names = sheet.at(margin) + sheet.at(1.3 * title_size * static_cast<double>(lines) + 38);
  sheet.panels = sheet.names + sheet.at(22);
  const auto rows = static_cast<int64_t>(rows_of(map).size());
  sheet.row_step = sheet.panel_height + sheet.at(34);
  sheet.bar = sheet.panels + rows * sheet.row_step + sheet.at(10);
  const Box box = sheet.bar_box(map.width);
  sheet.height = sheet.bar + colour_bar_height(bar, box, caption_size * sheet.unit) + sheet.at(0.7 * margin);
  return sheet;
}

void draw_heading(Image& image, const Font& font, const BrainMap& map, const Sheet& sheet) {
  const double size = title_size * sheet.unit, left = margin * sheet.unit;
  double y = left + 0.8 * size;
  if (map.simulated)
    font.draw(image, simulated_text, static_cast<double>(map.width) - left, y, {0.85 * size, warning, Align::right});
  for (const std::string& line : sheet.title) {
    font.draw(image, line, left, y, {size, ink, Align::left});
    y += 1.3 * size;
  }
}

void draw_names(Image& image, const Font& font, const BrainMap& map, const Sheet& sheet) {
  const double half = static_cast<double>(sheet.panel_width) / 2, left = margin * sheet.unit;
  const TextStyle style{label_size * sheet.unit, ink, Align::centre};
  font.draw(image, "Left hemisphere", left + half, static_cast<double>(sheet.names), style);
  font.draw(image, "Right hemisphere", static_cast<double>(map.width) - left - half, static_cast<double>(sheet.names),
            style);
}

void draw_row(Image& image, const BrainMap& map, const Hemispheres& sides, const ValueScale& scale, const Sheet& sheet,
              size_t row) {
  const ColourMap colours(scale.kind);
  const auto views = rows_of(map)[row];
  const int64_t y = sheet.panels + static_cast<int64_t>(row) * sheet.row_step;
  ViewFrame frame{views[0], sheet.pixels_per_mm, sheet.panel_width, sheet.panel_height, 1.7 * sheet.unit};
  paste(image, render_view(sides.left, frame, scale, colours), sheet.at(margin), y);
  frame.viewpoint = views[1];
  paste(image, render_view(sides.right, frame, scale, colours), map.width - sheet.at(margin) - sheet.panel_width, y);
}

void draw_view_name(Image& image, const Font& font, const BrainMap& map, const Sheet& sheet, size_t row) {
  const double y = static_cast<double>(sheet.panels + static_cast<int64_t>(row) * sheet.row_step) +
                   static_cast<double>(sheet.panel_height) / 2;
  font.draw(image, row == 0 ? "lateral" : "medial", static_cast<double>(map.width) / 2, y,
            {caption_size * sheet.unit, muted, Align::centre});
}

void check_width(const BrainMap& map) {
  if (map.width < least_width || map.width > largest_width)
    bad_usage("a brain map cannot be {} pixels wide: {} to {} expected", map.width, least_width, largest_width);
}

}  // namespace

Image render_brain_map(const BrainMap& map) {
  check_width(map);
  const Hemispheres sides = checked_hemispheres(map);
  const ValueScale scale = scale_of(map, sides);
  const ColourBar bar{scale, map.unit, range_note(scale), absent_text(scale, sides)};
  const Sheet sheet = sheet_of(map, sides, bar);
  const Font font;
  Image image = blank_image(map.width, sheet.height);
  draw_heading(image, font, map, sheet);
  draw_names(image, font, map, sheet);
  for (size_t row = 0; row < rows_of(map).size(); ++row) {
    draw_row(image, map, sides, scale, sheet, row);
    if (!map.flat) draw_view_name(image, font, map, sheet, row);
  }
  draw_colour_bar(image, font, bar, sheet.bar_box(map.width), caption_size * sheet.unit);
  return image;
}

Image render_brain_maps(const std::vector<BrainMap>& maps) {
  if (maps.empty()) fail(Fault::failed, "a picture of brain maps was asked for without any map");
  std::vector<Image> pictures;
  int64_t width = 0, height = 0;
  for (const BrainMap& map : maps) {
    pictures.push_back(render_brain_map(map));
    width = std::max(width, pictures.back().width), height += pictures.back().height;
  }
  Image image = blank_image(width, height);
  int64_t y = 0;
  for (const Image& picture : pictures) {
    paste(image, picture, (width - picture.width) / 2, y);
    y += picture.height;
  }
  return image;
}

}  // namespace arcuate
