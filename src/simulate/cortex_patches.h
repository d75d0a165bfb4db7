// Named places on the made cortex. They are fictional: each lies where the brain has something like it, so that
// pictures look familiar, but no border is a measured one. Shape: V vertices.
#pragma once
#include <string>
#include <vector>

#include "brain/surface.h"
#include "simulate/sphere.h"

namespace arcuate {

struct Patch {
  Region region{};
  Arc middle{};       ///< On the sphere of the left hemisphere; the right one is its mirror image.
  double radius = 0;  ///< Degrees around `middle`. Where patches overlap, the first of the list has the vertex.
};

/// sensory, association, frontal, temporal_pole, angular, motor, posterior_medial, word_rate, noise, occipital,
/// medial_wall.
std::vector<Patch> cortex_patches();
Patch cortex_patch(const std::string& name);

/// The patch of each vertex. directions: V x 3, float64, length 1, of the left hemisphere.
Regions label_patches(const at::Tensor& directions);

/// V, float64: 0 in the middle of the patch `sensory`, rising with the distance on the sphere to 1 at the farthest
/// vertex of `association`; NaN outside of both. Errors: input, for surfaces without these patches.
at::Tensor patch_gradient(const CorticalSurfaces& surfaces);

}  // namespace arcuate
