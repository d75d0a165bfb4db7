// From a Hugging Face folder to named weights and back: which files, which tensors.
#pragma once
#include <ATen/core/ScalarType.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "model/family.h"
#include "model/weight_source.h"

namespace arcuate {

/// Weight files of a folder: model.safetensors, or the shards of model.safetensors.index.json; where neither is there,
/// pytorch_model.bin or the shards of pytorch_model.bin.index.json. Errors: input, naming all shards that are missing.
std::vector<std::filesystem::path> weight_files(const std::filesystem::path& folder);

/// The weights of a folder, checked and not yet read: any part of them can be read when it is needed.
class WeightReader : public WeightSource {
 public:
  /// Opens the files and compares them with what `spec` needs. Missing tensors, tensors that the family does not know,
  /// tensors that an index places where they are not, and wrong shapes are input errors, all named at once.
  WeightReader(const std::filesystem::path& folder, const ModelSpec& spec, at::ScalarType type);
  ~WeightReader() override;
  int64_t reading_bytes() const override;

 private:
  ModelWeights weights(const Wanted& wanted) const override;
  int64_t bytes_of(const Wanted& wanted) const override;

  struct Content;
  std::unique_ptr<Content> content_;
};

/// WeightReader::all in one call.
ModelWeights read_weights(const std::filesystem::path& folder, const ModelSpec& spec, at::ScalarType type);

/// Writes all weights under the family's own names, as `read_weights` and the original library read them. A tied head
/// is not stored.
void write_weights(const std::filesystem::path& file, const ModelSpec& spec, const ModelWeights& weights);

}  // namespace arcuate
