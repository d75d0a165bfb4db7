// SVG elements as text.
#include "report/svg.h"

#include "report/page.h"

namespace arcuate {

void put_text(std::string& svg, PlotPoint at, std::string_view attributes, std::string_view text) {
  put_markup(svg, "<text x=\"{:.1f}\" y=\"{:.1f}\"{}>{}</text>\n", at.x, at.y, attributes, escape_markup(text));
}

void put_line(std::string& svg, PlotPoint from, PlotPoint to, std::string_view attributes) {
  put_markup(svg, "<path d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"{}/>\n", from.x, from.y, to.x, to.y, attributes);
}

static std::string tooltip(std::string_view note) { return fmt::format("<title>{}</title>", escape_markup(note)); }

void put_rectangle(std::string& svg, PlotPoint corner, double width, double height, std::string_view attributes,
                   std::string_view note) {
  put_markup(svg, "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"{}", corner.x, corner.y, width,
             height, attributes);
  svg += note.empty() ? "/>\n" : ">" + tooltip(note) + "</rect>\n";
}

void put_struck(std::string& svg, PlotPoint corner, double width, double height) {
  constexpr std::string_view stroke = " stroke=\"currentColor\" stroke-opacity=\"0.45\"";
  put_rectangle(svg, corner, width, height, fmt::format(" fill=\"none\"{}", stroke));
  put_line(svg, {corner.x, corner.y + height}, {corner.x + width, corner.y}, stroke);
}

void put_marker(std::string& svg, Marker marker, PlotPoint at, std::string_view attributes, std::string_view note) {
  put_markup(svg, "<path stroke=\"none\"{} d=\"{}\">{}</path>\n", attributes, marker_path(marker, at), tooltip(note));
}

std::string marker_path(Marker marker, PlotPoint p) {
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

}  // namespace arcuate
