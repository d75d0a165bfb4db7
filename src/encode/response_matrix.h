// Responses of many targets: a tensor, or columns that are read when they are needed. A model of one block of targets
// needs no others, so they need not all be in memory.
// Shapes: N rows (volumes), V targets.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "encode/rows.h"
#include "encode/score.h"

namespace arcuate {

/// Where columns are read from. Several threads read at once.
class ResponseSource {
 public:
  virtual ~ResponseSource() = default;
  virtual int64_t rows() const = 0;
  virtual int64_t targets() const = 0;
  /// N x b, float32 or float64, a new tensor.
  virtual at::Tensor read(const RowRange& targets) const = 0;
};

class ResponseMatrix {
 public:
  ResponseMatrix() = default;
  /// N x V. Errors: input, for another number of dimensions.
  ResponseMatrix(at::Tensor values);
  /// Its targets that are not flagged are finite.
  explicit ResponseMatrix(std::shared_ptr<const ResponseSource> source);

  int64_t rows() const;
  int64_t targets() const;
  bool in_memory() const { return !source_; }
  /// N x b: of a range of targets, of those at some places (V or fewer, int64, ascending), of all.
  at::Tensor columns(const RowRange& targets) const;
  at::Tensor columns(const at::Tensor& targets) const;
  at::Tensor whole() const;
  /// The targets of a range alone; nothing is read.
  ResponseMatrix slice(const RowRange& targets) const;

  /// The same with targets that are not ok as 0, so that they cannot disturb others.
  ResponseMatrix without(const std::vector<Flag>& flags) const;

 private:
  at::Tensor values_{};
  std::shared_ptr<const ResponseSource> source_{};
  RowRange part_{};            // targets of the source
  std::vector<Flag> flags_{};  // of columns that are 0; none where there are no such
};

/// One flag a target, over all rows and over each of some selections of rows: the first that is not ok.
std::vector<Flag> flag_targets(const ResponseMatrix& responses, const std::vector<std::vector<int64_t>>& selections);

}  // namespace arcuate
