// From a Hugging Face folder to named weights: which files, which tensors, or an untrained twin from a seed.
#pragma once
#include <ATen/core/ScalarType.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "model/family.h"

namespace arcuate {

/// Weight files of a folder: model.safetensors, or the shards of model.safetensors.index.json; where neither is there,
/// pytorch_model.bin or the shards of pytorch_model.bin.index.json. Errors: input, naming all shards that are missing.
std::vector<std::filesystem::path> weight_files(const std::filesystem::path& folder);

/// The weights of a folder, checked and not yet read: any part of them can be read when it is needed.
class WeightReader {
 public:
  /// Opens the files and compares them with what `spec` needs. Missing tensors, tensors that the family does not know,
  /// tensors that an index places where they are not, and wrong shapes are input errors, all named at once.
  WeightReader(const std::filesystem::path& folder, const ModelSpec& spec, at::ScalarType type);
  ~WeightReader();

  /// All weights, converted to the type tensor by tensor.
  ModelWeights all() const;
  /// Those of one stage of the forward pass: 0 is the stem, l the block l (the others are empty), L + 1 the final norm,
  /// L + 2 the next-token head.
  ModelWeights stage(int64_t layer) const;
  /// Bytes of a stage, and the most that are needed beside it while it is read.
  int64_t stage_bytes(int64_t layer) const;
  int64_t reading_bytes() const;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

/// WeightReader::all in one call.
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
