// The scores of one encoding unit: ridge models of its features, alone and joined to the controls, against every
// target, with the permutation tests of both.
#pragma once
#include <ATen/core/Tensor.h>

#include <vector>

#include "io/hdf5.h"
#include "study/encoding.h"

namespace arcuate {

/// Id of the space that holds all controls; increments are over its unit's predictions.
inline constexpr const char* controls_id = "controls";

/// Fits and scores a block of columns after the other; fills the unit's file. bands: rows x features each, the
/// controls first where the features are scored against them too.
void score_space(const EncodingPlan& plan, const std::vector<at::Tensor>& bands, const Compute& compute,
                 Hdf5Writer& file);

}  // namespace arcuate
