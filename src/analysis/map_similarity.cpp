#include "analysis/map_similarity.h"

#include <ATen/ATen.h>

#include "core/error.h"
#include "core/tensor.h"

namespace arcuate {

using at::Tensor;

namespace {

void check(const Tensor& maps, const Tensor& networks) {
  if (maps.dim() != 2 || networks.dim() != 2 || maps.size(1) != networks.size(1))
    bad_input("maps and networks must have the same vertices: found {} and {}", shape_text(maps), shape_text(networks));
}

bool is_binary(const Tensor& x) { return (x == (x != 0)).all().item<bool>(); }

// K x F: sum over vertices of the smaller of two sizes; a product of matrices where both are 0 or 1.
Tensor shared(const Tensor& a, const Tensor& b) {
  if (is_binary(a) && is_binary(b)) return a.mm(b.t());
  auto sums = at::empty({a.size(0), b.size(0)}, at::kDouble);
  for (int64_t f = 0; f < b.size(0); ++f) sums.select(1, f).copy_(at::minimum(a, b[f]).sum(1));
  return sums;
}

Tensor ratio(const Tensor& part, const Tensor& whole) {
  return at::where(whole > 0, part / at::where(whole > 0, whole, at::ones_like(whole)), at::zeros_like(part));
}

}  // namespace

Tensor intersection_over_union(const Tensor& maps, const Tensor& networks) {
  check(maps, networks);
  const auto a = maps.to(at::kDouble).abs(), b = networks.to(at::kDouble).abs();
  const auto common = shared(a, b);
  return ratio(common, a.sum(1).unsqueeze(1) + b.sum(1).unsqueeze(0) - common);
}

Tensor covered_share(const Tensor& maps, const Tensor& networks) {
  check(maps, networks);
  const auto a = maps.to(at::kDouble).abs(), b = networks.to(at::kDouble).abs();
  return ratio(shared(a, b), b.sum(1).unsqueeze(0).expand({a.size(0), -1}));
}

Tensor spatial_correlation(const Tensor& maps, const Tensor& networks) {
  check(maps, networks);
  const auto unit = [](const Tensor& x) {
    const auto centred = x.to(at::kDouble) - x.to(at::kDouble).mean(1, true);
    const auto norm = centred.norm(2, 1, true);
    // Rounding leaves a constant map with a deviation of about 1e-16 of its size.
    const auto constant = norm <= 1e-12 * x.to(at::kDouble).norm(2, 1, true);
    return at::where(constant, at::full_like(norm, NAN), centred / norm);
  };
  return unit(maps).mm(unit(networks).t());
}

}  // namespace arcuate
