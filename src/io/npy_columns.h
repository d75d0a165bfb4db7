// Columns of a matrix in a .npy file, read when they are asked for: what is not asked for takes no memory.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <memory>

namespace arcuate {

class NpyColumns {
 public:
  /// Null for files that need more than reading: other than two dimensions, Fortran order, other items than float32 and
  /// float64 of this machine's byte order. Errors: input, as of read_npy.
  static std::unique_ptr<const NpyColumns> open(const std::filesystem::path& path);
  ~NpyColumns();
  NpyColumns(const NpyColumns&) = delete;
  NpyColumns& operator=(const NpyColumns&) = delete;

  int64_t rows() const { return rows_; }
  int64_t columns() const { return columns_; }
  at::ScalarType type() const { return type_; }
  /// Columns [begin, end) of all rows into `rows`: rows x (end - begin), of this type, each row without gaps. Several
  /// threads may read. Errors: input, when the file has changed since it was opened.
  void read(int64_t begin, int64_t end, at::Tensor rows) const;

 private:
  struct State {
    int64_t size = 0, seconds = 0, nanoseconds = 0;
    bool operator==(const State&) const = default;
  };
  NpyColumns() = default;
  State state() const;
  [[noreturn]] void has_changed() const;

  std::filesystem::path path_{};
  int file_ = -1;
  State opened_{};
  int64_t data_start_ = 0, rows_ = 0, columns_ = 0;
  at::ScalarType type_ = at::ScalarType::Float;
};

}  // namespace arcuate
