// Groups of units that go up and down together: what a network is planted as, since shared time courses are what a
// dictionary of units finds.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace arcuate {

/// Disjoint groups of `size` columns of `series` (T x N). A group grows from one column, each time by the free one most
/// correlated with its mean. From columns drawn by the seed, each group in turn begins with the one that makes it most
/// coherent and least like the groups before:
///   (mean r of its columns with their mean) sqrt(1 - R^2)          R: largest |r| of that mean with theirs
/// Needs groups * size <= N.
std::vector<std::vector<int64_t>> covarying_groups(const at::Tensor& series, int64_t groups, int64_t size,
                                                   uint64_t seed);

}  // namespace arcuate
