// A map is a path in OKLab: lightness runs straight, hue and chroma run along a Bezier curve in the plane (a, b) at
// constant speed. So both lightness and distance are linear in t.
#include "report/colour_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "core/error.h"

namespace arcuate {
namespace {

constexpr size_t steps = 1024;  // finer than 8 bits a channel can show

struct Chroma {
  double a = 0, b = 0;
};

struct Path {
  double lightness_from = 0, lightness_to = 1;
  std::array<Chroma, 4> control{};  // of a cubic Bezier curve
};

Chroma polar(double chroma, double hue_degrees) {
  const double hue = hue_degrees * std::numbers::pi / 180;
  return {chroma * std::cos(hue), chroma * std::sin(hue)};
}

Chroma on_curve(const std::array<Chroma, 4>& p, double u) {
  const double v = 1 - u;
  const std::array<double, 4> w{v * v * v, 3 * v * v * u, 3 * v * u * u, u * u * u};
  Chroma sum;
  for (size_t i = 0; i < 4; ++i) sum.a += w[i] * p[i].a, sum.b += w[i] * p[i].b;
  return sum;
}

// Points of the curve at equal distances along it.
std::vector<Chroma> even_points(const std::array<Chroma, 4>& control, size_t count) {
  constexpr size_t fine = 4 * steps;
  std::vector<Chroma> points(fine + 1);
  std::vector<double> length(fine + 1, 0.0);
  for (size_t i = 0; i <= fine; ++i) {
    points[i] = on_curve(control, static_cast<double>(i) / fine);
    if (i > 0) length[i] = length[i - 1] + std::hypot(points[i].a - points[i - 1].a, points[i].b - points[i - 1].b);
  }
  std::vector<Chroma> even;
  for (size_t i = 0; i < count; ++i) {
    const double wanted = length.back() * static_cast<double>(i) / static_cast<double>(count - 1);
    even.push_back(points[static_cast<size_t>(std::ranges::lower_bound(length, wanted) - length.begin())]);
  }
  return even;
}

uint8_t encoded(double linear) {
  const double x = std::clamp(linear, 0.0, 1.0);
  const double y = x <= 0.0031308 ? 12.92 * x : 1.055 * std::pow(x, 1 / 2.4) - 0.055;
  return static_cast<uint8_t>(std::lround(255 * y));
}

// OKLab -> cone responses -> linear sRGB -> sRGB; the matrices are those that define OKLab.
Rgb to_rgb(double lightness, Chroma c) {
  const auto cube = [](double x) { return x * x * x; };
  const double l = cube(lightness + 0.3963377774 * c.a + 0.2158037573 * c.b);
  const double m = cube(lightness - 0.1055613458 * c.a - 0.0638541728 * c.b);
  const double s = cube(lightness - 0.0894841775 * c.a - 1.2914855480 * c.b);
  return {encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
          encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
          encoded(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

std::vector<Rgb> colours_along(const Path& path, size_t count) {
  const auto points = even_points(path.control, count);
  std::vector<Rgb> colours;
  for (size_t i = 0; i < count; ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(count - 1);
    colours.push_back(to_rgb(std::lerp(path.lightness_from, path.lightness_to, t), points[i]));
  }
  return colours;
}

// The control points stay inside what sRGB can show.
std::vector<Rgb> sequential() {
  return colours_along({0.27, 0.95, {polar(0.10, 285), {0.19, -0.09}, {0.175, 0.18}, polar(0.10, 102)}}, steps + 1);
}

// One arm mirrored is the other: both are equally long, and their hues stay apart for every eye.
Path arm(const std::array<double, 3>& hues) {
  return {0.965, 0.47, {Chroma{}, polar(0.10, hues[0]), polar(0.15, hues[1]), polar(0.15, hues[2])}};
}

std::vector<Rgb> diverging() {
  constexpr std::array<double, 3> cool{236, 246, 258}, warm{62, 52, 40};
  auto colours = colours_along(arm(cool), steps / 2 + 1);
  std::ranges::reverse(colours);
  const auto other = colours_along(arm(warm), steps / 2 + 1);
  colours.insert(colours.end(), other.begin() + 1, other.end());
  return colours;
}

}  // namespace

std::string css_colour(Rgb colour) { return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue); }

ColourMap::ColourMap(ColourScale scale) : colours_(scale == ColourScale::sequential ? sequential() : diverging()) {}

Rgb ColourMap::at(double t) const {
  if (std::isnan(t)) fail(Fault::failed, "a colour was asked for NaN, which has none");
  return colours_[static_cast<size_t>(std::clamp(t, 0.0, 1.0) * static_cast<double>(steps) + 0.5)];
}

}  // namespace arcuate
