// The parts in which files hold what is one tensor for us: queries, keys and values, and those of a stem that hears
// sound (model/sound_weights.h).
#pragma once
#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <vector>

#include "model/spec.h"
#include "model/weight_names.h"

namespace arcuate {

/// The shapes of weight_shapes(spec), with parts in place of the whole where the family's files have them.
std::map<std::string, std::vector<int64_t>> part_shapes(const ModelSpec& spec, const std::vector<WeightEntry>& entries);
/// The whole in place of the parts. Only what is there is joined, so `named` may hold some layers.
void join_parts(const ModelSpec& spec, std::map<std::string, at::Tensor>& named);
/// The parts of `shapes` in place of the whole.
void split_parts(const ModelSpec& spec, const std::map<std::string, std::vector<int64_t>>& shapes,
                 std::map<std::string, at::Tensor>& named);

}  // namespace arcuate
