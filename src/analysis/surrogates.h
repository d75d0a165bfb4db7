// Surrogates of time courses: the same spectrum, other phases (Theiler et al. 1992).
//
//   x~(t) = sum_u h(t - u) x(u)  within each run,  cyclic        |H(f)| = 1, its phases uniform, H(0) = 1
//
// All columns share the phases (Prichard & Theiler 1994): their correlations with each other, at every lag, stay.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

#include "encode/rows.h"

namespace arcuate {

/// series: R x K, runs: its rows. Returns R x K, float64.
at::Tensor phase_randomised(const at::Tensor& series, std::span<const RowRange> runs, uint64_t seed);

}  // namespace arcuate
