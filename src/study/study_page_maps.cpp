// The section with the maps of the cortex.
#include <ATen/ATen.h>

#include <limits>

#include "core/text.h"
#include "study/score_maps.h"
#include "study/study_page_parts.h"

namespace arcuate::study_page_parts {

namespace {

constexpr double level = 0.05;  // of q

at::Tensor only_where(const at::Tensor& mask, const at::Tensor& values) {
  return at::where(mask, values.to(at::kDouble), at::full({}, std::numeric_limits<double>::quiet_NaN(), at::kDouble));
}

// The mean subject if there is one, else the first subject: maps are of somebody.
size_t shown_subject(const EncodingPlan& plan) {
  const size_t mean = mean_subject_index(plan);
  return mean == SIZE_MAX ? 0 : mean;
}

BrainMap titled(BrainMap map, const std::string& title, const std::string& unit) {
  map.title = title;
  map.unit = unit;
  return map;
}

bool any_number(const at::Tensor& values) { return at::logical_not(at::isnan(values)).any().item<bool>(); }

}  // namespace

PageSection maps_section(const EncodingPlan& plan, const Summary& summary, const SurfaceMaps& maps,
                         const Figures& figures) {
  const auto& responses = plan.responses;
  const size_t subject = shown_subject(plan);
  const auto who = responses.subjects[subject] == "mean" ? "the mean of all subjects" : responses.subjects[subject];
  const int64_t targets = responses.target_count(), first = static_cast<int64_t>(subject) * targets;
  PageSection section{.heading = "Maps"};
  section.paragraphs.push_back(fmt::format(
      "Both hemispheres, inflated, seen from outside and from the midline; lines are the borders of the named patches. "
      "Grey: no value. The maps show {}; those of every subject are files in the folders sub-*: GIfTI, and NIfTI where "
      "targets are voxels.",
      who));
  for (const auto& headline : summary.by_target) {
    const auto own = [&](const at::Tensor& columns) { return columns.slice(0, first, first + targets); };
    const auto& name = headline.space->name;
    const auto significant = own(headline.q) < level;
    section.figures.push_back(
        figures.add("map_score_" + bids_label(name),
                    titled(maps.picture(own(headline.r)), "Brain score of " + name, "brain score (r)"),
                    "Correlation of held-out predictions with the responses; each target by the layer that its "
                    "training folds chose."));
    const auto numbers = layer_numbers(*headline.space, own(headline.layer));
    auto layers = titled(maps.picture(only_where(significant, numbers)), "Layer of " + name, "layer");
    layers.low = static_cast<double>(headline.space->layers.front());
    layers.high = static_cast<double>(headline.space->layers.back());
    if (headline.space->layers.size() > 1 && significant.any().item<bool>())
      section.figures.push_back(figures.add("map_layer_" + bids_label(name), layers,
                                            fmt::format("Layer chosen on training folds, where q < {} "
                                                        "(Benjamini-Hochberg over {} targets; {} of them pass).",
                                                        level, targets, significant.sum().item<int64_t>())));
  }
  const auto repeats = responses.repeat_ceiling.defined();
  for (const auto& headline : summary.by_target) {
    if (!repeats) break;
    const auto share = at::nanmean(cc_norm(plan, headline.r, {0, headline.r.numel()}).view({-1, targets}), 0);
    if (!any_number(share)) continue;
    section.figures.push_back(figures.add(
        "map_cc_norm_" + bids_label(headline.space->name),
        titled(maps.picture(share), "Share of the noise ceiling: " + headline.space->name, "CC_norm"),
        fmt::format("r divided by the ceiling from repeats, or by {} where that is lower; mean over subjects. What is "
                    "left to 1 a better model could explain.",
                    plan.study.score.cc_floor)));
  }
  const auto ceiling = at::nanmean(repeats ? responses.repeat_ceiling : responses.ceiling, 0);
  if (any_number(ceiling)) {
    auto map = titled(maps.picture(ceiling), "Noise ceiling", repeats ? "CC_max" : "inter-subject correlation (r)");
    map.low = 0;
    section.figures.push_back(figures.add(
        "map_ceiling", map,
        repeats ? "Highest correlation that a prediction can be expected to reach with the mean of the repeats, mean "
                  "over subjects."
                : "Correlation of each subject with the mean of the others, mean over subjects: what these subjects "
                  "have in common. A reference, not a correction."));
  }
  return section;
}

}  // namespace arcuate::study_page_parts
