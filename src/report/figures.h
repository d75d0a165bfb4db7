// The figures of a page, each also as files of its own: charts as .svg with their numbers as .tsv, maps as .png.
#pragma once
#include <filesystem>
#include <functional>
#include <string>

#include "report/brain_map.h"
#include "report/chart_data.h"
#include "report/page.h"

namespace arcuate {

/// Adds a figure as the caller keeps them: name, SVG, data, caption.
using AddFigure =
    std::function<PageFigure(const std::string&, const std::string&, const ChartData&, const std::string&)>;

class Figures {
 public:
  explicit Figures(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Any chart with render_…() and chart_data(): figures.add("layers", render_line_chart(c), chart_data(c), "…").
  PageFigure add(const std::string& name, const std::string& svg, const ChartData& data,
                 const std::string& caption) const;
  PageFigure add(const std::string& name, const BrainMap& map, const std::string& caption) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace arcuate
