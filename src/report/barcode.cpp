// A persistence barcode as SVG text.
#include "report/barcode.h"

#include <algorithm>
#include <functional>

#include "report/frame.h"

namespace arcuate {
namespace {

constexpr double wanted_height = 300, thinnest = 2.2, thickest = 10;  // of all bars; of a bar with its gap
constexpr double group_gap = 10, arrow = 8;

/// The bars of one dimension, with their place.
struct Group {
  int dimension = 0;
  size_t all = 0;  // before the limit
  std::vector<PersistenceBar> bars{};
  double top = 0, height = 0;
};

double length(const PersistenceBar& bar) { return bar.death - bar.birth; }

void keep_longest(std::vector<PersistenceBar>& bars, size_t limit) {
  if (bars.size() <= limit) return;
  std::vector<size_t> order(bars.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, std::greater{}, [&](size_t i) { return length(bars[i]); });
  order.resize(limit);
  std::ranges::sort(order);
  std::vector<PersistenceBar> kept;
  for (const size_t i : order) kept.push_back(bars[i]);
  bars = std::move(kept);
}

std::vector<Group> groups_of(const Barcode& chart) {
  std::vector<Group> groups;
  for (const PersistenceBar& bar : sorted_bars(chart.bars, chart.title)) {
    if (groups.empty() || groups.back().dimension != bar.dimension) groups.push_back({.dimension = bar.dimension});
    groups.back().bars.push_back(bar);
  }
  for (Group& group : groups) {
    group.all = group.bars.size();
    keep_longest(group.bars, chart.limit);
  }
  return groups;
}

/// Places the groups; the pitch of bars.
double stack(std::vector<Group>& groups, double& height) {
  size_t count = 0;
  for (const Group& group : groups) count += group.bars.size();
  const double pitch = std::clamp(wanted_height / static_cast<double>(std::max<size_t>(count, 1)), thinnest, thickest);
  height = 0;
  for (Group& group : groups) {
    group.top = height + group_gap / 2;
    group.height = std::max(pitch * static_cast<double>(group.bars.size()), line_height);
    height += group.height + group_gap;
  }
  return pitch;
}

FrameSpec spec_of(const Barcode& chart, const std::vector<Group>& groups, double height) {
  FrameSpec spec{.title = chart.title, .x_label = chart.x_label, .simulated = chart.simulated, .empty = groups.empty()};
  const ValueRange range = finite_range(chart.bars);
  const Axis axis = range.empty() ? Axis{} : position_axis(range.low, range.high, 8, false);
  spec.x = number_scale(axis);
  spec.x.high += 0.08 * (axis.high - axis.low);  // where infinite bars go on
  spec.x.inset = plot_inset;
  spec.x.grid = spec.x.marks = true;
  spec.y = {.low = height, .high = 0};
  spec.above = line_height / 2;
  spec.plot_height = groups.empty() ? 80 : height;
  for (const Group& group : groups) {
    const auto name = homology_name(group.dimension);
    spec.y.ticks.push_back({group.top + group.height / 2, name});
    if (group.bars.size() < group.all)
      spec.notes.push_back(fmt::format("{}: the {} longest of {} bars.", name, group.bars.size(), group.all));
  }
  if (const auto note = placeless_note(chart.bars); !note.empty()) spec.notes.push_back(note);
  return spec;
}

void put_bar(std::string& svg, const PersistenceBar& bar, double y, double thickness, const Frame& frame) {
  const bool endless = bar.death == INFINITY;
  const double left = frame.px(bar.birth), right = endless ? frame.right - arrow : frame.px(bar.death);
  const std::string note = fmt::format("{}: {:.4g} to {}", homology_name(bar.dimension), bar.birth,
                                       endless ? "infinity" : fmt::format("{:.4g}", bar.death));
  put_rectangle(svg, {left, y - thickness / 2}, std::max(right - left, 0.8), thickness, "", note);
  if (endless)
    put_markup(svg, "<path d=\"M{:.1f} {:.1f}l{:.1f} {:.1f}l{:.1f} {:.1f}Z\"/>\n", right, y - 4.5, arrow, 4.5, -arrow,
               4.5);
}

void put_group(std::string& svg, const Group& group, double pitch, const Frame& frame) {
  if (group.top > group_gap)
    put_line(svg, {frame.left, frame.py(group.top - group_gap / 2)}, {frame.right, frame.py(group.top - group_gap / 2)},
             " stroke=\"currentColor\" stroke-opacity=\"0.3\"");
  put_markup(svg, "<g fill=\"{}\">\n", series_colour(static_cast<size_t>(group.dimension)));
  const double slack = (group.height - pitch * static_cast<double>(group.bars.size())) / 2;
  for (size_t i = 0; i < group.bars.size(); ++i)
    put_bar(svg, group.bars[i], frame.py(group.top + slack + pitch * (static_cast<double>(i) + 0.5)), 0.62 * pitch,
            frame);
  svg += "</g>\n";
}

}  // namespace

std::string render_barcode(const Barcode& chart) {
  auto groups = groups_of(chart);
  double height = 0;
  const double pitch = stack(groups, height);
  const Frame frame = make_frame(spec_of(chart, groups, height));
  std::string svg = open_chart(frame);
  for (const Group& group : groups) put_group(svg, group, pitch, frame);
  return close_chart(std::move(svg), frame);
}

ChartData chart_data(const Barcode& chart) {
  std::vector<PersistenceBar> drawn;
  for (const Group& group : groups_of(chart)) drawn.insert(drawn.end(), group.bars.begin(), group.bars.end());
  return persistence_data(drawn, chart.simulated);
}

}  // namespace arcuate
