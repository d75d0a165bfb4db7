// Values of targets on the surfaces of the cortex: targets are vertices, or voxels that surfaces run through.
#pragma once
#include <span>

#include "brain/cortex.h"
#include "brain/dataset.h"
#include "report/brain_map.h"

namespace arcuate {

bool has_surfaces(const Dataset& dataset);

/// Both hemispheres of a dataset, and which targets each vertex takes its value from.
class SurfaceMaps {
 public:
  /// depths: of voxels only (brain/voxel_sampling.h). Errors: input, for vertices that the surfaces do not have.
  explicit SurfaceMaps(const Dataset& dataset, std::span<const double> depths = {});

  /// values: one a target -> V of the hemisphere, float32; the mean over depths, NaN where no target is.
  at::Tensor on(Hemisphere hemisphere, const at::Tensor& values) const;

  /// Both inflated hemispheres with the patches' outlines; the caller fills in title, unit and colours.
  BrainMap picture(const at::Tensor& values) const;

 private:
  struct Side {
    CortexSide surfaces{};
    at::Tensor targets{};  ///< D x V, int64; -1: none.
  };
  const Side& of(Hemisphere hemisphere) const { return hemisphere == Hemisphere::left ? left_ : right_; }

  Side left_{}, right_{};
  bool simulated_ = false;
};

}  // namespace arcuate
