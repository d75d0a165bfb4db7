// Folders of surfaces for tests that do not look at their shape.
#pragma once
#include <ATen/ATen.h>

#include <filesystem>

#include "brain/surface.h"

namespace arcuate::test {

/// All surfaces of both hemispheres are the same mesh.
inline void write_same_surfaces(const std::filesystem::path& folder, const Mesh& mesh) {
  const int64_t vertices = mesh.points.size(0);
  const CorticalSurfaces surfaces{.anatomical = mesh,
                                  .inflated = mesh,
                                  .flat = mesh,
                                  .sphere = mesh,
                                  .sulcal_depth = at::zeros({vertices}),
                                  .patches = {.keys = at::zeros({vertices}, at::kInt)}};
  for (const auto side : {Hemisphere::left, Hemisphere::right}) write_cortical_surfaces(folder, surfaces, side);
}

}  // namespace arcuate::test
