// Repeats of a story cut into two halves, for the reliability of their mean.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace arcuate {

/// Ways to cut N repeats into two halves of n = N / 2 (one repeat is left out where N is odd): all of them where there
/// are at most `most`, else so many drawn with the seed, without repetition. Each row is 1 for the repeats of one half,
/// -1 for those of the other and 0 for the one left out: splits x N, float64. Errors: usage (fewer than 2 repeats or 1
/// split).
at::Tensor half_splits(int64_t repeats, int64_t most, uint64_t seed);

}  // namespace arcuate
