// The frame that all charts share: headings, plot area, axes with ticks and grid, the key at the right, notes below
// and the mark of simulated data. A chart describes its frame, opens it, adds its own ink and closes it.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/palette.h"
#include "report/scale.h"
#include "report/svg.h"

namespace arcuate {

// Sizes in the units of a drawing; every drawing has the same width and scales with its page.
inline constexpr double chart_width = 660, chart_edge = 1, chart_gap = 5;
inline constexpr double plot_inset = 10;          // keeps first and last points off the plot's sides
inline constexpr double label_width_limit = 200;  // wider labels are broken into lines

/// A name in the column at the right, with a sample of what it names.
struct KeyEntry {
  std::string name{};
  std::string colour = "currentColor";
  std::string stroke{};            ///< Attributes of the sample line; empty: none.
  std::optional<Marker> marker{};  ///< On the sample line, or alone.
  bool struck = false;             ///< The look of a missing value instead.
  bool italic = false;
  std::optional<PlotPoint> end{};  ///< The value to lead to; x = infinity: the right side of the plot.
};

/// What a chart decides before drawing.
struct FrameSpec {
  std::string title{}, x_label{}, y_label{};
  bool simulated = false;
  bool empty = false;  ///< Without any value: a sentence says so instead of axes.
  Scale x{}, y{};
  std::vector<KeyEntry> key{};
  std::vector<std::string> notes{};  ///< Sentences below.
  double plot_width = 0;             ///< 0: all there is.
  double plot_height = 280;          ///< More, when the key needs it and the plot may grow.
  bool rigid = false;                ///< The plot may not grow.
  double left = 0;                   ///< Least width at the left of the plot.
  double above = 2 * line_height;    ///< From the title to the plot; holds the y axis' name.
  double below = 1.1 * line_height;  ///< From the plot to the lowest baseline of the x axis' names.
  double key_top = 0;                ///< Height at the top of the key's column that the chart itself uses.
  double key_width = 0;              ///< Width of it.
  bool opaque = false;  ///< Cells cover the plot: the letters that mark simulated data are the chart's to put.
};

/// A key entry with its place.
struct PlacedKey {
  KeyEntry entry{};
  std::vector<std::string> lines{};
  PlotPoint end{};
  double centre = 0;
  double height() const { return static_cast<double>(lines.size()) * line_height + (lines.size() > 1 ? chart_gap : 0); }
};

struct Frame {
  FrameSpec spec{};
  double left = 0, right = 0, top = 0, bottom = 0, height = 0;
  std::vector<std::string> title{}, notes{};
  std::vector<PlacedKey> key{};
  double px(double value) const {
    return left + spec.x.inset + spec.x.fraction(value) * (right - left - 2 * spec.x.inset);
  }
  double py(double value) const {
    return bottom - spec.y.inset - spec.y.fraction(value) * (bottom - top - 2 * spec.y.inset);
  }
  PlotPoint at(double x, double y) const { return {px(x), py(y)}; }
};

Frame make_frame(FrameSpec spec);

/// The drawing up to and with its axes.
std::string open_chart(const Frame& frame);
/// Adds the key and the end.
std::string close_chart(std::string svg, const Frame& frame);

/// Letters across the plot that no cropping takes away; open_chart() puts them below the ink unless it is opaque.
void put_simulated_letters(std::string& svg, const Frame& frame);

/// The colour of the `index`th series, or the palette's `colour` if that is not negative.
std::string_view chosen_colour(int colour, size_t index);

/// Stretches [first, last) of indices for which `keep` holds.
template <class Keep>
std::vector<std::pair<size_t, size_t>> stretches(size_t size, Keep keep) {
  std::vector<std::pair<size_t, size_t>> found;
  for (size_t i = 0; i < size; ++i) {
    if (!keep(i)) continue;
    if (found.empty() || found.back().second != i) found.push_back({i, i});
    found.back().second = i + 1;
  }
  return found;
}

/// "Without values, not drawn: a, b.", or nothing to add when there are no names.
void add_missing_note(FrameSpec& spec, const std::vector<std::string>& names);

}  // namespace arcuate
