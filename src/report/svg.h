// The strokes that charts are written with: text, lines, marker shapes. Coordinates have one decimal; ink is
// "currentColor", so that a drawing follows its page into the dark.
#pragma once
#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "report/palette.h"

namespace arcuate {

// Sizes in the units of a drawing.
inline constexpr double text_size = 13, line_height = 17;
inline constexpr double baseline = 0.35 * text_size;  // from the middle of a line of text down to its baseline

// Attributes of text and lines that recur.
inline constexpr std::string_view muted = " fill-opacity=\"0.75\"";
inline constexpr std::string_view axis_stroke = " stroke=\"currentColor\" stroke-opacity=\"0.6\"";
inline constexpr std::string_view level_stroke =
    " stroke=\"currentColor\" stroke-opacity=\"0.65\" stroke-width=\"1.2\" stroke-dasharray=\"1.5 3\"";
inline constexpr std::string_view dashed_stroke = " stroke-dasharray=\"6 4\"";

struct PlotPoint {
  double x = 0, y = 0;
};

/// Neither NaN nor so large that the arithmetic of an axis would overflow.
inline bool drawable(double value) { return std::abs(value) < 1e300; }

struct ValueRange {
  double low = INFINITY, high = -INFINITY;
  bool empty() const { return low > high; }
  void include(double value) {
    if (drawable(value)) low = std::fmin(low, value), high = std::fmax(high, value);
  }
};

template <class... Args>
void put_markup(std::string& svg, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(svg), format, std::forward<Args>(args)...);
}

/// `text` is escaped, `attributes` are not.
void put_text(std::string& svg, PlotPoint at, std::string_view attributes, std::string_view text);
void put_line(std::string& svg, PlotPoint from, PlotPoint to, std::string_view attributes);
/// With `note`, a browser shows it while the pointer rests on the rectangle.
void put_rectangle(std::string& svg, PlotPoint corner, double width, double height, std::string_view attributes,
                   std::string_view note = "");
/// A rectangle with a diagonal: where a value is missing.
void put_struck(std::string& svg, PlotPoint corner, double width, double height);
/// A marker without outline; a browser shows `note` while the pointer rests on it.
void put_marker(std::string& svg, Marker marker, PlotPoint at, std::string_view attributes, std::string_view note);

/// The shape as path data.
std::string marker_path(Marker marker, PlotPoint at);

}  // namespace arcuate
