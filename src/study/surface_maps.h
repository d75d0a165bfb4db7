// Values of targets that are vertices as maps of the cortex: GIfTI files for other programs, pictures for people.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "brain/surface.h"
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

bool has_surfaces(const Dataset& dataset);

/// `chosen`: places in the space's layers, as in TargetHeadline -> the layers' own numbers; NaN where none was chosen.
at::Tensor layer_numbers(const FeatureSpace& space, const at::Tensor& chosen);

/// Per subject and hemisphere: r of every layer of every trained model; and, with the layer chosen on training folds
/// for each target, r, p, q, that layer, and the ceilings. NaN: no score. With a JSON sidecar each.
void write_surface_maps(const SurfaceMaps& maps, const EncodingPlan& plan, const Dataset& dataset,
                        const Summary& summary, const std::filesystem::path& output);

}  // namespace arcuate
