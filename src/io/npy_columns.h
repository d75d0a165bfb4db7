// Columns of a matrix in a .npy file.
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <memory>

#include "io/column_file.h"

namespace arcuate {

class NpyColumns final : public ColumnFile {
 public:
  /// Null for files that need more than reading: other than two dimensions, Fortran order, other items than float32 and
  /// float64 of this machine's byte order. Errors: input, as of read_npy.
  static std::unique_ptr<const NpyColumns> open(const std::filesystem::path& path);
  ~NpyColumns() override;
  void read(int64_t begin, int64_t end, at::Tensor rows) const override;

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
  int64_t data_start_ = 0;
};

}  // namespace arcuate
