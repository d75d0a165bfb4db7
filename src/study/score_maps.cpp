#include "study/score_maps.h"

#include <ATen/ATen.h>

#include <limits>

#include "core/files.h"
#include "core/text.h"

namespace arcuate {

namespace fs = std::filesystem;

at::Tensor layer_numbers(const FeatureSpace& space, const at::Tensor& chosen) {
  auto numbers = at::full({chosen.size(0)}, std::numeric_limits<double>::quiet_NaN(), at::kDouble);
  for (size_t i = 0; i < space.layers.size(); ++i)
    numbers.masked_fill_(chosen.eq(static_cast<int64_t>(i)), static_cast<double>(space.layers[i]));
  return numbers;
}

void write_score_maps(const MapPlaces& places, const EncodingPlan& plan, const Summary& summary,
                      const fs::path& output) {
  const auto& responses = plan.responses;
  const int64_t targets = responses.target_count();
  const auto task = bids_label(plan.study.name);
  for (size_t s = 0; s < responses.subjects.size(); ++s) {
    const auto subject = static_cast<int64_t>(s), first = subject * targets;
    const auto label = bids_subject(responses.subjects[s]);
    ensure_writable_folder(output / label / "func");
    const auto own = [&](const at::Tensor& columns) { return columns.slice(0, first, first + targets); };
    for (const auto& headline : summary.by_target) {
      const auto stem = [&](const char* what) {
        return output / label / "func" /
               fmt::format("{}_task-{}{{place}}_model-{}_{}_statmap", label, task, bids_label(headline.space->name),
                           what);
      };
      Json sidecar{{"Model", headline.space->name}, {"Simulated", places.dataset->simulated}};
      TargetMaps layers{.intent = "r"};
      for (const auto& layer : summary.layers)
        if (layer.space == headline.space)
          layers.add("r, layer " + layer.layer, scores_of(layer, responses.columns_of(subject)).r);
      sidecar["Description"] = "Brain scores: Pearson r of held-out predictions, one map a layer";
      write_target_maps(places, layers, stem("stat-r_desc-brainscore"), sidecar);
      TargetMaps best;
      best.add("r", own(headline.r));
      best.add("p", own(headline.p));
      best.add("q", own(headline.q));
      best.add("layer", layer_numbers(*headline.space, own(headline.layer)));
      best.add("inter-subject correlation", responses.ceiling[subject]);
      if (responses.repeat_ceiling.defined()) {
        best.add("ceiling from repeats", responses.repeat_ceiling[subject]);
        best.add("share of the ceiling from repeats", cc_norm(plan, own(headline.r), responses.columns_of(subject)));
      }
      for (const auto& ceiling : summary.ceilings) best.add(ceiling.name, ceiling.values[subject]);
      sidecar["Description"] =
          "Each target's layer is chosen on training folds; r, p and q of its held-out predictions, the layer, "
          "ceilings, and with repeats the share of that from repeats";
      write_target_maps(places, best, stem("desc-headline"), sidecar);
    }
  }
}

}  // namespace arcuate
