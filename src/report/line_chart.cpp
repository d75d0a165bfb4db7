// A line chart as SVG text: bands below, lines and markers above, each line named at its end.
#include "report/line_chart.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "core/error.h"
#include "core/text.h"
#include "report/frame.h"

namespace arcuate {
namespace {

constexpr size_t marker_limit = 24;  // longer series are marked at every second, third … point

bool has_point(const ChartSeries& s, size_t i) { return drawable(s.x[i]) && drawable(s.y[i]); }
bool has_band(const ChartSeries& s, size_t i) {
  return !s.low.empty() && drawable(s.x[i]) && drawable(s.low[i]) && drawable(s.high[i]);
}

auto drawn_stretches(const ChartSeries& s) {
  return stretches(s.x.size(), [&](size_t i) { return has_point(s, i); });
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

void measure(const LineChart& chart, FrameSpec& spec) {
  ValueRange x, y;
  bool whole = true;
  for (const ChartSeries& s : chart.series) {
    for (size_t i = 0; i < s.x.size(); ++i) {
      if (has_point(s, i)) x.include(s.x[i]), y.include(s.y[i]);
      if (has_band(s, i)) x.include(s.x[i]), y.include(s.low[i]), y.include(s.high[i]);
      whole = whole && s.x[i] == std::floor(s.x[i]);
    }
  }
  for (const auto& level : chart.levels) y.include(level.second);
  spec.empty = y.empty();
  spec.x = number_scale(x.empty() ? Axis{} : position_axis(x.low, x.high, 10, whole));
  spec.y = number_scale(y.empty() ? Axis{} : value_axis(y.low, y.high, 6));
  spec.x.inset = plot_inset;
  spec.x.marks = spec.y.grid = true;
}

std::string_view dash_of(const ChartSeries& s) { return s.dashed ? dashed_stroke : ""; }

/// Names of what can be drawn go to the key, of the rest into a note.
void name_all(const LineChart& chart, FrameSpec& spec) {
  std::vector<std::string> missing;
  for (size_t k = 0; k < chart.series.size(); ++k) {
    const ChartSeries& s = chart.series[k];
    const auto drawn = drawn_stretches(s);
    if (drawn.empty()) {
      missing.push_back(s.label);
    } else if (!s.label.empty()) {
      const size_t last = drawn.back().second - 1;
      spec.key.push_back({.name = s.label,
                          .colour = std::string(chosen_colour(s.colour, k)),
                          .stroke = fmt::format(" stroke-width=\"2\"{}", dash_of(s)),
                          .marker = series_marker(k),
                          .end = PlotPoint{s.x[last], s.y[last]}});
    }
  }
  for (const auto& [name, value] : chart.levels) {
    if (drawable(value))
      spec.key.push_back(
          {.name = name, .stroke = std::string(level_stroke), .italic = true, .end = PlotPoint{INFINITY, value}});
    else
      missing.push_back(name);
  }
  add_missing_note(spec, missing);
}

void put_levels(std::string& svg, const LineChart& chart, const Frame& frame) {
  for (const auto& [name, value] : chart.levels)
    if (drawable(value)) put_line(svg, {frame.left, frame.py(value)}, {frame.right, frame.py(value)}, level_stroke);
}

/// A polygon over each stretch of band; an error bar where a stretch is one point.
void put_band(std::string& svg, const ChartSeries& s, std::string_view colour, const Frame& frame) {
  for (const auto& [first, last] : stretches(s.x.size(), [&](size_t i) { return has_band(s, i); })) {
    if (last - first == 1) {
      put_line(svg, frame.at(s.x[first], s.low[first]), frame.at(s.x[first], s.high[first]),
               fmt::format(" stroke=\"{}\" stroke-opacity=\"0.45\" stroke-width=\"3\"", colour));
      continue;
    }
    svg += "<path d=\"";
    for (size_t i = first; i < last; ++i)
      put_markup(svg, "{}{:.1f} {:.1f}", i == first ? 'M' : 'L', frame.px(s.x[i]), frame.py(s.high[i]));
    for (size_t i = last; i-- > first;) put_markup(svg, "L{:.1f} {:.1f}", frame.px(s.x[i]), frame.py(s.low[i]));
    put_markup(svg, "Z\" fill=\"{}\" fill-opacity=\"0.15\"/>\n", colour);
  }
}

std::string point_note(const LineChart& chart, const ChartSeries& s, size_t i) {
  std::string text = fmt::format("{}: {:.4g} at {} {:.6g}", s.label, s.y[i], chart.x_label, s.x[i]);
  if (has_band(s, i)) text += fmt::format(" ({:.4g} to {:.4g})", s.low[i], s.high[i]);
  return text;
}

void put_markers(std::string& svg, const LineChart& chart, size_t index, const Frame& frame) {
  const ChartSeries& s = chart.series[index];
  const size_t every = (s.x.size() + marker_limit - 1) / marker_limit;
  for (const auto& [first, last] : drawn_stretches(s))
    for (size_t i = first; i < last; ++i)
      if (i % every == 0 || last - first == 1)
        put_marker(svg, series_marker(index), frame.at(s.x[i], s.y[i]), "", point_note(chart, s, i));
}

void put_series(std::string& svg, const LineChart& chart, size_t index, const Frame& frame) {
  const ChartSeries& s = chart.series[index];
  put_markup(svg, "<g fill=\"{0}\" stroke=\"{0}\">\n", chosen_colour(s.colour, index));
  for (const auto& [first, last] : drawn_stretches(s)) {
    if (last - first == 1) continue;
    put_markup(svg, "<path fill=\"none\" stroke-width=\"2\" stroke-linejoin=\"round\"{} d=\"", dash_of(s));
    for (size_t i = first; i < last; ++i)
      put_markup(svg, "{}{:.1f} {:.1f}", i == first ? 'M' : 'L', frame.px(s.x[i]), frame.py(s.y[i]));
    svg += "\"/>\n";
  }
  put_markers(svg, chart, index, frame);
  svg += "</g>\n";
}

}  // namespace

std::string render_line_chart(const LineChart& chart) {
  check(chart);
  FrameSpec spec{
      .title = chart.title, .x_label = chart.x_label, .y_label = chart.y_label, .simulated = chart.simulated};
  measure(chart, spec);
  name_all(chart, spec);
  const Frame frame = make_frame(std::move(spec));
  std::string svg = open_chart(frame);
  put_levels(svg, chart, frame);
  for (size_t i = 0; i < chart.series.size(); ++i)
    put_band(svg, chart.series[i], chosen_colour(chart.series[i].colour, i), frame);
  for (size_t i = 0; i < chart.series.size(); ++i) put_series(svg, chart, i, frame);
  return close_chart(std::move(svg), frame);
}

ChartData chart_data(const LineChart& chart) {
  check(chart);
  ChartData data{.columns = {"name", "kind", "x", "y", "low", "high"}};
  const auto at = [](const std::vector<double>& values, size_t i) {
    return values.empty() ? "n/a" : shortest(values[i]);
  };
  for (const ChartSeries& s : chart.series)
    for (size_t i = 0; i < s.x.size(); ++i)
      data.rows.push_back({s.label, "point", shortest(s.x[i]), shortest(s.y[i]), at(s.low, i), at(s.high, i)});
  for (const auto& [name, value] : chart.levels)
    data.rows.push_back({name, "level", "n/a", shortest(value), "n/a", "n/a"});
  mark_simulated(data, chart.simulated);
  return data;
}

}  // namespace arcuate
