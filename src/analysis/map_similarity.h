// How much maps have in common.
// Shapes: K maps, F networks, V vertices.
#pragma once
#include <ATen/core/Tensor.h>

namespace arcuate {

/// sum_v min(|a|, |b|) / sum_v max(|a|, |b|): for binary maps |A and B| / |A or B|, for weighted ones Ruzicka's form of
/// it. Two empty maps share nothing: 0. maps: K x V, networks: F x V. Returns K x F.
at::Tensor intersection_over_union(const at::Tensor& maps, const at::Tensor& networks);

/// sum_v min(|a|, |b|) / sum_v |b|: the share of the network that a map covers, |A and B| / |B|; 0 for an empty
/// network.
at::Tensor covered_share(const at::Tensor& maps, const at::Tensor& networks);

/// Pearson r over vertices; NaN where either is the same everywhere.
at::Tensor spatial_correlation(const at::Tensor& maps, const at::Tensor& networks);

}  // namespace arcuate
