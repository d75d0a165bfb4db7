// Groups of units that go up and down together: what a network is planted as, since shared time courses are what a
// dictionary of units finds.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace arcuate {

/// Disjoint groups of `size` columns of `series` (T x N). A group is a column and those most correlated with it. From
/// half of the columns, drawn by the seed, each group in turn takes the first column that makes it most coherent and
/// least like the groups before:
///   mean r of the first column with its group - largest |r| of the group's mean with theirs
/// Needs groups * size <= N.
std::vector<std::vector<int64_t>> covarying_groups(const at::Tensor& series, int64_t groups, int64_t size,
                                                   uint64_t seed);

}  // namespace arcuate
