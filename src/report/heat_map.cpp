// A heat map as SVG text. Neighbours of one colour in a row are one rectangle, so that large maps stay small files.
#include "report/heat_map.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/error.h"
#include "core/text.h"
#include "report/frame.h"
#include "report/label.h"

namespace arcuate {
namespace {

constexpr double least_name = 15, widest_cell = 64, square_cell = 44;
constexpr double highest_cell = 24, highest_map = 620;
constexpr double bar_width = 14, longest_bar = 170, shortest_bar = 80;
constexpr double small_text = 11, name_limit = 210;
constexpr double slope = 0.70710678;  // of turned names: 45 degrees
constexpr size_t noted_cells = 4000;  // more would make files large: no notes for the pointer

void check(const HeatMap& map) {
  Problems problems(fmt::format("heat map '{}'", map.title), Fault::failed);
  if (map.values.size() != map.rows.size())
    problems.add("needs one row of values for each name, but has {} names and {} rows", map.rows.size(),
                 map.values.size());
  for (size_t i = 0; i < map.values.size(); ++i)
    if (map.values[i].size() != map.columns.size())
      problems.add("row {} needs one value for each of {} columns, but has {}", i + 1, map.columns.size(),
                   map.values[i].size());
  if (map.low >= map.high) problems.add("low must be below high, but they are {} and {}", map.low, map.high);
  problems.raise();
}

ValueRange range_of(const HeatMap& map) {
  ValueRange found;
  for (const auto& row : map.values)
    for (const double value : row) found.include(value);
  return found;
}

/// The values at the ends of the colours.
ValueRange colour_range(const HeatMap& map, ValueRange found) {
  if (map.scale == ColourScale::diverging) {
    const double reach = std::max({std::abs(found.low), std::abs(found.high)});
    found = {-reach, reach};
  }
  if (drawable(map.low)) found.low = map.low;
  if (drawable(map.high)) found.high = map.high;
  if (found.low < found.high) return found;
  const Axis wide = position_axis(found.low, found.low, 4, false);
  return {wide.low, wide.high};
}

bool all_whole(const HeatMap& map) {
  for (const auto& row : map.values)
    for (const double value : row)
      if (drawable(value) && value != std::floor(value)) return false;
  return true;
}

/// What has been decided about the cells.
struct Cells {
  ValueRange range{};
  ColourMap colours;
  Axis bar{};      // of the colour bar
  Axis numbers{};  // how numbers in cells are written
  double width = 0, height = 0, text = 0;
  bool turned = false, missing = false;
  double fraction(double value) const { return std::clamp((value - range.low) / (range.high - range.low), 0.0, 1.0); }
};

std::string shortened(const std::string& name) {
  const auto lines = wrap_text(name, text_size, name_limit);
  return lines.size() > 1 ? lines[0] + "…" : name;
}

double widest(const std::vector<std::string>& names, size_t every = 1) {
  double width = 0;
  for (size_t i = 0; i < names.size(); i += every) width = std::max(width, text_width(shortened(names[i]), text_size));
  return width;
}

// Every how manieth of names that need `room` is written.
size_t thinned(double room, double cell) {
  for (const size_t every : {1, 2, 5, 10, 20, 50, 100, 200, 500})
    if (cell * static_cast<double>(every) >= room) return every;
  return 1000;
}

std::string thinned_note(const char* what, size_t every) {
  return fmt::format("Every {}{} {} is named.", every, every == 2 ? "nd" : "th", what);
}

double cell_height(const HeatMap& map, double width) {
  if (map.square) return width;
  return std::min(highest_cell, highest_map / static_cast<double>(map.rows.size()));
}

/// The largest size at which all numbers fit into their cells; 0 if a reader could not read it.
double number_size(const HeatMap& map, const Cells& cells) {
  double size = std::min(text_size, cells.height - 4);
  for (const auto& row : map.values)
    for (const double value : row)
      if (drawable(value)) size = std::min(size, (cells.width - 8) / text_width(tick_text(cells.numbers, value), 1));
  return size < 8 ? 0 : size;
}

// Column names stand upright where they fit, short ones (numbers) are thinned out, long ones are turned.
void name_columns(const HeatMap& map, Cells& cells, FrameSpec& spec) {
  const double width = widest(map.columns);
  cells.turned = width + chart_gap > cells.width && width > 3 * text_size;
  const size_t every = thinned(cells.turned ? least_name / slope : width + chart_gap, cells.width);
  for (size_t i = 0; i < map.columns.size(); ++i)
    spec.x.ticks.push_back({static_cast<double>(i) + 0.5, i % every == 0 ? shortened(map.columns[i]) : ""});
  if (every > 1) spec.notes.push_back(thinned_note("column", every));
  if (!cells.turned) return;
  spec.below = slope * (width + text_size) + chart_gap;
  spec.left = slope * width - cells.width / 2 + chart_gap;
}

void name_rows(const HeatMap& map, const Cells& cells, FrameSpec& spec) {
  const size_t every = thinned(least_name, cells.height);
  for (size_t i = 0; i < map.rows.size(); ++i)
    if (i % every != 0) spec.y.ticks[i].text.clear();
  if (every > 1) spec.notes.push_back(thinned_note("row", every));
}

FrameSpec spec_of(const HeatMap& map) {
  FrameSpec spec{.title = map.title,
                 .x_label = map.column_label,
                 .y_label = map.row_label,
                 .simulated = map.simulated,
                 .rigid = true,
                 .opaque = true};
  std::vector<std::string> names;
  for (const std::string& name : map.rows) names.push_back(shortened(name));
  spec.y = name_scale(names);
  spec.x = {.low = 0, .high = static_cast<double>(map.columns.size())};
  if (map.row_label.empty()) spec.above = line_height;
  return spec;
}

double bar_height(const Cells& cells, size_t rows) {
  return std::clamp(cells.height * static_cast<double>(rows), shortest_bar, longest_bar);
}

void plan_bar(const HeatMap& map, Cells& cells, FrameSpec& spec) {
  double width = 0;
  for (const double tick : axis_ticks(cells.bar))
    width = std::max(width, text_width(tick_text(cells.bar, tick), text_size));
  spec.key_width = bar_width + 2 * chart_gap + width;
  const auto lines = wrap_text(map.value_label, text_size, 120);
  for (const auto& line : lines) spec.key_width = std::max(spec.key_width, text_width(line, text_size));
  spec.key_top =
      static_cast<double>(lines.size()) * line_height + bar_height(cells, map.rows.size()) + line_height + chart_gap;
  if (cells.missing) spec.key.push_back({.name = "no value", .struck = true});
}

// First with all the width there is, to learn how wide a cell may be.
Frame lay_out(const HeatMap& map, Cells& cells) {
  FrameSpec spec = spec_of(map);
  plan_bar(map, cells, spec);
  const auto columns = static_cast<double>(map.columns.size());
  for (int pass = 0; pass < 2; ++pass) {
    const Frame wide = make_frame(spec);
    const double most = map.square ? std::min(square_cell, highest_map / columns) : widest_cell;
    cells.width = std::min(most, (wide.right - wide.left) / columns);
    cells.height = cell_height(map, cells.width);
    spec = spec_of(map);
    plan_bar(map, cells, spec);
    name_columns(map, cells, spec);
    name_rows(map, cells, spec);
  }
  spec.plot_width = cells.width * columns;
  spec.plot_height = cells.height * static_cast<double>(map.rows.size());
  if (map.cell_text) cells.text = number_size(map, cells);
  if (map.cell_text && cells.text == 0)
    spec.notes.push_back("The cells are too small for their numbers; the table has them.");
  return make_frame(std::move(spec));
}

std::string cell_note(const HeatMap& map, size_t row, size_t column) {
  const double value = map.values[row][column];
  const std::string text = drawable(value) ? fmt::format("{:.4g}", value) : "no value";
  return fmt::format("{}, {}: {}", map.rows[row], map.columns[column], text);
}

void put_row(std::string& svg, const HeatMap& map, const Cells& cells, const Frame& frame, size_t row) {
  const auto& values = map.values[row];
  const double paper = cells.width >= 14 && cells.height >= 14
                           ? 1
                           : -0.5;  // between large cells; small ones overlap, lest it shine through
  const bool noted = map.rows.size() * values.size() <= noted_cells;
  const auto colour = [&](size_t i) { return drawable(values[i]) ? cells.colours.css(cells.fraction(values[i])) : ""; };
  const double top = frame.top + cells.height * static_cast<double>(row);
  for (size_t i = 0, end = 1; i < values.size(); i = end, end = i + 1) {
    const std::string ink = colour(i);
    while (!noted && end < values.size() && colour(end) == ink) ++end;
    const PlotPoint corner{frame.left + cells.width * static_cast<double>(i), top};
    const double width = cells.width * static_cast<double>(end - i) - paper, height = cells.height - paper;
    if (ink.empty())
      put_struck(svg, {corner.x + 0.5, corner.y + 0.5}, width - 1, height - 1);
    else
      put_rectangle(svg, corner, width, height, fmt::format(" fill=\"{}\"", ink), noted ? cell_note(map, row, i) : "");
  }
}

// Dark letters on light colours and the other way round.
std::string_view ink_on(Rgb c) {
  return 0.299 * c.red + 0.587 * c.green + 0.114 * c.blue > 140 ? "#000000" : "#ffffff";
}

void put_numbers(std::string& svg, const HeatMap& map, const Cells& cells, const Frame& frame) {
  put_markup(svg, "<g font-size=\"{:.1f}\" text-anchor=\"middle\" pointer-events=\"none\">\n", cells.text);
  for (size_t r = 0; r < map.rows.size(); ++r)
    for (size_t c = 0; c < map.columns.size(); ++c) {
      const double value = map.values[r][c];
      if (!drawable(value)) continue;
      const PlotPoint at = frame.at(static_cast<double>(c) + 0.5, static_cast<double>(r) + 0.5);
      put_text(svg, {at.x - 0.5, at.y + 0.35 * cells.text - 0.5},
               fmt::format(" fill=\"{}\"", ink_on(cells.colours.at(cells.fraction(value)))),
               tick_text(cells.numbers, value));
    }
  svg += "</g>\n";
}

void put_turned_names(std::string& svg, const Frame& frame, const std::vector<Tick>& names) {
  for (const Tick& name : names) {
    if (name.text.empty()) continue;
    const PlotPoint at{frame.px(name.value) + 4, frame.bottom + text_size};
    put_text(svg, at, fmt::format(" text-anchor=\"end\" transform=\"rotate(-45 {:.1f} {:.1f})\"{}", at.x, at.y, muted),
             name.text);
  }
}

void put_bar(std::string& svg, const HeatMap& map, const Cells& cells, const Frame& frame) {
  constexpr int slices = 64;
  const double left = frame.right + 2 * plot_inset, height = bar_height(cells, map.rows.size());
  double top = frame.top;
  for (const auto& line : wrap_text(map.value_label, text_size, 120)) {
    put_text(svg, {left, top + text_size - 3}, muted, line);
    top += line_height;
  }
  top += chart_gap;  // the uppermost number stands half a line higher than the bar
  svg += "<g shape-rendering=\"crispEdges\">\n";
  for (int i = 0; i < slices; ++i)
    put_rectangle(svg, {left, top + height * i / slices}, bar_width, height / slices + 0.2,
                  fmt::format(" fill=\"{}\"", cells.colours.css(1 - (i + 0.5) / slices)));
  svg += "</g>\n";
  for (const double tick : axis_ticks(cells.bar)) {
    const double y = top + height * (1 - cells.fraction(tick));
    put_line(svg, {left + bar_width, y}, {left + bar_width + 4, y}, axis_stroke);
    put_text(svg, {left + bar_width + chart_gap + 2, y + baseline}, muted, tick_text(cells.bar, tick));
  }
}

Cells plan_cells(const HeatMap& map, const ValueRange& found) {
  Cells cells{.range = colour_range(map, found), .colours = ColourMap(map.scale)};
  cells.bar = position_axis(cells.range.low, cells.range.high, 6, false);
  cells.bar.low = cells.range.low, cells.bar.high = cells.range.high;
  const double span = found.high - found.low;
  cells.numbers = {found.low, found.high,
                   all_whole(map) || span <= 0 ? 1 : std::pow(10, std::floor(std::log10(span / 50)))};
  for (const auto& row : map.values)
    cells.missing = cells.missing || std::ranges::any_of(row, [](double value) { return !drawable(value); });
  return cells;
}

}  // namespace

std::string render_heat_map(const HeatMap& map) {
  check(map);
  const ValueRange found = range_of(map);
  if (found.empty()) {
    const Frame frame = make_frame({.title = map.title, .simulated = map.simulated, .empty = true, .plot_height = 80});
    return close_chart(open_chart(frame), frame);
  }
  Cells cells = plan_cells(map, found);
  Frame frame = lay_out(map, cells);
  const auto names = frame.spec.x.ticks;
  if (cells.turned) frame.spec.x.ticks.clear();
  std::string svg = open_chart(frame);
  if (cells.turned) put_turned_names(svg, frame, names);
  svg += "<g shape-rendering=\"crispEdges\">\n";
  for (size_t row = 0; row < map.rows.size(); ++row) put_row(svg, map, cells, frame, row);
  svg += "</g>\n";
  if (map.simulated) put_simulated_letters(svg, frame);
  if (cells.text > 0) put_numbers(svg, map, cells, frame);
  put_bar(svg, map, cells, frame);
  return close_chart(std::move(svg), frame);
}

ChartData chart_data(const HeatMap& map) {
  check(map);
  ChartData data{.columns = {"row", "column", "value"}};
  for (size_t r = 0; r < map.rows.size(); ++r)
    for (size_t c = 0; c < map.columns.size(); ++c)
      data.rows.push_back({map.rows[r], map.columns[c], shortest(map.values[r][c])});
  mark_simulated(data, map.simulated);
  return data;
}

}  // namespace arcuate
