// A box chart as SVG text.
#include "report/box_chart.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "core/text.h"
#include "report/frame.h"
#include "report/label.h"

namespace arcuate {
namespace {

constexpr double least_row = 34, box_height = 18, cap = 5;
constexpr double golden = 0.6180339887498949;  // its multiples fall evenly into [0, 1): a spread that never varies

std::vector<double> drawable_values(const std::vector<double>& values) {
  std::vector<double> kept;
  std::ranges::copy_if(values, std::back_inserter(kept), drawable);
  return kept;
}

double quantile(const std::vector<double>& sorted, double p) {
  const double at = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(at);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - std::floor(at)) * (sorted[above] - sorted[below]);
}

/// A group that has values.
struct Row {
  const BoxGroup* group = nullptr;
  BoxSummary box{};
  std::string_view colour{};
};

std::vector<Row> drawn_rows(const BoxChart& chart, std::vector<std::string>& missing) {
  std::vector<Row> rows;
  for (size_t i = 0; i < chart.groups.size(); ++i) {
    const BoxGroup& group = chart.groups[i];
    Row row{&group, summarise_box(group.values), chosen_colour(group.colour, i)};
    if (row.box.count == 0)
      missing.push_back(group.label);
    else
      rows.push_back(std::move(row));
  }
  return rows;
}

FrameSpec frame_of(const BoxChart& chart, const std::vector<Row>& rows, std::vector<std::string> missing) {
  FrameSpec spec{.title = chart.title, .x_label = chart.value_label, .simulated = chart.simulated};
  ValueRange range;
  std::vector<std::string> names;
  double row_height = least_row;
  for (const Row& row : rows) {
    for (const double value : row.group->values) range.include(value);
    names.push_back(fmt::format("{} (n = {})", row.group->label, row.box.count));
    const auto lines = wrap_text(names.back(), text_size, label_width_limit).size();
    row_height = std::max(row_height, static_cast<double>(lines) * line_height + chart_gap);
  }
  for (const auto& [name, value] : chart.levels) {
    range.include(value);
    if (drawable(value))
      spec.key.push_back({.name = name, .stroke = std::string(level_stroke), .italic = true});
    else
      missing.push_back(name);
  }
  spec.empty = rows.empty();
  spec.x = number_scale(range.empty() ? Axis{} : value_axis(range.low, range.high, 6));
  spec.x.inset = plot_inset;
  spec.x.grid = spec.x.marks = true;
  spec.y = rows.empty() ? Scale{} : name_scale(names);
  spec.plot_height = std::max(1.0, static_cast<double>(rows.size())) * row_height;
  spec.above = 0.5 * line_height;
  add_missing_note(spec, missing);
  return spec;
}

void put_box(std::string& svg, const BoxSummary& box, double y, const Frame& frame) {
  const double left = frame.px(box.lower_quartile), right = frame.px(box.upper_quartile);
  put_rectangle(svg, {left, y - box_height / 2}, right - left, box_height,
                " fill-opacity=\"0.18\" stroke-width=\"1.4\"",
                fmt::format("median {:.4g}, quartiles {:.4g} and {:.4g}, n = {}", box.median, box.lower_quartile,
                            box.upper_quartile, box.count));
  for (const auto& [from, to] : {std::pair(box.lower_quartile, box.low), std::pair(box.upper_quartile, box.high)}) {
    const double end = frame.px(to);
    put_line(svg, {frame.px(from), y}, {end, y}, " stroke-width=\"1.4\"");
    put_line(svg, {end, y - cap}, {end, y + cap}, " stroke-width=\"1.4\"");
  }
  const double median = frame.px(box.median);
  put_line(svg, {median, y - box_height / 2}, {median, y + box_height / 2}, " stroke-width=\"3\"");
}

void put_points(std::string& svg, const std::vector<double>& values, double y, const Frame& frame) {
  for (size_t i = 0; i < values.size(); ++i) {
    const double turn = golden * static_cast<double>(i + 1);
    const double shift = values.size() > 1 ? (turn - std::floor(turn) - 0.5) * 0.7 * box_height : 0;
    put_markup(svg, "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.3\" stroke=\"none\" fill-opacity=\"0.7\"/>\n",
               frame.px(values[i]), y + shift);
  }
}

void put_row(std::string& svg, const BoxChart& chart, const Row& row, double y, const Frame& frame) {
  put_markup(svg, "<g fill=\"{0}\" stroke=\"{0}\">\n", row.colour);
  put_box(svg, row.box, y, frame);
  put_points(svg, row.box.count <= chart.point_limit ? drawable_values(row.group->values) : row.box.outliers, y, frame);
  svg += "</g>\n";
}

}  // namespace

BoxSummary summarise_box(const std::vector<double>& values) {
  std::vector<double> sorted = drawable_values(values);
  if (sorted.empty()) return {0, NAN, NAN, NAN, NAN, NAN, {}};
  std::ranges::sort(sorted);
  BoxSummary box{.count = sorted.size(),
                 .lower_quartile = quantile(sorted, 0.25),
                 .median = quantile(sorted, 0.5),
                 .upper_quartile = quantile(sorted, 0.75)};
  const double reach = 1.5 * (box.upper_quartile - box.lower_quartile);
  const auto first = std::ranges::lower_bound(sorted, box.lower_quartile - reach);
  const auto last = std::ranges::upper_bound(sorted, box.upper_quartile + reach);
  // In very small groups the nearest value within reach may lie inside the box.
  box.low = std::min(*first, box.lower_quartile);
  box.high = std::max(*std::prev(last), box.upper_quartile);
  box.outliers.assign(sorted.begin(), first);
  box.outliers.insert(box.outliers.end(), last, sorted.end());
  return box;
}

std::string render_box_chart(const BoxChart& chart) {
  std::vector<std::string> missing;
  const auto rows = drawn_rows(chart, missing);
  const Frame frame = make_frame(frame_of(chart, rows, std::move(missing)));
  std::string svg = open_chart(frame);
  for (const auto& [name, value] : chart.levels)
    if (drawable(value) && !rows.empty())
      put_line(svg, {frame.px(value), frame.top}, {frame.px(value), frame.bottom}, level_stroke);
  for (size_t i = 0; i < rows.size(); ++i) put_row(svg, chart, rows[i], frame.py(static_cast<double>(i) + 0.5), frame);
  return close_chart(std::move(svg), frame);
}

ChartData chart_data(const BoxChart& chart) {
  ChartData data{.columns = {"name", "kind", "value"}};
  for (const BoxGroup& group : chart.groups) {
    const BoxSummary box = summarise_box(group.values);
    const auto add = [&](const char* kind, double value) { data.rows.push_back({group.label, kind, shortest(value)}); };
    add("count", static_cast<double>(box.count));
    add("low whisker", box.low), add("lower quartile", box.lower_quartile), add("median", box.median);
    add("upper quartile", box.upper_quartile), add("high whisker", box.high);
    for (const double value : group.values) add("value", value);
  }
  for (const auto& [name, value] : chart.levels) data.rows.push_back({name, "level", shortest(value)});
  mark_simulated(data, chart.simulated);
  return data;
}

}  // namespace arcuate
