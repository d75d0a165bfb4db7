// How a section gets its figures: the command and the analysis of a study keep theirs in different folders.
#pragma once
#include <functional>
#include <string>

#include "report/chart_data.h"
#include "report/page.h"

namespace arcuate {

/// Adds a figure as the caller keeps them: name, SVG, data, caption.
using AddFigure =
    std::function<PageFigure(const std::string&, const std::string&, const ChartData&, const std::string&)>;

}  // namespace arcuate
