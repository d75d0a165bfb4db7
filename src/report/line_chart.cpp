// A line chart as SVG text. The drawing has a fixed width in its own units and scales with the page. Ink is
// "currentColor", so that it follows the page into the dark; nothing depends on a style sheet or a font file.
#include "report/line_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "report/axis.h"
#include "report/label.h"
#include "report/page.h"
#include "report/palette.h"

namespace arcuate {
namespace {

constexpr double width = 660, edge = 1, plot_height = 280;
constexpr double text_size = 13, line_height = 17, title_size = 16, title_height = 22;
constexpr double boldness = 1.1;                     // how much wider bold letters are
constexpr double label_width_limit = 200;            // wider labels are broken into lines
constexpr double connector = 18, key = 18, gap = 5;  // from the plot to a label: a slanted line, a sample, a gap
constexpr double inset = 10;                         // keeps first and last points off the plot's sides
constexpr size_t marker_limit = 24;                  // longer series are marked at every second, third … point
constexpr std::string_view font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
constexpr std::string_view simulated_mark = "SIMULATED DATA";

// Of the framed mark at the top.
double mark_width() { return text_width(simulated_mark, text_size * boldness) + 2 * gap; }

struct Point {
  double x = 0, y = 0;
};

/// A text at the right of the plot, tied to a height in it.
struct Label {
  std::vector<std::string> lines{};
  std::string name{};
  Point end{};        // where its line ends, in units of the drawing
  double centre = 0;  // where the text stands
  int series = -1;    // -1: a named level
  double height() const { return static_cast<double>(lines.size()) * line_height + (lines.size() > 1 ? gap : 0); }
};

struct Range {
  double low = INFINITY, high = -INFINITY;
  bool empty() const { return low > high; }
  void include(double value) { low = std::min(low, value), high = std::max(high, value); }
};

/// Everything that is decided before drawing.
struct Layout {
  double left = 0, right = 0, top = 0, bottom = 0, height = 0;
  bool empty = false;
  Axis x{}, y{};
  std::vector<std::string> title{}, notes{};
  double px(double value) const {
    return left + inset + (value - x.low) / (x.high - x.low) * (right - left - 2 * inset);
  }
  double py(double value) const { return bottom - (value - y.low) / (y.high - y.low) * (bottom - top); }
};

template <class... Args>
void put(std::string& svg, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(svg), format, std::forward<Args>(args)...);
}

// Neither NaN nor so large that the arithmetic of an axis would overflow.
bool drawable(double value) { return std::abs(value) < 1e300; }
bool has_point(const ChartSeries& s, size_t i) { return drawable(s.x[i]) && drawable(s.y[i]); }
bool has_band(const ChartSeries& s, size_t i) {
  return !s.low.empty() && drawable(s.x[i]) && drawable(s.low[i]) && drawable(s.high[i]);
}

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

void check(const LineChart& chart) {
  Problems problems(fmt::format("chart '{}'", chart.title), Fault::failed);
  for (const ChartSeries& s : chart.series) {
    if (s.x.size() != s.y.size())
      problems.add("series '{}' needs one y for each x, but has {} x and {} y", s.label, s.x.size(), s.y.size());
    for (const auto& [name, values] : {std::pair("low", &s.low), std::pair("high", &s.high)})
      if (values->size() != s.y.size() && !(s.low.empty() && s.high.empty()))
        problems.add("series '{}' needs one {} for each y or neither low nor high, but has {} y and {} {}", s.label,
                     name, s.y.size(), values->size(), name);
  }
  problems.raise();
}

void measure(const LineChart& chart, Layout& layout) {
  Range x, y;
  bool whole = true;
  for (const ChartSeries& s : chart.series) {
    for (size_t i = 0; i < s.x.size(); ++i) {
      if (has_point(s, i)) x.include(s.x[i]), y.include(s.y[i]);
      if (has_band(s, i)) x.include(s.x[i]), y.include(s.low[i]), y.include(s.high[i]);
      whole = whole && s.x[i] == std::floor(s.x[i]);
    }
  }
  for (const auto& [name, value] : chart.levels)
    if (drawable(value)) y.include(value);
  layout.empty = y.empty();
  layout.x = x.empty() ? Axis{} : position_axis(x.low, x.high, 10, whole);
  layout.y = y.empty() ? Axis{} : value_axis(y.low, y.high, 6);
}

Label make_label(const std::string& name, Point end, int series) {
  return {wrap_text(name, text_size, label_width_limit), name, end, end.y, series};
}

/// Labels of what can be drawn; the heights are still values of the y axis.
std::vector<Label> collect_labels(const LineChart& chart) {
  std::vector<Label> labels;
  for (size_t k = 0; k < chart.series.size(); ++k) {
    const ChartSeries& s = chart.series[k];
    const auto seen = stretches(s.x.size(), [&](size_t i) { return has_point(s, i); });
    if (seen.empty() || s.label.empty()) continue;
    const size_t last = seen.back().second - 1;
    labels.push_back(make_label(s.label, {s.x[last], s.y[last]}, static_cast<int>(k)));
  }
  for (const auto& [name, value] : chart.levels)
    if (drawable(value)) labels.push_back(make_label(name, {0, value}, -1));
  return labels;
}

/// What the reader would miss without being told.
std::vector<std::string> collect_notes(const LineChart& chart, const Layout& layout) {
  std::vector<std::string> missing;
  for (const ChartSeries& s : chart.series)
    if (stretches(s.x.size(), [&](size_t i) { return has_point(s, i); }).empty()) missing.push_back(s.label);
  for (const auto& [name, value] : chart.levels)
    if (!drawable(value)) missing.push_back(name);
  if (missing.empty()) return {};
  return wrap_text("Without values, not drawn: " + join(missing, ", ") + ".", text_size, width - layout.left - edge);
}

void place_labels(std::vector<Label>& labels, const Layout& layout) {
  std::vector<double> wanted, heights;
  for (Label& label : labels) {
    label.end = {label.series < 0 ? layout.right : layout.px(label.end.x), layout.py(label.end.y)};
    wanted.push_back(label.end.y);
    heights.push_back(label.height());
  }
  const double overhang = line_height / 2;
  const auto centres = spread_labels(wanted, heights, layout.top - overhang, layout.bottom + overhang);
  for (size_t i = 0; i < labels.size(); ++i) labels[i].centre = centres[i];
}

Layout lay_out(const LineChart& chart, std::vector<Label>& labels) {
  Layout layout;
  measure(chart, layout);
  double ticks_width = 0, labels_width = 0, labels_height = 0;
  for (const double tick : axis_ticks(layout.y))
    ticks_width = std::max(ticks_width, text_width(tick_text(layout.y, tick), text_size));
  for (const Label& label : labels) {
    for (const auto& line : label.lines) labels_width = std::max(labels_width, text_width(line, text_size));
    labels_height += label.height();
  }
  const double reserved = chart.simulated ? mark_width() + 4 * gap : 0;
  layout.title = wrap_text(chart.title, title_size * boldness, width - 2 * edge - reserved);
  layout.left = edge + ticks_width + gap;
  layout.right = width - edge - (labels.empty() ? inset : connector + key + gap + labels_width);
  const size_t heading_lines = std::max<size_t>(layout.title.size(), chart.simulated ? 1 : 0);
  layout.top = edge + title_height * static_cast<double>(heading_lines) + 2 * line_height;
  layout.bottom = layout.top + std::max(plot_height, labels_height);
  layout.notes = collect_notes(chart, layout);
  layout.height = layout.bottom + line_height * (2.6 + 1.2 * static_cast<double>(layout.notes.size()));
  place_labels(labels, layout);
  return layout;
}

void put_text(std::string& svg, Point at, std::string_view attributes, const std::string& text) {
  put(svg, "<text x=\"{:.1f}\" y=\"{:.1f}\"{}>{}</text>\n", at.x, at.y, attributes, escape_markup(text));
}

void put_line(std::string& svg, Point from, Point to, std::string_view attributes) {
  put(svg, "<path d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"{}/>\n", from.x, from.y, to.x, to.y, attributes);
}

constexpr std::string_view muted = " fill-opacity=\"0.75\"";
constexpr double baseline = 0.35 * text_size;  // from the middle of a line of text down to its baseline

void put_headings(std::string& svg, const LineChart& chart, const Layout& layout) {
  double y = edge + title_size;
  for (const std::string& line : layout.title) {
    put_text(svg, {edge, y}, fmt::format(" font-size=\"{}\" font-weight=\"600\"", title_size), line);
    y += title_height;
  }
  put_text(svg, {edge, layout.top - 0.9 * line_height}, muted, chart.y_label);
  put_text(svg, {(layout.left + layout.right) / 2, layout.bottom + 2.2 * line_height},
           fmt::format(" text-anchor=\"middle\"{}", muted), chart.x_label);
  for (size_t i = 0; i < layout.notes.size(); ++i)
    put_text(svg, {layout.left, layout.bottom + line_height * (3.4 + 1.2 * static_cast<double>(i))}, muted,
             layout.notes[i]);
}

// Twice: a frame that is read first, and letters behind the lines that no cropping takes away.
void put_simulated_mark(std::string& svg, const Layout& layout) {
  const double w = mark_width(), x = width - edge - w;
  put(svg,
      "<g fill=\"{0}\"><rect x=\"{1:.1f}\" y=\"{2:.1f}\" width=\"{3:.1f}\" height=\"20\" rx=\"2\" fill=\"none\" "
      "stroke=\"{0}\"/>\n<text x=\"{4:.1f}\" y=\"{5:.1f}\" font-size=\"12\" font-weight=\"700\" letter-spacing=\"0.5\" "
      "text-anchor=\"middle\">{6}</text></g>\n",
      warning_colour, x, edge, w, x + w / 2, edge + 14.5, simulated_mark);
  const Point centre{(layout.left + layout.right) / 2, (layout.top + layout.bottom) / 2};
  const double size = 1.25 * (layout.right - layout.left) / static_cast<double>(simulated_mark.size());
  put_text(svg, {centre.x, centre.y + 0.35 * size},
           fmt::format(" font-size=\"{:.1f}\" font-weight=\"700\" text-anchor=\"middle\" fill-opacity=\"0.06\"", size),
           std::string(simulated_mark));
}

void put_axes(std::string& svg, const Layout& layout) {
  for (const double tick : axis_ticks(layout.y)) {
    const double y = layout.py(tick);
    const std::string_view strength = tick == 0 ? "0.6" : "0.14";
    put_line(svg, {layout.left, y}, {layout.right, y},
             fmt::format(" stroke=\"currentColor\" stroke-opacity=\"{}\"", strength));
    put_text(svg, {layout.left - gap, y + baseline}, fmt::format(" text-anchor=\"end\"{}", muted),
             tick_text(layout.y, tick));
  }
  put_line(svg, {layout.left, layout.bottom}, {layout.right, layout.bottom},
           " stroke=\"currentColor\" stroke-opacity=\"0.6\"");
  for (const double tick : axis_ticks(layout.x)) {
    const double x = layout.px(tick);
    put_line(svg, {x, layout.bottom}, {x, layout.bottom + 4}, " stroke=\"currentColor\" stroke-opacity=\"0.6\"");
    put_text(svg, {x, layout.bottom + 1.1 * line_height}, fmt::format(" text-anchor=\"middle\"{}", muted),
             tick_text(layout.x, tick));
  }
}

constexpr std::string_view level_stroke =
    " stroke=\"currentColor\" stroke-opacity=\"0.65\" stroke-width=\"1.2\" stroke-dasharray=\"1.5 3\"";

void put_levels(std::string& svg, const LineChart& chart, const Layout& layout) {
  for (const auto& [name, value] : chart.levels)
    if (drawable(value)) put_line(svg, {layout.left, layout.py(value)}, {layout.right, layout.py(value)}, level_stroke);
}

/// A polygon over each stretch of band; an error bar where a stretch is one point.
void put_band(std::string& svg, const ChartSeries& s, std::string_view colour, const Layout& layout) {
  for (const auto& [first, last] : stretches(s.x.size(), [&](size_t i) { return has_band(s, i); })) {
    const double x = layout.px(s.x[first]);
    if (last - first == 1) {
      put_line(svg, {x, layout.py(s.low[first])}, {x, layout.py(s.high[first])},
               fmt::format(" stroke=\"{}\" stroke-opacity=\"0.45\" stroke-width=\"3\"", colour));
      continue;
    }
    svg += "<path d=\"";
    for (size_t i = first; i < last; ++i)
      put(svg, "{}{:.1f} {:.1f}", i == first ? 'M' : 'L', layout.px(s.x[i]), layout.py(s.high[i]));
    for (size_t i = last; i-- > first;) put(svg, "L{:.1f} {:.1f}", layout.px(s.x[i]), layout.py(s.low[i]));
    put(svg, "Z\" fill=\"{}\" fill-opacity=\"0.15\"/>\n", colour);
  }
}

std::string marker_path(Marker marker, Point p) {
  constexpr double r = 3.7;
  switch (marker) {
    case Marker::square:
      return fmt::format("M{:.1f} {:.1f}h{:.1f}v{:.1f}h{:.1f}Z", p.x - 3.2, p.y - 3.2, 6.4, 6.4, -6.4);
    case Marker::triangle:
      return fmt::format("M{:.1f} {:.1f}l{:.1f} {:.1f}h{:.1f}Z", p.x, p.y - 4.4, r + 0.5, 7.4, -2 * r - 1);
    case Marker::diamond:
      return fmt::format("M{:.1f} {:.1f}l4.5 4.5l-4.5 4.5l-4.5 -4.5Z", p.x, p.y - 4.5);
    case Marker::wedge:
      return fmt::format("M{:.1f} {:.1f}l{:.1f} {:.1f}h{:.1f}Z", p.x, p.y + 4.4, r + 0.5, -7.4, -2 * r - 1);
    case Marker::circle:
      break;
  }
  return fmt::format("M{:.1f} {:.1f}a{} {} 0 1 0 {:.1f} 0a{} {} 0 1 0 {:.1f} 0Z", p.x - r, p.y, r, r, 2 * r, r, r,
                     -2 * r);
}

std::string dash_of(const ChartSeries& s) { return s.dashed ? " stroke-dasharray=\"6 4\"" : ""; }

/// What a browser shows while the pointer rests on a point.
std::string point_note(const LineChart& chart, const ChartSeries& s, size_t i) {
  std::string text = fmt::format("{}: {:.4g} at {} {:.6g}", s.label, s.y[i], chart.x_label, s.x[i]);
  if (has_band(s, i)) text += fmt::format(" ({:.4g} to {:.4g})", s.low[i], s.high[i]);
  return text;
}

void put_markers(std::string& svg, const LineChart& chart, size_t index, const Layout& layout) {
  const ChartSeries& s = chart.series[index];
  const size_t every = (s.x.size() + marker_limit - 1) / marker_limit;
  for (const auto& [first, last] : stretches(s.x.size(), [&](size_t i) { return has_point(s, i); }))
    for (size_t i = first; i < last; ++i)
      if (i % every == 0 || last - first == 1)
        put(svg, "<path stroke=\"none\" d=\"{}\"><title>{}</title></path>\n",
            marker_path(series_marker(index), {layout.px(s.x[i]), layout.py(s.y[i])}),
            escape_markup(point_note(chart, s, i)));
}

void put_series(std::string& svg, const LineChart& chart, size_t index, const Layout& layout) {
  const ChartSeries& s = chart.series[index];
  put(svg, "<g fill=\"{0}\" stroke=\"{0}\">\n", series_colour(index));
  for (const auto& [first, last] : stretches(s.x.size(), [&](size_t i) { return has_point(s, i); })) {
    if (last - first == 1) continue;
    put(svg, "<path fill=\"none\" stroke-width=\"2\" stroke-linejoin=\"round\"{} d=\"", dash_of(s));
    for (size_t i = first; i < last; ++i)
      put(svg, "{}{:.1f} {:.1f}", i == first ? 'M' : 'L', layout.px(s.x[i]), layout.py(s.y[i]));
    svg += "\"/>\n";
  }
  put_markers(svg, chart, index, layout);
  svg += "</g>\n";
}

/// A line's way from its end to its name: dotted to the side of the plot, slanted to the name's height, then a sample.
void put_series_leader(std::string& svg, const ChartSeries& s, const Label& label, const Layout& layout) {
  const auto index = static_cast<size_t>(label.series);
  const double sample = layout.right + connector;
  put(svg, "<g fill=\"none\" stroke=\"{}\">\n", series_colour(index));
  if (label.end.x < layout.right - 2 * inset)
    put_line(svg, {label.end.x + 6, label.end.y}, {layout.right, label.end.y},
             " stroke-opacity=\"0.7\" stroke-dasharray=\"1 4\"");
  put_line(svg, {layout.right, label.end.y}, {sample, label.centre}, " stroke-opacity=\"0.7\"");
  put_line(svg, {sample, label.centre}, {sample + key, label.centre}, " stroke-width=\"2\"" + dash_of(s));
  put(svg, "<path stroke=\"none\" fill=\"{}\" d=\"{}\"/>\n</g>\n", series_colour(index),
      marker_path(series_marker(index), {sample + key / 2, label.centre}));
}

void put_label(std::string& svg, const LineChart& chart, const Label& label, const Layout& layout) {
  const double text = layout.right + connector + key + gap;
  if (label.series >= 0)
    put_series_leader(svg, chart.series[static_cast<size_t>(label.series)], label, layout);
  else
    put(svg, "<path fill=\"none\"{} d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}H{:.1f}\"/>\n", level_stroke, layout.right,
        label.end.y, layout.right + connector, label.centre, text - gap);
  double y = label.centre - label.height() / 2 + line_height / 2 + baseline;
  for (const std::string& line : label.lines) {
    put_text(svg, {text, y}, label.series < 0 ? " font-style=\"italic\" fill-opacity=\"0.85\"" : "", line);
    y += line_height;
  }
}

}  // namespace

std::string render_line_chart(const LineChart& chart) {
  check(chart);
  std::vector<Label> labels = collect_labels(chart);
  const Layout layout = lay_out(chart, labels);
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}{}\" "
      "font-family=\"{}\" font-size=\"{}\" fill=\"currentColor\">\n",
      width, layout.height, escape_markup(chart.title), chart.simulated ? " (simulated data)" : "", font, text_size);
  if (chart.simulated) put_simulated_mark(svg, layout);
  put_headings(svg, chart, layout);
  if (!layout.empty)
    put_axes(svg, layout);
  else
    put_text(svg, {layout.left + inset, (layout.top + layout.bottom) / 2}, muted, "There is no value to draw.");
  put_levels(svg, chart, layout);
  for (size_t i = 0; i < chart.series.size(); ++i) put_band(svg, chart.series[i], series_colour(i), layout);
  for (size_t i = 0; i < chart.series.size(); ++i) put_series(svg, chart, i, layout);
  for (const Label& label : labels) put_label(svg, chart, label, layout);
  return svg + "</svg>\n";
}

}  // namespace arcuate
