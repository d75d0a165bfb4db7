// Responses that are made some targets at a time and then read: in memory, or in a scratch file where they would fill
// it. Numbers are the same either way.
// Shapes: N rows (volumes), V targets.
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <memory>

#include "encode/response_matrix.h"

namespace arcuate {

class ResponseStore {
 public:
  /// `folder`: where the scratch file is; empty: memory.
  ResponseStore(int64_t rows, int64_t targets, const std::filesystem::path& folder = {});

  /// columns: N x b float64, the targets `first`, `first` + 1, …
  void write(int64_t first, const at::Tensor& columns);
  /// All targets; those that were not written are undefined. It may outlive the store and sees what is written later.
  ResponseMatrix matrix() const;

 private:
  class Spilled;
  at::Tensor values_{};  // N x V
  std::shared_ptr<Spilled> spilled_{};
};

}  // namespace arcuate
