// Figures as files. The stem may contain dots, so extensions are appended, never replaced.
#include "report/chart_data.h"

#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "io/table.h"

namespace arcuate {

void mark_simulated(ChartData& data, bool simulated) {
  data.columns.push_back("simulated");
  for (auto& row : data.rows) row.push_back(simulated ? "true" : "false");
}

std::string standalone_svg(const std::string& svg) {
  const size_t end = svg.find('>');
  if (!svg.starts_with("<svg ") || end == svg.npos)
    fail(Fault::failed, "a figure needs an SVG element ('<svg …>'), but begins with '{}'", excerpt(svg));
  std::string head = svg.substr(0, end);
  if (head.find(" xmlns=") == head.npos) head += " xmlns=\"http://www.w3.org/2000/svg\"";
  return head + " color=\"#1b1b1b\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>" + svg.substr(end + 1);
}

void write_figure(const std::filesystem::path& stem, const std::string& svg, const ChartData& data) {
  const auto with_extension = [&](const char* extension) { return std::filesystem::path(stem) += extension; };
  write_file(with_extension(".svg"), standalone_svg(svg));
  write_tsv(with_extension(".tsv"), data.columns, data.rows);
}

}  // namespace arcuate
