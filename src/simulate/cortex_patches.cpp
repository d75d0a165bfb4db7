#include "simulate/cortex_patches.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

#include "core/error.h"

namespace arcuate {
namespace {

// Vertices of the region named so, as V booleans.
at::Tensor within_region(const Regions& regions, const std::string& name) {
  for (const auto& region : regions.list)
    if (region.name == name) {
      const auto inside = regions.keys == region.key;
      if (inside.any().item<bool>()) return inside;
    }
  bad_input("the surfaces have no patch '{}'; the gradient needs the patches of the simulated cortex", name);
}

}  // namespace

std::vector<Patch> cortex_patches() {
  return {
      {{1, "sensory", {0.84f, 0.15f, 0.16f, 1}}, {{2, -4}, {-8, 0}}, 15},
      {{2, "association", {1.00f, 0.60f, 0.20f, 1}}, {{24, -19}, {-40, 8}}, 23},
      {{3, "angular", {0.55f, 0.34f, 0.76f, 1}}, {{-66, 26}, {-56, 40}}, 22},
      {{4, "temporal_pole", {0.89f, 0.47f, 0.76f, 1}}, {{58, -42}, {46, -46}}, 20},
      {{5, "frontal", {0.12f, 0.47f, 0.71f, 1}}, {{52, 6}, {48, 26}}, 21},
      {{6, "motor", {0.17f, 0.63f, 0.17f, 1}}, {{6, 38}, {-10, 66}}, 16},
      {{7, "posterior_medial", {0.09f, 0.75f, 0.81f, 1}}, {{-142, 34}, {-136, 24}}, 23},
      {{8, "word_rate", {0.74f, 0.74f, 0.13f, 1}}, {{-42, -36}, {-26, -44}}, 18},
      {{9, "noise", {0.50f, 0.50f, 0.50f, 1}}, {{100, 0}, {104, 40}}, 20},
      {{11, "occipital", {0.55f, 0.34f, 0.29f, 1}}, {{-90, -16}, {-84, -22}}, 17},
      {{10, "medial_wall", {0.20f, 0.20f, 0.20f, 1}}, {{172, -4}, {188, -4}}, 26},
  };
}

Patch cortex_patch(const std::string& name) {
  for (const auto& patch : cortex_patches())
    if (patch.region.name == name) return patch;
  bad_usage("the simulated cortex has no patch '{}'", name);
}

Regions label_patches(const at::Tensor& directions) {
  Regions regions{.keys = at::zeros({directions.size(0)}, at::kInt)};
  for (const auto& [region, middle, radius] : cortex_patches()) {
    const auto free = at::logical_and(regions.keys == 0, degrees_to(directions, middle) <= radius);
    regions.keys.masked_fill_(free, region.key);
    regions.list.push_back(region);
  }
  return regions;
}

at::Tensor patch_gradient(const CorticalSurfaces& surfaces) {
  const auto sensory = within_region(surfaces.patches, "sensory");
  const auto association = within_region(surfaces.patches, "association");
  const auto points = surfaces.sphere.points.to(at::kDouble);
  const auto directions = points / points.norm(2, 1, true);
  const auto middle = directions.index({sensory}).mean(0);
  const auto distance = directions.mv(middle / middle.norm()).clamp(-1, 1).acos();
  const double near = distance.index({sensory}).min().item<double>();
  const double far = distance.index({association}).max().item<double>();
  return ((distance - near) / (far - near))
      .masked_fill(at::logical_not(at::logical_or(sensory, association)), std::numeric_limits<double>::quiet_NaN());
}

}  // namespace arcuate
