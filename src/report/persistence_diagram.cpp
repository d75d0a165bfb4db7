// A persistence diagram as SVG text: both axes alike, so that the distance from the diagonal is the persistence.
#include "report/persistence_diagram.h"

#include <map>

#include "report/frame.h"

namespace arcuate {
namespace {

constexpr double side = 380, margin = 0.1;  // of the plot; of the range, above it, for infinity

double infinity_level(const Scale& scale) { return scale.high - 0.4 * margin * (scale.high - scale.low); }

FrameSpec spec_of(const PersistenceDiagram& chart, const std::vector<PersistenceBar>& bars) {
  const auto label = [&](const char* what) {
    return chart.unit.empty() ? what : fmt::format("{} ({})", what, chart.unit);
  };
  FrameSpec spec{.title = chart.title,
                 .x_label = label("birth"),
                 .y_label = label("death"),
                 .simulated = chart.simulated,
                 .empty = bars.empty(),
                 .plot_width = side,
                 .plot_height = bars.empty() ? 80 : side,
                 .rigid = true};
  std::map<int, size_t> counts;
  bool endless = false;
  for (const PersistenceBar& bar : bars) ++counts[bar.dimension], endless = endless || bar.death == INFINITY;
  for (const auto& [dimension, count] : counts)
    spec.key.push_back({.name = fmt::format("{} (n = {})", homology_name(dimension), count),
                        .colour = std::string(series_colour(static_cast<size_t>(dimension))),
                        .marker = series_marker(static_cast<size_t>(dimension))});
  const ValueRange range = finite_range(bars);
  const Axis axis = range.empty() ? Axis{} : position_axis(range.low, range.high, 6, false);
  spec.x = number_scale(axis);
  spec.x.high += margin * (axis.high - axis.low);
  spec.x.inset = plot_inset;
  spec.x.marks = true;
  spec.y = spec.x;
  spec.y.grid = true;
  if (endless) spec.y.ticks.push_back({infinity_level(spec.y), "∞"});
  if (const auto note = placeless_note(chart.bars); !note.empty()) spec.notes.push_back(note);
  return spec;
}

}  // namespace

std::string render_persistence_diagram(const PersistenceDiagram& chart) {
  const auto bars = sorted_bars(chart.bars, chart.title);
  const Frame frame = make_frame(spec_of(chart, bars));
  const Scale& scale = frame.spec.y;
  std::string svg = open_chart(frame);
  if (!bars.empty()) put_line(svg, frame.at(scale.low, scale.low), frame.at(scale.high, scale.high), axis_stroke);
  const double infinity = infinity_level(scale);
  if (!scale.ticks.empty() && scale.ticks.back().text == "∞")
    put_line(svg, {frame.left, frame.py(infinity)}, {frame.right, frame.py(infinity)}, level_stroke);
  for (const PersistenceBar& bar : bars) {
    const auto look = static_cast<size_t>(bar.dimension);
    const bool endless = bar.death == INFINITY;
    put_marker(svg, series_marker(look), frame.at(bar.birth, endless ? infinity : bar.death),
               fmt::format(" fill=\"{}\" fill-opacity=\"0.7\"", series_colour(look)),
               fmt::format("{}: {:.4g} to {}", homology_name(bar.dimension), bar.birth,
                           endless ? "infinity" : fmt::format("{:.4g}", bar.death)));
  }
  return close_chart(std::move(svg), frame);
}

ChartData chart_data(const PersistenceDiagram& chart) {
  return persistence_data(sorted_bars(chart.bars, chart.title), chart.simulated);
}

}  // namespace arcuate
