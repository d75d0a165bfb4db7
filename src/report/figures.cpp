#include "report/figures.h"

#include "core/files.h"
#include "core/version.h"

namespace arcuate {

PageFigure Figures::add(const std::string& name, const std::string& svg, const ChartData& data,
                        const std::string& caption) const {
  ensure_writable_folder(folder_);
  write_figure(folder_ / name, svg, data);
  return {svg, caption};
}

PageFigure Figures::add(const std::string& name, const BrainMap& map, const std::string& caption) const {
  ensure_writable_folder(folder_);
  PngTexts texts{{"Title", map.title}, {"Software", std::string("arcuate ") + version}};
  if (map.simulated) texts.emplace_back("Simulated", "true");
  const auto png = encode_png(render_brain_map(map), texts);
  write_file(folder_ / (name + ".png"), png);
  return {picture_element(png, map.title), caption};
}

}  // namespace arcuate
