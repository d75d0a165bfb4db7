// A matrix in a file whose columns are read when they are asked for: what is not asked for takes no memory.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace arcuate {

class ColumnFile {
 public:
  ColumnFile() = default;
  virtual ~ColumnFile() = default;
  ColumnFile(const ColumnFile&) = delete;
  ColumnFile& operator=(const ColumnFile&) = delete;

  int64_t rows() const { return rows_; }
  int64_t columns() const { return columns_; }
  /// float32 or float64.
  at::ScalarType type() const { return type_; }
  /// Columns [begin, end) of all rows into `rows`: rows x (end - begin), of this type, each row without gaps. Several
  /// threads may read. Errors: input, when the file has changed since it was opened.
  virtual void read(int64_t begin, int64_t end, at::Tensor rows) const = 0;

 protected:
  int64_t rows_ = 0, columns_ = 0;
  at::ScalarType type_ = at::ScalarType::Float;
};

}  // namespace arcuate
