// A scatter chart as SVG text: bands and lines below, points above.
#include "report/scatter_chart.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/text.h"
#include "report/frame.h"
#include "report/line_fit.h"

namespace arcuate {
namespace {

constexpr int samples = 40;  // stretches of a band, which is curved
constexpr double square = 380;

/// Points that can be drawn; x is log10 of the value on a logarithmic axis.
struct Cloud {
  std::vector<double> x{}, y{};
  std::vector<size_t> index{};  // in the series
};

/// A line to draw.
struct Trend {
  std::string name{};
  std::string colour = "currentColor";
  LineFit line{};
  ValueRange x{};
};

void check(const ScatterChart& chart) {
  Problems problems(fmt::format("chart '{}'", chart.title), Fault::failed);
  for (const ScatterSeries& s : chart.series) {
    if (s.x.size() != s.y.size())
      problems.add("series '{}' needs one y for each x, but has {} x and {} y", s.label, s.x.size(), s.y.size());
    if (!s.names.empty() && s.names.size() != s.x.size())
      problems.add("series '{}' needs one name for each x or none, but has {} x and {} names", s.label, s.x.size(),
                   s.names.size());
  }
  problems.raise();
}

Cloud cloud_of(const ScatterChart& chart, const ScatterSeries& s) {
  Cloud cloud;
  for (size_t i = 0; i < s.x.size(); ++i) {
    const double x = !chart.log_x ? s.x[i] : s.x[i] > 0 ? std::log10(s.x[i]) : NAN;
    if (!drawable(x) || !drawable(s.y[i])) continue;
    cloud.x.push_back(x), cloud.y.push_back(s.y[i]), cloud.index.push_back(i);
  }
  return cloud;
}

std::vector<Cloud> clouds_of(const ScatterChart& chart) {
  std::vector<Cloud> clouds;
  for (const ScatterSeries& s : chart.series) clouds.push_back(cloud_of(chart, s));
  return clouds;
}

Trend trend_through(const Cloud& cloud, std::string name, std::string_view colour) {
  Trend trend{.name = std::move(name), .colour = std::string(colour), .line = fit_line(cloud.x, cloud.y)};
  for (const double x : cloud.x) trend.x.include(x);
  return trend;
}

std::vector<Trend> trends_of(const ScatterChart& chart, const std::vector<Cloud>& clouds) {
  std::vector<Trend> trends;
  if (chart.fit == ScatterFit::each)
    for (size_t i = 0; i < clouds.size(); ++i)
      trends.push_back(trend_through(clouds[i], chart.series[i].label, chosen_colour(chart.series[i].colour, i)));
  if (chart.fit == ScatterFit::all) {
    Cloud all;
    for (const Cloud& cloud : clouds) {
      all.x.insert(all.x.end(), cloud.x.begin(), cloud.x.end());
      all.y.insert(all.y.end(), cloud.y.begin(), cloud.y.end());
    }
    trends.push_back(trend_through(all, "all", "currentColor"));
  }
  return trends;
}

void measure(const ScatterChart& chart, const std::vector<Cloud>& clouds, FrameSpec& spec) {
  ValueRange x, y;
  for (const Cloud& cloud : clouds) {
    for (const double value : cloud.x) x.include(value);
    for (const double value : cloud.y) y.include(value);
  }
  spec.empty = x.empty();
  spec.x.marks = spec.y.grid = true;
  if (spec.empty) return;
  const bool alike = chart.identity && !chart.log_x;
  if (alike) x.include(y.low), x.include(y.high), y = x;
  spec.y = number_scale(value_axis(y.low, y.high, 6));
  spec.x = alike         ? spec.y
           : chart.log_x ? log_scale(std::pow(10, x.low), std::pow(10, x.high))
                         : number_scale(position_axis(x.low, x.high, 7, false));
  if (alike) spec.plot_width = spec.plot_height = square, spec.rigid = true;
  spec.x.inset = spec.y.inset = plot_inset;
  spec.x.marks = spec.y.grid = true;
}

void name_all(const ScatterChart& chart, const std::vector<Cloud>& clouds, const std::vector<Trend>& trends,
              FrameSpec& spec) {
  std::vector<std::string> missing;
  size_t not_positive = 0;
  for (size_t i = 0; i < clouds.size(); ++i) {
    const ScatterSeries& s = chart.series[i];
    if (chart.log_x) not_positive += static_cast<size_t>(std::ranges::count_if(s.x, [](double x) { return x <= 0; }));
    if (clouds[i].x.empty())
      missing.push_back(s.label);
    else if (!s.label.empty())
      spec.key.push_back(
          {.name = s.label, .colour = std::string(chosen_colour(s.colour, i)), .marker = series_marker(i)});
  }
  for (const Trend& trend : trends) {
    if (trend.line.exists())
      spec.key.push_back({.name = fmt::format("{}: r = {:.2f}, n = {}", trend.name, trend.line.r, trend.line.count),
                          .colour = trend.colour,
                          .stroke = " stroke-width=\"2\""});
    else
      spec.notes.push_back(fmt::format("No line for '{}': that needs three points, not all at one x.", trend.name));
  }
  if (std::ranges::any_of(trends, [](const Trend& trend) { return trend.line.exists(); }))
    spec.notes.push_back(chart.log_x ? "Lines: least squares on log₁₀ x, with 95 % confidence bands."
                                     : "Lines: least squares, with 95 % confidence bands.");
  if (chart.identity && !spec.empty)
    spec.key.push_back({.name = "y = x", .stroke = std::string(level_stroke), .italic = true});
  add_missing_note(spec, missing);
  if (not_positive > 0)
    spec.notes.push_back(fmt::format("Points at x ≤ 0, which a logarithmic axis cannot show: {}.", not_positive));
}

double sample(const ValueRange& range, int i) { return range.low + (range.high - range.low) * i / samples; }

// Bands of few points may be far taller than the plot: they end at its sides.
void put_trend(std::string& svg, const Trend& trend, const Frame& frame) {
  if (!trend.line.exists()) return;
  const auto edge = [&](double x, double sign) {
    const double y = frame.py(trend.line.at(x) + sign * trend.line.band(x));
    put_markup(svg, "{:.1f} {:.1f}", frame.px(x), std::clamp(y, frame.top, frame.bottom));
  };
  svg += "<path d=\"";
  for (int i = 0; i <= samples; ++i) svg += i == 0 ? "M" : "L", edge(sample(trend.x, i), 1);
  for (int i = samples; i >= 0; --i) svg += "L", edge(sample(trend.x, i), -1);
  put_markup(svg, "Z\" fill=\"{}\" fill-opacity=\"0.13\"/>\n", trend.colour);
  put_line(svg, frame.at(trend.x.low, trend.line.at(trend.x.low)), frame.at(trend.x.high, trend.line.at(trend.x.high)),
           fmt::format(" stroke=\"{}\" stroke-width=\"2\"", trend.colour));
}

// On a logarithmic axis y = x is a curve.
void put_identity(std::string& svg, const Frame& frame, bool log_x) {
  const ValueRange x{frame.spec.x.low, frame.spec.x.high};
  const auto value = [&](int i) { return log_x ? std::pow(10, sample(x, i)) : sample(x, i); };
  const auto inside = [&](size_t i) {
    return std::abs(frame.spec.y.fraction(value(static_cast<int>(i))) - 0.5) <= 0.5;
  };
  for (const auto& [first, last] : stretches(samples + 1, inside)) {
    svg += "<path fill=\"none\" d=\"";
    for (auto i = static_cast<int>(first); i < static_cast<int>(last); ++i)
      put_markup(svg, "{}{:.1f} {:.1f}", svg.ends_with('"') ? 'M' : 'L', frame.px(sample(x, i)), frame.py(value(i)));
    put_markup(svg, "\"{}/>\n", level_stroke);
  }
}

void put_points(std::string& svg, const ScatterChart& chart, size_t index, const Cloud& cloud, const Frame& frame) {
  const ScatterSeries& s = chart.series[index];
  put_markup(svg, "<g fill=\"{}\" fill-opacity=\"0.8\">\n", chosen_colour(s.colour, index));
  for (size_t k = 0; k < cloud.x.size(); ++k) {
    const size_t i = cloud.index[k];
    const std::string& name = s.names.empty() ? s.label : s.names[i];
    put_marker(svg, series_marker(index), frame.at(cloud.x[k], cloud.y[k]), "",
               fmt::format("{}: {:.4g} at {} {:.6g}", name, s.y[i], chart.x_label, s.x[i]));
  }
  svg += "</g>\n";
}

}  // namespace

std::string render_scatter_chart(const ScatterChart& chart) {
  check(chart);
  const auto clouds = clouds_of(chart);
  const auto trends = trends_of(chart, clouds);
  FrameSpec spec{
      .title = chart.title, .x_label = chart.x_label, .y_label = chart.y_label, .simulated = chart.simulated};
  measure(chart, clouds, spec);
  name_all(chart, clouds, trends, spec);
  const Frame frame = make_frame(std::move(spec));
  std::string svg = open_chart(frame);
  if (chart.identity && !frame.spec.empty) put_identity(svg, frame, chart.log_x);
  for (const Trend& trend : trends) put_trend(svg, trend, frame);
  for (size_t i = 0; i < clouds.size(); ++i) put_points(svg, chart, i, clouds[i], frame);
  return close_chart(std::move(svg), frame);
}

ChartData chart_data(const ScatterChart& chart) {
  check(chart);
  ChartData data{.columns = {"name", "kind", "point", "x", "y", "low", "high"}};
  for (const ScatterSeries& s : chart.series)
    for (size_t i = 0; i < s.x.size(); ++i)
      data.rows.push_back(
          {s.label, "point", s.names.empty() ? "n/a" : s.names[i], shortest(s.x[i]), shortest(s.y[i]), "n/a", "n/a"});
  for (const Trend& trend : trends_of(chart, clouds_of(chart))) {
    if (!trend.line.exists()) continue;
    for (int i = 0; i <= samples; ++i) {
      const double x = sample(trend.x, i), y = trend.line.at(x), half = trend.line.band(x);
      data.rows.push_back({trend.name, "fit", "n/a", shortest(chart.log_x ? std::pow(10, x) : x), shortest(y),
                           shortest(y - half), shortest(y + half)});
    }
    data.rows.push_back({trend.name, "r", "n/a", "n/a", shortest(trend.line.r), "n/a", "n/a"});
  }
  mark_simulated(data, chart.simulated);
  return data;
}

}  // namespace arcuate
