#include "analysis/atom_maps.h"

#include <ATen/ATen.h>

#include "core/error.h"
#include "core/tensor.h"
#include "dictionary/sparse_coding.h"

namespace arcuate {

using at::Tensor;

static Tensor least_squares(const Tensor& atoms, const Tensor& responses, double penalty) {
  constexpr double singular = 1e-12;  // of the largest eigenvalue
  const auto d = atoms.to(at::kDouble);
  const auto normal = d.t().mm(d) + penalty * at::eye(d.size(1), at::kDouble);
  const auto [values, vectors] = at::linalg_eigh(normal);
  if (values[0].item<double>() <= singular * values[-1].item<double>())
    bad_input(
        "the {} atoms are linear combinations of each other over {} rows: ordinary least squares has no single answer; "
        "use ridge or lasso, or fewer atoms",
        d.size(1), d.size(0));
  return vectors.mm((vectors.t().mm(d.t().mm(responses.to(at::kDouble)))) / values.unsqueeze(1));
}

Tensor atom_maps(const Tensor& atoms, const Tensor& responses, const MapOptions& options, const Compute& compute) {
  if (atoms.size(0) != responses.size(0))
    bad_input("atoms and responses must have the same rows: found {} and {}", shape_text(atoms), shape_text(responses));
  if (options.method != MapMethod::ols && !(options.penalty > 0))
    bad_usage("maps by lasso or ridge need a penalty above 0, found {}", options.penalty);
  if (options.method == MapMethod::lasso)
    return sparse_codes(atoms, responses, {.penalty = options.penalty}, compute).contiguous();
  return least_squares(atoms, responses, options.method == MapMethod::ridge ? options.penalty : 0);
}

Tensor map_extent(const Tensor& maps, const ExtentOptions& options) {
  auto extent = maps.to(at::kDouble);
  if (options.flip) {
    const auto mostly_negative = (extent < 0).sum(1, true) > (extent > 0).sum(1, true);
    extent = at::where(mostly_negative, -extent, extent);
  }
  if (options.drop_negatives) extent = extent.clamp_min(0);
  const auto size = extent.abs();
  extent = at::where(size < options.threshold * size.amax(1, true), at::zeros_like(extent), extent);
  if (options.binary) return (extent != 0).to(at::kDouble);
  if (!options.scale) return extent;
  const auto deviation = (extent - extent.mean(1, true)).square().mean(1, true).sqrt();
  return extent / at::where(deviation > 0, deviation, at::ones_like(deviation));
}

}  // namespace arcuate
