// All units of some columns at a time, for statistics that need every value of a column at once.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>

#include "stats/sign_flip.h"

namespace arcuate {

/// work(begin, columns) for blocks of columns in order; columns: b x n, float64, contiguous, those from `begin` on. The
/// units are read once for each block, which takes no more than `memory` bytes (or one column).
void for_unit_blocks(const UnitRows& units, int64_t memory,
                     const std::function<void(int64_t begin, const at::Tensor& columns)>& work);

}  // namespace arcuate
