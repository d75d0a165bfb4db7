// From a Hugging Face folder to named weights: which files, which tensors, or an untrained twin from a seed.
#pragma once
#include <ATen/core/ScalarType.h>

#include <cstdint>
#include <filesystem>
#include <vector>

#include "model/family.h"

namespace arcuate {

/// Weight files of a folder: model.safetensors, or the shards of model.safetensors.index.json.
std::vector<std::filesystem::path> weight_files(const std::filesystem::path& folder);

/// Reads all weights that `spec` needs, converted to `type`. Missing tensors, tensors that the family does not know and
/// wrong shapes are input errors, all named at once.
ModelWeights read_weights(const std::filesystem::path& folder, const ModelSpec& spec, at::ScalarType type);

/// Writes all weights under the family's own names, as `read_weights` and the original library read them. A tied head
/// is not stored.
void write_weights(const std::filesystem::path& file, const ModelSpec& spec, const ModelWeights& weights);

/// The family's own initialisation: matrices normal with init_std (residual writers scaled where the family does),
/// biases 0, norms 1, the padding token's embedding 0 where the family says so. Numbers are drawn tensor by tensor,
/// stem first, then layer after layer in the order of the family's table, row-major as stored in the file; no weight
/// file is needed. A forward pass of it is the "untrained twin" of a model.
ModelWeights random_weights(const ModelSpec& spec, uint64_t seed, at::ScalarType type);

}  // namespace arcuate
