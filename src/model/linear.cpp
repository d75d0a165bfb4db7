#include "model/linear.h"

#include <ATen/ATen.h>

#include "core/tile_product.h"

namespace arcuate {

using at::Tensor;

// Where packing costs little, and nobody asks for gradients.
static bool suits_tiles(const Affine& map, const Tensor& x) {
  constexpr int64_t least = 32;
  const bool type = x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16;
  const bool gradients = at::GradMode::is_enabled() && (x.requires_grad() || map.weight.requires_grad());
  return type && map.weight.scalar_type() == x.scalar_type() && x.is_cpu() && !gradients && x.size(-1) >= least &&
         x.numel() / x.size(-1) >= least && map.weight.size(0) >= least && has_tile_units();
}

Tensor linear(const Affine& map, const Tensor& x) {
  if (!suits_tiles(map, x)) return at::linear(x, map.weight, map.bias);
  auto sizes = x.sizes().vec();
  sizes.back() = map.weight.size(0);
  return tile_linear(x.reshape({-1, x.size(-1)}), map.weight, map.bias).view(sizes);
}

}  // namespace arcuate
