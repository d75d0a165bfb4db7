// Values of targets that are vertices as maps of the cortex: GIfTI files for other programs, pictures for people.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "brain/surface.h"
#include "io/json.h"
#include "report/brain_map.h"
#include "study/summary.h"

namespace arcuate {

/// Both hemispheres of a dataset, and where its targets lie on them.
class SurfaceMaps {
 public:
  /// Errors: input, for vertices that the surfaces do not have.
  SurfaceMaps(const Dataset& dataset);

  /// values: one a target -> V of the hemisphere, float32; NaN where no target is.
  at::Tensor on(Hemisphere hemisphere, const at::Tensor& values) const;

  /// Both inflated hemispheres with the patches' outlines; the caller fills in title, unit and colours.
  BrainMap picture(const at::Tensor& values) const;

 private:
  const Dataset& dataset_;
  CorticalSurfaces left_, right_;
};

/// Named maps of one subject that belong in one file: one value a target each.
struct TargetMaps {
  std::vector<std::string> names{};
  std::vector<at::Tensor> values{};
  void add(const std::string& name, const at::Tensor& of_targets);
};
/// A GIfTI file and its sidecar for each hemisphere; "{hemisphere}" in the stem stands for its letter.
void write_target_maps(const SurfaceMaps& maps, const TargetMaps& own, const std::filesystem::path& stem,
                       const Json& sidecar);

bool has_surfaces(const Dataset& dataset);

/// `chosen`: places in the space's layers, as in TargetHeadline -> the layers' own numbers; NaN where none was chosen.
at::Tensor layer_numbers(const FeatureSpace& space, const at::Tensor& chosen);

/// Per subject and hemisphere: r of every layer of every trained model; and, with the layer chosen on training folds
/// for each target, r, p, q, that layer, and the ceilings. NaN: no score. With a JSON sidecar each.
void write_surface_maps(const SurfaceMaps& maps, const EncodingPlan& plan, const Dataset& dataset,
                        const Summary& summary, const std::filesystem::path& output);

}  // namespace arcuate
