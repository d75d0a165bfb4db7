// Lays charts out and draws what they share. Nothing depends on a style sheet or a font file.
#include "report/frame.h"

#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "report/label.h"
#include "report/page.h"

namespace arcuate {
namespace {

constexpr double title_size = 16, title_height = 22;
constexpr double boldness = 1.1;            // how much wider bold letters are
constexpr double connector = 18, key = 18;  // from the plot to a name: a slanted line, a sample
constexpr std::string_view font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
constexpr std::string_view simulated_mark = "SIMULATED DATA";

// Of the framed mark at the top.
double mark_width() { return text_width(simulated_mark, text_size * boldness) + 2 * chart_gap; }

std::vector<std::string> tick_lines(const Tick& tick) { return wrap_text(tick.text, text_size, label_width_limit); }

double widest(const std::vector<std::string>& lines) {
  double width = 0;
  for (const auto& line : lines) width = std::max(width, text_width(line, text_size));
  return width;
}

double tick_width(const Scale& scale) {
  double width = 0;
  for (const Tick& tick : scale.ticks) width = std::max(width, widest(tick_lines(tick)));
  return width;
}

bool has_leaders(const FrameSpec& spec) {
  return std::ranges::any_of(spec.key, [](const KeyEntry& entry) { return entry.end.has_value(); });
}

// From the plot to the samples of the key.
double key_offset(const FrameSpec& spec) { return has_leaders(spec) ? connector : 2.0 * plot_inset; }

double right_margin(const Frame& frame) {
  double width = frame.spec.key_width > 0 ? 2 * plot_inset + frame.spec.key_width : plot_inset;
  for (const PlacedKey& placed : frame.key)
    width = std::max(width, key_offset(frame.spec) + key + chart_gap + widest(placed.lines));
  return width;
}

void place_key(Frame& frame) {
  std::vector<double> wanted, heights;
  const double overhang = line_height / 2;
  const double top = frame.top - overhang + frame.spec.key_top;
  for (PlacedKey& placed : frame.key) {
    const auto& end = placed.entry.end;
    if (end) placed.end = {std::isinf(end->x) ? frame.right : frame.px(end->x), frame.py(end->y)};
    wanted.push_back(end ? placed.end.y : top);
    heights.push_back(placed.height());
  }
  const auto centres = spread_labels(wanted, heights, top, frame.bottom + overhang);
  for (size_t i = 0; i < frame.key.size(); ++i) frame.key[i].centre = centres[i];
}

void put_headings(std::string& svg, const Frame& frame) {
  double y = chart_edge + title_size;
  for (const std::string& line : frame.title) {
    put_text(svg, {chart_edge, y}, fmt::format(" font-size=\"{}\" font-weight=\"600\"", title_size), line);
    y += title_height;
  }
  if (!frame.spec.y_label.empty())
    put_text(svg, {chart_edge, frame.top - 0.9 * line_height}, muted, frame.spec.y_label);
  double below = frame.bottom + frame.spec.below;
  if (!frame.spec.x_label.empty())
    put_text(svg, {(frame.left + frame.right) / 2, below += 1.1 * line_height},
             fmt::format(" text-anchor=\"middle\"{}", muted), frame.spec.x_label);
  for (const std::string& note : frame.notes) put_text(svg, {chart_edge, below += 1.2 * line_height}, muted, note);
}

void put_simulated_frame(std::string& svg) {
  const double w = mark_width(), x = chart_width - chart_edge - w;
  put_markup(svg,
             "<g fill=\"{0}\"><rect x=\"{1:.1f}\" y=\"{2:.1f}\" width=\"{3:.1f}\" height=\"20\" rx=\"2\" "
             "fill=\"none\" stroke=\"{0}\"/>\n<text x=\"{4:.1f}\" y=\"{5:.1f}\" font-size=\"12\" font-weight=\"700\" "
             "letter-spacing=\"0.5\" text-anchor=\"middle\">{6}</text></g>\n",
             warning_colour, x, chart_edge, w, x + w / 2, chart_edge + 14.5, simulated_mark);
}

void put_y_axis(std::string& svg, const Frame& frame) {
  for (const Tick& tick : frame.spec.y.ticks) {
    const double y = frame.py(tick.value);
    const std::string_view strength = tick.value == 0 ? "0.6" : "0.14";
    if (frame.spec.y.grid)
      put_line(svg, {frame.left, y}, {frame.right, y},
               fmt::format(" stroke=\"currentColor\" stroke-opacity=\"{}\"", strength));
    const auto lines = tick_lines(tick);
    double at = y + baseline - static_cast<double>(lines.size() - 1) * line_height / 2;
    for (const std::string& line : lines) {
      put_text(svg, {frame.left - chart_gap, at}, fmt::format(" text-anchor=\"end\"{}", muted), line);
      at += line_height;
    }
  }
}

void put_x_axis(std::string& svg, const Frame& frame) {
  const Scale& scale = frame.spec.x;
  for (const Tick& tick : scale.ticks) {
    const double x = frame.px(tick.value);
    if (scale.grid && !tick.text.empty())
      put_line(svg, {x, frame.top}, {x, frame.bottom},
               fmt::format(" stroke=\"currentColor\" stroke-opacity=\"{}\"", tick.value == 0 ? "0.6" : "0.14"));
    if (scale.marks) put_line(svg, {x, frame.bottom}, {x, frame.bottom + (tick.text.empty() ? 2.5 : 4)}, axis_stroke);
    if (!tick.text.empty())
      put_text(svg, {x, frame.bottom + 1.1 * line_height}, fmt::format(" text-anchor=\"middle\"{}", muted), tick.text);
  }
  if (scale.marks) put_line(svg, {frame.left, frame.bottom}, {frame.right, frame.bottom}, axis_stroke);
}

// From the end of a line to its name: dotted to the side of the plot, slanted to the height of the name.
void put_leader(std::string& svg, const PlacedKey& placed, const Frame& frame, double sample) {
  if (placed.end.x < frame.right - 2 * plot_inset)
    put_line(svg, {placed.end.x + 6, placed.end.y}, {frame.right, placed.end.y},
             " stroke-opacity=\"0.7\" stroke-dasharray=\"1 4\"");
  put_line(svg, {frame.right, placed.end.y}, {sample, placed.centre}, " stroke-opacity=\"0.7\"");
}

void put_sample(std::string& svg, const PlacedKey& placed, const Frame& frame) {
  const KeyEntry& entry = placed.entry;
  const double sample = frame.right + key_offset(frame.spec);
  if (entry.end && !entry.marker) {  // a level goes on to its name as it is
    put_markup(svg, "<path fill=\"none\"{} d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}H{:.1f}\"/>\n", entry.stroke, placed.end.x,
               placed.end.y, sample, placed.centre, sample + key);
    return;
  }
  put_markup(svg, "<g fill=\"none\" stroke=\"{}\">\n", entry.colour);
  if (entry.end) put_leader(svg, placed, frame, sample);
  if (entry.struck) put_struck(svg, {sample, placed.centre - 5}, key, 10);
  if (!entry.stroke.empty()) put_line(svg, {sample, placed.centre}, {sample + key, placed.centre}, entry.stroke);
  if (entry.marker)
    put_markup(svg, "<path stroke=\"none\" fill=\"{}\" d=\"{}\"/>\n", entry.colour,
               marker_path(*entry.marker, {sample + key / 2, placed.centre}));
  svg += "</g>\n";
}

void put_key(std::string& svg, const PlacedKey& placed, const Frame& frame) {
  put_sample(svg, placed, frame);
  double y = placed.centre - placed.height() / 2 + line_height / 2 + baseline;
  for (const std::string& line : placed.lines) {
    put_text(svg, {frame.right + key_offset(frame.spec) + key + chart_gap, y},
             placed.entry.italic ? " font-style=\"italic\" fill-opacity=\"0.85\"" : "", line);
    y += line_height;
  }
}

}  // namespace

void put_simulated_letters(std::string& svg, const Frame& frame) {
  const PlotPoint centre{(frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2};
  const double size = 1.25 * (frame.right - frame.left) / static_cast<double>(simulated_mark.size());
  const std::string_view ink = frame.spec.opaque
                                   ? " fill=\"#ffffff\" fill-opacity=\"0.2\" stroke=\"#000000\" stroke-opacity=\"0.2\""
                                   : " fill-opacity=\"0.06\"";
  put_text(svg, {centre.x, centre.y + 0.35 * size},
           fmt::format(" font-size=\"{:.1f}\" font-weight=\"700\" text-anchor=\"middle\" pointer-events=\"none\"{}",
                       size, ink),
           simulated_mark);
}

std::string_view chosen_colour(int colour, size_t index) {
  return series_colour(colour < 0 ? index : static_cast<size_t>(colour));
}

void add_missing_note(FrameSpec& spec, const std::vector<std::string>& names) {
  if (!names.empty()) spec.notes.push_back("Without values, not drawn: " + join(names, ", ") + ".");
}

Frame make_frame(FrameSpec spec) {
  Frame frame{.spec = std::move(spec)};
  double key_height = frame.spec.key_top;
  for (const KeyEntry& entry : frame.spec.key) {
    frame.key.push_back({entry, wrap_text(entry.name, text_size, label_width_limit)});
    key_height += frame.key.back().height();
  }
  const double reserved = frame.spec.simulated ? mark_width() + 4 * chart_gap : 0;
  frame.title = wrap_text(frame.spec.title, title_size * boldness, chart_width - 2 * chart_edge - reserved);
  frame.left = std::max(frame.spec.left, chart_edge + tick_width(frame.spec.y) + chart_gap);
  frame.right = chart_width - chart_edge - right_margin(frame);
  if (frame.spec.plot_width > 0) frame.right = std::min(frame.right, frame.left + frame.spec.plot_width);
  const size_t heading_lines = std::max<size_t>(frame.title.size(), frame.spec.simulated ? 1 : 0);
  frame.top = chart_edge + title_height * static_cast<double>(heading_lines) + frame.spec.above;
  frame.bottom = frame.top + std::max(frame.spec.plot_height, frame.spec.rigid ? 0 : key_height);
  for (const std::string& note : frame.spec.notes)
    for (std::string& line : wrap_text(note, text_size, chart_width - 2 * chart_edge))
      frame.notes.push_back(std::move(line));
  const double below = frame.spec.below + line_height * ((frame.spec.x_label.empty() ? 0.4 : 1.5) +
                                                         1.2 * static_cast<double>(frame.notes.size()));
  frame.height = std::max(frame.bottom + below, frame.top + key_height + line_height);
  place_key(frame);
  return frame;
}

std::string open_chart(const Frame& frame) {
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}{}\" "
      "font-family=\"{}\" font-size=\"{}\" fill=\"currentColor\">\n",
      chart_width, frame.height, escape_markup(frame.spec.title), frame.spec.simulated ? " (simulated data)" : "", font,
      text_size);
  if (frame.spec.simulated) put_simulated_frame(svg);
  if (frame.spec.simulated && !frame.spec.opaque) put_simulated_letters(svg, frame);
  put_headings(svg, frame);
  if (frame.spec.empty) {
    put_text(svg, {frame.left + plot_inset, (frame.top + frame.bottom) / 2}, muted, "There is no value to draw.");
    return svg;
  }
  put_y_axis(svg, frame);
  put_x_axis(svg, frame);
  return svg;
}

std::string close_chart(std::string svg, const Frame& frame) {
  for (const PlacedKey& placed : frame.key) put_key(svg, placed, frame);
  return svg + "</svg>\n";
}

}  // namespace arcuate
