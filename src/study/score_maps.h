// Brain scores and ceilings of every subject as maps for other programs.
#pragma once
#include <filesystem>

#include "study/summary.h"
#include "study/target_maps.h"

namespace arcuate {

/// `chosen`: places in the space's layers, as in TargetHeadline -> the layers' own numbers; NaN where none was chosen.
at::Tensor layer_numbers(const FeatureSpace& space, const at::Tensor& chosen);

/// Per subject: r of every layer of every trained model; and, with the layer chosen on training folds for each target,
/// r, p, q, that layer, and the ceilings. NaN: no score.
void write_score_maps(const MapPlaces& places, const EncodingPlan& plan, const Summary& summary,
                      const std::filesystem::path& output);

}  // namespace arcuate
