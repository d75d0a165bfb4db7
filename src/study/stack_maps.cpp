// Stacked models on the brain: pictures for the page, files of every subject.
#include <ATen/ATen.h>

#include <cmath>

#include "core/tensor.h"
#include "study/stack_report.h"

namespace arcuate {

using at::Tensor;

namespace {

BrainMap titled(BrainMap map, const std::string& title, const std::string& unit) {
  map.title = title;
  map.unit = unit;
  return map;
}

// V of the report -> all targets of the dataset, NaN elsewhere.
Tensor on_all(const StackMaps& maps, const Tensor& chosen) {
  return at::full({maps.targets}, std::nan(""), at::kDouble).index_copy_(0, index_tensor(maps.chosen), chosen);
}

bool any_number(const Tensor& values) { return at::logical_not(at::isnan(values)).any().item<bool>(); }

}  // namespace

std::vector<PageFigure> stack_pictures(const StackReport& report, const StackSummary& summary, const StackMaps& maps,
                                       const AnalysisOutput& output) {
  std::vector<PageFigure> figures;
  const auto show = [&](const std::string& name, const Tensor& mean, const std::string& title, const std::string& unit,
                        const std::string& caption, ColourScale scale) {
    if (!any_number(mean)) return;
    auto map = titled(maps.places.surfaces->picture(on_all(maps, mean)), title, unit);
    map.scale = scale;
    figures.push_back(output.figure(name, map, caption));
  };
  const auto& scores = report.scores;
  show("map_gain", at::nanmean(scores.r - scores.r_single, 0), "Gain of the mixture", "gain in r",
       "r of the mixture minus r of the best single model, mean over subjects.", ColourScale::diverging);
  const auto spaces = spaces_of(report);
  for (size_t f = 0; f < spaces.size(); ++f) {
    const auto place = static_cast<int64_t>(f);
    if (spaces.size() > 1)
      show("map_share_" + bids_label(spaces[f]), summary.map_share[place], "Share of " + spaces[f], "sum of weights",
           "Weights of its layers, summed up, mean over subjects.", ColourScale::sequential);
    show("map_centre_" + bids_label(spaces[f]), summary.map_centre[place], "Layers of " + spaces[f],
         "centre of the weights (layer)",
         fmt::format("Which layers the mixture takes: mean layer by weight, over the subjects in whom the mixture "
                     "predicts the vertex (q < {}).",
                     stack_level),
         ColourScale::sequential);
  }
  return figures;
}

void write_stack_maps(const StackReport& report, const StackMaps& maps, const AnalysisOutput& output) {
  const auto& scores = report.scores;
  const auto r_q = stack_q(scores.r_p), gain_q = stack_q(scores.gain_p);
  const auto spaces = spaces_of(report);
  for (size_t i = 0; i < report.subjects.size(); ++i) {
    const auto s = static_cast<int64_t>(i);
    TargetMaps own;
    const auto add = [&](const std::string& name, const Tensor& values) { own.add(name, on_all(maps, values)); };
    add("r", scores.r[s]);
    add("q of r", r_q[s]);
    add("r of the best single model", scores.r_single[s]);
    add("gain", scores.r[s] - scores.r_single[s]);
    add("q of the gain", gain_q[s]);
    const auto weights = subject_weights(report, i);
    for (size_t f = 0; f < spaces.size(); ++f) {
      add("share of " + spaces[f], weights.share[static_cast<int64_t>(f)]);
      if (numbered_layers(report, spaces[f]) > 1)
        add("layer centre of " + spaces[f], weights.centre[static_cast<int64_t>(f)]);
    }
    output.maps(maps.places, report.subjects[i], own,
                "Stacked models: held-out r of the mixture, its gain over the best single model, weights by feature "
                "space and their centre over layers");
  }
}

}  // namespace arcuate
