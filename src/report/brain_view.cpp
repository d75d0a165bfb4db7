// Pixels are computed on a grid finer than the picture and averaged, which softens every edge alike.
#include "report/brain_view.h"

#include <algorithm>
#include <cmath>

#include "report/canvas.h"
#include "report/region_borders.h"

namespace arcuate {
namespace {

constexpr int64_t fine = 3;  // fine pixels a pixel, either way

// Colours are read off the map, so the light keeps them where a surface faces the viewer and darkens only its flanks.
constexpr double least_light = 0.62;
constexpr double sulcus_dimming = 0.10;  // how much darker a coloured sulcus is than a coloured gyrus

constexpr Rgb outline_colour{25, 25, 25};

struct Axes {
  Vector3 right, up, front;  // on the screen; front points to the viewer
};

Axes axes_of(Viewpoint viewpoint) {
  if (viewpoint == Viewpoint::left) return {{0, -1, 0}, {0, 0, 1}, {-1, 0, 0}};
  if (viewpoint == Viewpoint::right) return {{0, 1, 0}, {0, 0, 1}, {1, 0, 0}};
  return {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
}

std::vector<ScreenPoint> project(const DrawnSurface& surface, const ViewFrame& frame) {
  const Axes axes = axes_of(frame.viewpoint);
  const Extent extent = extent_of(surface, frame.viewpoint);
  const double zoom = frame.pixels_per_mm * fine;
  const double middle_x = static_cast<double>(frame.width * fine) / 2,
               middle_y = static_cast<double>(frame.height * fine) / 2;
  std::vector<ScreenPoint> screen;
  for (const Vector3& point : surface.points)
    screen.push_back({middle_x + zoom * (dot(point, axes.right) - (extent.left + extent.right) / 2),
                      middle_y - zoom * (dot(point, axes.up) - (extent.bottom + extent.top) / 2),
                      dot(point, axes.front)});
  return screen;
}

// A lamp beside the viewer and one above: 1 for what faces the viewer, less for what turns away, least of all
// downwards.
std::vector<float> light_of(const DrawnSurface& surface, Viewpoint viewpoint) {
  if (viewpoint == Viewpoint::above) return std::vector<float>(surface.points.size(), 1.0F);
  const Axes axes = axes_of(viewpoint);
  std::vector<float> light;
  for (const Vector3& normal : surface.normals) {
    const double facing = std::abs(dot(normal, axes.front)), upward = dot(normal, axes.up);
    const double diffuse = std::clamp(facing + 0.35 * upward * (1 - facing), 0.0, 1.0);
    light.push_back(static_cast<float>(least_light + (1 - least_light) * std::sqrt(diffuse)));
  }
  return light;
}

struct Painter {
  const DrawnSurface& surface;
  const ValueScale& scale;
  const ColourMap& colours;
  std::vector<float> light;
};

using Weights = std::array<float, 3>;

float mean_at(const std::vector<float>& of_vertex, const Triangle& triangle, const Weights& weights) {
  float sum = 0;
  for (size_t i = 0; i < 3; ++i) sum += weights[i] * of_vertex[triangle[i]];
  return sum;
}

// The mean of the corners that have a value; NaN where those that have none weigh more.
float value_at(const std::vector<float>& values, const Triangle& triangle, const Weights& weights) {
  float sum = 0, weight = 0;
  for (size_t i = 0; i < 3; ++i) {
    const float value = values[triangle[i]];
    if (std::isfinite(value)) sum += weights[i] * value, weight += weights[i];
  }
  return weight >= 0.5F ? sum / weight : std::numeric_limits<float>::quiet_NaN();
}

Rgb dimmed(Rgb colour, double light) {
  const auto channel = [&](uint8_t x) { return static_cast<uint8_t>(x * light + 0.5); };
  return {channel(colour.red), channel(colour.green), channel(colour.blue)};
}

Rgb grey_at(double folding) {
  const auto level = static_cast<uint8_t>(std::lerp(gyrus_grey.red, sulcus_grey.red, folding) + 0.5);
  return {level, level, level};
}

Rgb colour_at(const Painter& painter, const Fragment& fragment) {
  const Triangle& triangle = painter.surface.triangles[fragment.triangle];
  const Weights weights = fragment.weights();
  const double light = mean_at(painter.light, triangle, weights);
  const double folding = mean_at(painter.surface.folding, triangle, weights);
  const double value = value_at(painter.surface.values, triangle, weights);
  if (!is_shown(painter.scale, value)) return dimmed(grey_at(folding), light);
  const Rgb colour = painter.colours.at(colour_position(painter.scale, value));
  return dimmed(colour, light * (1 - sulcus_dimming * folding));
}

Image paint(const Painter& painter, const Fragments& fragments) {
  Image image = blank_image(fragments.width, fragments.height);
  uint8_t* at = image.rgb.data();
  for (const Fragment& fragment : fragments.pixels) {
    if (fragment.triangle >= 0) {
      const Rgb colour = colour_at(painter, fragment);
      at[0] = colour.red, at[1] = colour.green, at[2] = colour.blue;
    }
    at += 3;
  }
  return image;
}

// A disc of the outline; beside the surface there is none.
void stamp(Image& image, const Fragments& fragments, int64_t x, int64_t y, double radius) {
  const auto reach = static_cast<int64_t>(std::ceil(radius));
  for (int64_t row = std::max<int64_t>(y - reach, 0); row <= std::min(y + reach, image.height - 1); ++row)
    for (int64_t column = std::max<int64_t>(x - reach, 0); column <= std::min(x + reach, image.width - 1); ++column) {
      const bool near = static_cast<double>((row - y) * (row - y) + (column - x) * (column - x)) <= radius * radius;
      if (near && fragments.pixels[static_cast<size_t>(row * image.width + column)].triangle >= 0)
        fill(image, {column, row, 1, 1}, outline_colour);
    }
}

// Whether a border passes between two pixels. Where the surface is seen edge-on or ends before another part of itself,
// borders would be drawn as scattered dots.
bool border_between(const Fragment& a, const Fragment& b, const RegionBorders& borders, float steepest) {
  if (a.triangle < 0 || b.triangle < 0 || std::abs(a.depth - b.depth) > steepest) return false;
  return region_at(borders, a.triangle, a.weights()) != region_at(borders, b.triangle, b.weights());
}

void draw_outlines(Image& image, const Fragments& fragments, const RegionBorders& borders, const ViewFrame& frame) {
  constexpr double largest_slope = 6;
  const auto steepest = static_cast<float>(largest_slope / (frame.pixels_per_mm * fine));
  for (int64_t y = 0; y + 1 < fragments.height; ++y)
    for (int64_t x = 0; x + 1 < fragments.width; ++x) {
      const Fragment* here = fragments.pixels.data() + y * fragments.width + x;
      if (border_between(here[0], here[1], borders, steepest) ||
          border_between(here[0], here[fragments.width], borders, steepest))
        stamp(image, fragments, x, y, frame.outline_width * fine / 2);
    }
}

}  // namespace

Extent extent_of(const DrawnSurface& surface, Viewpoint viewpoint) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const Axes axes = axes_of(viewpoint);
  Extent extent{infinity, -infinity, infinity, -infinity};
  for (const Triangle& triangle : surface.triangles)
    for (const int32_t corner : triangle) {
      const double x = dot(surface.points[corner], axes.right), y = dot(surface.points[corner], axes.up);
      extent.left = std::min(extent.left, x), extent.right = std::max(extent.right, x);
      extent.bottom = std::min(extent.bottom, y), extent.top = std::max(extent.top, y);
    }
  return extent;
}

Image render_view(const DrawnSurface& surface, const ViewFrame& frame, const ValueScale& scale,
                  const ColourMap& colours) {
  const auto fragments = rasterise(project(surface, frame), surface.triangles, frame.width * fine, frame.height * fine);
  Image image = paint({surface, scale, colours, light_of(surface, frame.viewpoint)}, fragments);
  if (!surface.regions.empty())
    draw_outlines(image, fragments, region_borders(surface.regions, surface.triangles), frame);
  return shrink(image, fine);
}

}  // namespace arcuate
