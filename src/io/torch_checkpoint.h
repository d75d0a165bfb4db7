// Checkpoints of PyTorch (torch.save, the zip format of 1.6 and later), read as data: no pickle is executed.
// Format: github.com/pytorch/pytorch, torch/serialization.py (data.pkl, data/<key>, byteorder).
#pragma once
#include "io/tensor_file.h"

namespace arcuate {

/// The tensors of a state_dict: a dictionary of tensors, or one inside of a training's checkpoint under the name
/// state_dict, model_state_dict or model. Strides and offsets are honoured; tensors may share a storage.
class TorchCheckpoint : public TensorFile {
 public:
  /// Errors: input. Objects that are not tensors are named with their places; the format before 1.6 and big-endian
  /// files are refused with what to do; tensors that do not fit their storage are named all at once.
  explicit TorchCheckpoint(const std::filesystem::path& path);
  ~TorchCheckpoint() override;

  const std::vector<std::string>& names() const override;
  bool contains(const std::string& name) const override;
  at::ScalarType scalar_type(const std::string& name) const override;
  std::vector<int64_t> shape(const std::string& name) const override;
  at::Tensor tensor(const std::string& name) const override;
  std::vector<std::string> shared_names() const override;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

}  // namespace arcuate
