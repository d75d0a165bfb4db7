// Files of named tensors, whatever their format: opened, asked for names, types and shapes, copied out one by one.
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace arcuate {

/// Tensors are copied out on request and the pages behind them given back, so a file may be larger than memory.
class TensorFile {
 public:
  virtual ~TensorFile() = default;
  /// Names in the order of the file.
  virtual const std::vector<std::string>& names() const = 0;
  virtual bool contains(const std::string& name) const = 0;
  virtual at::ScalarType scalar_type(const std::string& name) const = 0;
  virtual std::vector<int64_t> shape(const std::string& name) const = 0;
  /// A copy, contiguous, in the file's own type. Errors: input, for a name that is not there.
  virtual at::Tensor tensor(const std::string& name) const = 0;
  /// Names that share memory with one before them in the file.
  virtual std::vector<std::string> shared_names() const { return {}; }
};

/// safetensors, or a checkpoint of PyTorch where the file is called .bin, .pt or .pth, or has no such name
/// (.safetensors) and begins as a zip archive.
/// Errors: input, those of the reader.
std::unique_ptr<TensorFile> open_tensor_file(const std::filesystem::path& path);

}  // namespace arcuate
